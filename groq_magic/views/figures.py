"""The figures of an answer while it streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.ledger.usage import token_words
from groq_magic.views.phrase import SEPARATOR

if TYPE_CHECKING:
    from groq_magic.views.answer_facts import Progress

__all__ = ["figures", "reasoning_summary"]

# Seconds; a rate over less time measures the network, not the model.
SHORTEST = 0.2
TENTH = 0.1


def figures(progress: Progress) -> str:
    """Return the line of figures beside Stop.

    Parameters
    ----------
    progress : Progress
        How far the ask has come.

    Returns
    -------
    str
        "3.2 s" before the first token; "212 tokens received · 812 tok/s ·
        3.2 s · 0.18 s to first token" after it.
    """
    elapsed = f"{progress.seconds:.1f} s"
    if progress.first_token is None:
        return elapsed
    streaming = progress.seconds - progress.first_token
    rate = f"{progress.tokens / streaming:,.0f} tok/s" if streaming >= SHORTEST else ""
    first = f"{progress.first_token:.2f} s to first token"
    return SEPARATOR.join(filter(None, (token_words(None, progress.tokens), rate, elapsed, first)))


def reasoning_summary(seconds: float, *, over: bool) -> str:
    """Return the heading of the reasoning's fold.

    Parameters
    ----------
    seconds : float
        The duration of the reasoning so far.
    over : bool
        Whether the answer has begun.
    """
    if not over:
        return f"Reasoning… {seconds:.1f} s"
    return f"Reasoning{SEPARATOR}{seconds:.1f} s" if seconds >= TENTH else "Reasoning"
