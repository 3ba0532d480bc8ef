"""The practice server: it speaks Groq's API on loopback, with no model behind it.

``python -m groq_magic.practice --until-eof`` prints ``{"url": "http://127.0.0.1:PORT"}``
and serves until its stdin ends (without ``--until-eof``: until it is interrupted);
``--help`` lists the options. Its endpoints, under ``/openai/v1``: ``models``,
``models/{id}``, ``chat/completions``, and for batches ``files`` and ``batches``. It imports
nothing from the rest of the package.

A chat request passes through these modules: `server` (HTTP), `chat` (limits, script), `checks`
(refusals), `script` (replies to the prompts of our notebooks, in scripts/) or `unscripted` (the
reply to any other prompt), `completion` (the reply within the request's limits) and `answer`
(the JSON that is sent). Batches: `batch_engine` (routes), `files`, `batches` (jobs) and
`batch_input` (the lines of their files).
"""

from __future__ import annotations

__all__ = ["NO_MODEL", "UNSCRIPTED", "is_unscripted", "without_fold"]

# In every unscripted answer, and in no scripted one.
NO_MODEL = "Practice mode: no model is here"
# How an unscripted answer begins: as text, and in JSON mode.
UNSCRIPTED = (NO_MODEL, f'{{"practice": true, "note": "{NO_MODEL}')


def is_unscripted(answer: str) -> bool:
    """Whether an answer of practice mode is unscripted; the answer may be cut short."""
    return NO_MODEL in answer or NO_MODEL.startswith(answer)


def without_fold(answer: str) -> str:
    """Return an answer of practice mode without the fold "What was sent".

    In the conversation, the fold would send earlier prompts twice, and values that may no
    longer be sent.
    """
    return answer.partition("\n\n")[0] if answer.startswith(NO_MODEL) else answer
