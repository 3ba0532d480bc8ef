"""Answers as the journal's file stores them."""

from __future__ import annotations

import json

from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["answer_of", "text_of"]

# No answer has so many tokens: such a count is forged.
_MOST_TOKENS = 10**9
_COUNTS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


def text_of(answer: RowAnswer) -> str:
    """Return an answer as text for the file."""
    usage = answer.usage
    counts = [getattr(usage, name) for name in _COUNTS] if usage is not None else None
    values = [answer.text, answer.finish_reason, answer.model, counts]
    if answer.error:
        values.append(answer.error)
    # As short as possible; in ASCII, so that lone surrogates can be written.
    return json.dumps(values, separators=(",", ":"))


def answer_of(text: str) -> RowAnswer | None:
    """Return the answer in a text of the file, None if the text is not a valid answer."""
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
