"""A server that speaks Groq's API on loopback, with no model behind it.

``python -m groq_magic.practice --until-eof`` prints ``{"url": "http://127.0.0.1:PORT"}``
and serves until its stdin ends (without ``--until-eof``: until it is interrupted);
``--help`` lists the options. Its endpoints, under ``/openai/v1``: ``models``,
``models/{id}``, ``chat/completions``, and for batches ``files`` and ``batches``. It imports
nothing of the rest of the package.

A request goes through `server` (HTTP), `chat` (limits, script), `checks` (refusals),
`script` (the replies for the prompts of our notebooks, in scripts/) or `unscripted`,
`completion` (the reply within the request's limits) and `answer` (its bytes). Batches:
`batch_engine` (which request goes where), `files`, `batches` (jobs), `batch_input` (their lines).
"""

from __future__ import annotations

__all__ = ["NO_MODEL", "UNSCRIPTED", "is_unscripted", "without_fold"]

# In every answer to a prompt that no script has, and in no other one.
NO_MODEL = "Practice mode: no model is here"
# How such an answer begins: a text, and an object in JSON mode.
UNSCRIPTED = (NO_MODEL, f'{{"practice": true, "note": "{NO_MODEL}')


def is_unscripted(answer: str) -> bool:
    """Whether practice mode had no script for the prompt; its answer may be cut short."""
    return NO_MODEL in answer or NO_MODEL.startswith(answer)


def without_fold(answer: str) -> str:
    """Return an answer of practice mode without the fold that shows what was sent.

    The fold is for the reader. In the conversation it would send earlier prompts again, and
    values that may no longer be sent.
    """
    return answer.partition("\n\n")[0] if answer.startswith(NO_MODEL) else answer
