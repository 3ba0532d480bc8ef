"""An ask as the user typed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.options import AskOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.assistant import AssistantPrompt
    from groq_magic.conversation import TurnKey
    from groq_magic.prompt import FilledPrompt

__all__ = ["Ask"]


@dataclass(frozen=True)
class Ask:
    """An ask as the user typed it.

    Parameters
    ----------
    text : str
        The prompt, not filled in.
    options : AskOptions
        Those that were given, and no others.
    line : bool
        Whether it stands in a line: then its prompt can't be read off its
        cell's body, and the turn's metadata holds it.
    place : TurnKey or None
        The turn whose place it takes, for a retry.
    again : bool
        Whether another answer is wanted than the one that is kept.
    composed : AssistantPrompt or None
        The prompt that a magic wrote for it: this is sent, `text` is kept.
    names : Mapping of str to Any, or None
        The variables of the calling code, if they are not the notebook's.
    own : FilledPrompt or None
        The texts of the values in `names`, for a retry, which has no `names`.
    """

    text: str
    options: AskOptions = field(default_factory=AskOptions)
    line: bool = False
    place: TurnKey | None = None
    again: bool = False
    composed: AssistantPrompt | None = None
    names: Mapping[str, Any] | None = field(default=None, repr=False)
    own: FilledPrompt | None = field(default=None, repr=False)

    @property
    def identity(self) -> str:
        """What must be the same for an answer to be the answer to this."""
        return self.text.strip() if self.composed is None else self.composed.identity
