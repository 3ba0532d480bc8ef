"""The request of a user: a prompt with its options, before values are filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.assistant import AssistantPrompt
    from groq_magic.conversation import TurnKey
    from groq_magic.options import AskOptions
    from groq_magic.prompt import FilledPrompt, PromptImage

__all__ = ["Ask"]


@dataclass(frozen=True)
class Ask:
    """A prompt with its options, before values are filled in.

    Parameters
    ----------
    text : str
        The prompt, with `{{name}}` unfilled.
    options : AskOptions
        Only those that were given.
    line : bool
        Whether it was asked in a line or in code: the turn's metadata then contains the
        prompt.
    replaces : TurnKey or None
        For a retry, the key of the turn that it replaces.
    again : bool
        Whether to ask again even if the answer is cached.
    composed : AssistantPrompt or None
        The prompt that a magic composed: it is sent, and `text` is saved.
    names : Mapping of str to Any, or None
        The variables of the calling code, None for the notebook's.
    own : FilledPrompt or None
        The texts of the values in `names`, for a retry, which has no `names`.
    images : tuple of PromptImage or None
        By position, the images of the options that are values of Python or of the calling
        code; None for one that is looked up.
    in_place : bool
        Whether the fixed cell replaces the failed one at once.
    """

    text: str
    options: AskOptions
    line: bool = False
    replaces: TurnKey | None = None
    again: bool = False
    composed: AssistantPrompt | None = None
    names: Mapping[str, Any] | None = field(default=None, repr=False)
    own: FilledPrompt | None = field(default=None, repr=False)
    images: tuple[PromptImage | None, ...] = ()
    in_place: bool = False

    @property
    def identity(self) -> str:
        """The text that must be the same for a saved answer to be reused."""
        return self.text.strip() if self.composed is None else self.composed.identity
