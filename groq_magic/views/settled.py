"""A whole answer, as a view shows and saves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.settings import AnswerFormat
    from groq_magic.views.bar import Bar
    from groq_magic.views.change import Change
    from groq_magic.views.live_facts import LiveFacts

__all__ = ["CodeBlock", "Settled"]


class CodeBlock(Protocol):
    """A fenced block of an answer; `groq_magic.rendering.Fence` is one."""

    @property
    def language(self) -> str:
        """The language that the fence names, or ""."""

    @property
    def code(self) -> str:
        """The code inside the fence."""


@dataclass(frozen=True)
class Settled:
    """A whole answer.

    Parameters
    ----------
    slot : str
        The class of this ask's bar.
    text : str
        The answer's source.
    format : {"markdown", "text", "code", "json"}
        How it is shown.
    code : tuple of CodeBlock
        The code to show where the format is "code".
    data : object
        The parsed JSON to show where the format is "json"; None shows the text.
    reasoning : str
        The reasoning to save, "" when none is to be saved.
    notices : tuple of str
        One-line phrases above the answer.
    bar : Bar
        The line under it.
    metadata : mapping
        The output's whole metadata, ``{"groq_magic": {…}}``.
    live : LiveFacts
        What its bar says while the session lives.
    change : Change or None
        What the answer's code changes, shown below `prose`.
    prose : str
        The answer without the code that `change` shows.
    saved_reasoning : str
        Safe HTML of the reasoning that a replayed answer was saved with, instead of `reasoning`.
    """

    slot: str
    text: str
    format: AnswerFormat
    code: tuple[CodeBlock, ...]
    data: Any
    reasoning: str
    notices: tuple[str, ...]
    bar: Bar
    metadata: Mapping[str, Any]
    live: LiveFacts
    change: Change | None = None
    prose: str = ""
    saved_reasoning: str = ""
