"""An answer as a text of the journal's file."""

from __future__ import annotations

import json

from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["answer_of", "text_of"]

# No answer takes so many tokens: such a count is forged.
_MOST_TOKENS = 10**9
_COUNTS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


def text_of(answer: RowAnswer) -> str:
    """Return an answer as a text of the file."""
    usage = answer.usage
    counts = [getattr(usage, name) for name in _COUNTS] if usage is not None else None
    values = [answer.text, answer.finish_reason, answer.model, counts]
    if answer.error:
        values.append(answer.error)
    # Short, for there are many; ASCII, so that a lone surrogate can be written.
    return json.dumps(values, separators=(",", ":"))


def answer_of(text: str) -> RowAnswer | None:
    """Return the answer that a text of the file contains, None if it contains none."""
    try:
        match json.loads(text):
            case [str(answer), str() | None as finish_reason, str(model), counts, *error]:
                failure = str(error[0]) if error else ""
                return RowAnswer(answer, finish_reason, _usage_of(counts), model, failure)
    # A text nested too deeply is not an answer either.
    except (ValueError, RecursionError):
        pass
    return None


def _usage_of(counts: object) -> Usage | None:
    match counts:
        case [int(prompt), int(completion), int(reasoning), int(cached)] if all(
            0 <= count < _MOST_TOKENS for count in (prompt, completion, reasoning, cached)
        ):
            return Usage(prompt, completion, prompt + completion, reasoning, cached)
    return None
