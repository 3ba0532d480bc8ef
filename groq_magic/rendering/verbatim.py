"""Text as it is, in Markdown: in a fence, or in a code span."""

from __future__ import annotations

import re

__all__ = ["code_span", "fenced"]

_RUNS = re.compile(r"`+")
_NOT_IN_AN_INFO = re.compile(r"[`~\s]")
_SHORTEST = 3


def fenced(text: str, language: str = "") -> str:
    """Return text in a fence that no line of it closes.

    Parameters
    ----------
    text : str
        Its last line may end in a newline or not.
    language : str
        The info string; what would end it early is left out.

    Returns
    -------
    str
        Markdown, without a newline at its end.
    """
    ticks = _outrunning(text, _SHORTEST)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{ticks}{_NOT_IN_AN_INFO.sub('', language)}\n{text}{end}{ticks}"


def code_span(code: str) -> str:
    """Return text of one line as a code span, its outer spaces and backticks kept."""
    runs = {len(run) for run in _RUNS.findall(code)}
    # The shortest that the code does not hold: three or more at a line's start look like a fence.
    mark = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    # Of a space on each side one is taken off, unless there is nothing else.
    space = " " if code.strip(" ") and (code[0] in "` " or code[-1] in "` ") else ""
    return f"{mark}{space}{code or ' '}{space}{mark}"


def _outrunning(text: str, shortest: int) -> str:
    """Return a run of backticks that is longer than any in a text."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    return "`" * max(shortest, longest + 1)
