"""What is known when an ask begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.options import AnswerFormat

__all__ = ["Opening"]


@dataclass(frozen=True)
class Opening:
    """What a view gets before the first token.

    Parameters
    ----------
    slot : str
        The class of this ask's bar, ``groq-turn-<cell>-<ask>``.
    model : str
        The id of the model that is asked.
    practice : bool
        Whether the practice server answers.
    notices : tuple of str
        One-line phrases to show above the answer; text in backticks is code.
    metadata : mapping
        The output's whole metadata, ``{"groq_magic": {…}}`` with a
        ``finish_reason`` of None: what a save in mid-stream holds.
    format : {"markdown", "text", "code", "json"}
        How the answer is shown. Code streams as Markdown: which part of it is
        code is known only when it has settled.
    """

    slot: str
    model: str
    practice: bool
    notices: tuple[str, ...]
    metadata: Mapping[str, Any]
    format: AnswerFormat = "markdown"
