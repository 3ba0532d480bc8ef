"""The facts that a view shows about an answer: at its start, while it streams, at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.rendering import Fence
    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.bar import Bar
    from groq_magic.views.cell_diff import CellDiff
    from groq_magic.views.thumbnails import Thumbnail

__all__ = [
    "AnswerStart",
    "FinishedAnswer",
    "LiveFacts",
    "Progress",
    "Replacement",
]


# As `AnswerFormat`, and JSON that is shown as a table or a tree.
ViewFormat = Literal["markdown", "text", "code", "json", "data"]


@dataclass(frozen=True)
class AnswerStart:
    """The facts before the first token.

    Parameters
    ----------
    slot : str
        The class of this ask's bar, ``groq-turn-<cell>-<ask>``.
    model : str
        The model's id.
    practice : bool
        Whether the practice server answers.
    notices : tuple of str
        One-line phrases to show above the answer; text in backticks is code.
    metadata : mapping
        The output's metadata for a save in mid-stream, ``{"groq_magic": {…}}`` with a
        ``finish_reason`` of None.
    format : {"markdown", "text", "code", "json", "data"}
        How the answer is shown. Code streams as Markdown: which part of the answer is
        code is known only at the end.
    images : tuple of Thumbnail
        The images above the answer.
    """

    slot: str
    model: str
    practice: bool
    notices: tuple[str, ...]
    metadata: Mapping[str, Any]
    format: ViewFormat = "markdown"
    images: tuple[Thumbnail, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far an ask has come.

    Parameters
    ----------
    tokens : int
        Tokens that have arrived, reasoning included.
    seconds : float
        Seconds since the ask began.
    first_token : float or None
        Seconds from the beginning to the first token; None before it.
    waiting : str
        The reason for a wait in one line, "" without a wait.
    """

    tokens: int
    seconds: float
    first_token: float | None
    waiting: str


@dataclass(frozen=True)
class Replacement:
    """A fixed cell with which the page can replace the failed one.

    Parameters
    ----------
    asked : str
        The id of the cell that asked.
    cell : str
        The id of the failed cell, "" if only its number is known.
    number : int or None
        The failed cell's number, as in ``In [5]``.
    name : str
        The failed cell's name: ``cell 5``.
    before, code : str
        The source as it ran, without empty lines at its end, and the fixed source.
    """

    asked: str
    cell: str
    number: int | None
    name: str
    before: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class LiveFacts:
    """The facts that a finished answer shows while its session lives; never saved.

    Parameters
    ----------
    figures : str
        "318 tokens · 806 tok/s · $0.0002".
    copy : str
        The answer's source, for the Copy button.
    stale : str
        The warning that the answer is out of date, "" if it is not.
    answer : str
        The class that the bars of this answer have, and no other answer's: the class of an
        ask's bar is the same in a page that was reloaded with a former answer.
    replacement : Replacement or None
        The fixed cell with which a button replaces the failed one.
    order : int
        A number that rises with each answer: the newest one shows the quota.
    """

    figures: str
    copy: str
    stale: str
    answer: str
    replacement: Replacement | None = None
    order: int = 0


@dataclass(frozen=True)
class FinishedAnswer:
    """A whole answer.

    Parameters
    ----------
    slot : str
        The class of this ask's bar.
    text : str
        The answer's source.
    format : {"markdown", "text", "code", "json", "data"}
        How the answer is shown.
    code : tuple of Fence
        The code to show where the format is "code".
    data : object
        The parsed JSON to show where the format is "json"; None shows the text.
    reasoning : str
        The reasoning to save, "" for none.
    notices, warnings : tuple of str
        One-line phrases above the answer.
    bar : Bar
        The line under it.
    metadata : mapping
        The output's whole metadata, ``{"groq_magic": {…}}``.
    live : LiveFacts
        The facts that its bar shows while the session lives.
    change : CellDiff or None
        The change of a cell by the answer's code, shown below `prose`.
    prose : str
        The answer without the code that `change` shows.
    saved_reasoning : str
        Safe HTML of the reasoning saved with a replayed answer, instead of `reasoning`.
    images : tuple of Thumbnail
        The images above the answer.
    calls : tuple of CallResult
        The tool calls above the answer.
    """

    slot: str
    text: str
    format: ViewFormat
    code: tuple[Fence, ...]
    data: Any
    reasoning: str
    notices: tuple[str, ...]
    warnings: tuple[str, ...]
    bar: Bar
    metadata: Mapping[str, Any]
    live: LiveFacts
    change: CellDiff | None = None
    prose: str = ""
    saved_reasoning: str = ""
    images: tuple[Thumbnail, ...] = ()
    calls: tuple[CallResult, ...] = ()
