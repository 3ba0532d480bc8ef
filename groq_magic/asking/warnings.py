"""The warnings above an answer: what is wrong with it, and the remedy."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.practice import is_unscripted
from groq_magic.reply import data_text
from groq_magic.views.phrase import quoted

if TYPE_CHECKING:
    from groq_magic.asking.plan import Plan
    from groq_magic.assistant import CodeChoice
    from groq_magic.reply import Reply

__all__ = ["warnings_of"]

# After "The answer to “…”", which names the prompt.
_ENDS = MappingProxyType(
    {
        "truncated": "was cut off before its end; `%groq_retry` asks again.",
        "length": "ended at the token limit; a larger `--max-tokens` allows more.",
    }
)


def warnings_of(plan: Plan, reply: Reply, choice: CodeChoice) -> tuple[str, ...]:
    """Return the warnings above a finished answer; each names the prompt.

    Parameters
    ----------
    plan : Plan
    reply : Reply
    choice : CodeChoice
        The code for the next cell, or why there is no code.
    """
    ask, form = plan.draft.ask, plan.draft.options.format
    answer = "The answer"
    if ask.composed is None:
        answer = f"The answer to {quoted(plan.draft.as_saved(ask.text))}"
    # Practice mode's answer to an unscripted prompt explains why it has no code.
    explains = plan.pending.practice and bool(reply.text) and is_unscripted(reply.text)
    # The missing cell comes first: the cell was the purpose of the ask.
    found = ["" if explains else choice.why]
    if reply.finish_reason in _ENDS:
        found.append(f"{answer} {_ENDS[reply.finish_reason]}")
    if not reply.text:
        # An error has a line of its own.
        found.append("" if reply.error or any(found) else f"{answer} is empty.")
    elif form == "json" and reply.data is None:
        found.append(f"{answer} {_no_data(reply.text)}")
    elif form == "code" and not reply.code and not explains:
        found.append(f"{answer} contains no code.")
    return tuple(filter(None, found))


def _no_data(text: str) -> str:
    """Return why an answer has no `.data`."""
    try:
        json.loads(data_text(text))
    except (ValueError, RecursionError):
        return "is not valid JSON."
    return "is JSON, but neither an object nor a list; `_groq.text` has it."
