"""What the inline parser finds in a leaf's text, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from groq_magic.rendering.emphasis import DelimiterRun

if TYPE_CHECKING:
    from groq_magic.rendering.links import Target

__all__ = ["CLOSE", "Bracket", "Close", "Item"]


@dataclass(slots=True, eq=False)
class Bracket:
    """An opening ``[`` or ``![``, and the link that it turned out to be.

    Attributes
    ----------
    image : bool
        Which of the two.
    start : int
        Position after it.
    bottom : DelimiterRun or None
        The last delimiter run before it.
    active : bool
        False once a link inside it was found: links don't nest.
    bare : bool
        Whether another bracket follows it, so that it is no label.
    target : Target or None
        Where it points, once that is known.
    hidden : bool
        Shown without its mark, since more of it may come.
    """

    image: bool
    start: int
    bottom: DelimiterRun | None
    active: bool = True
    bare: bool = False
    target: Target | None = None
    hidden: bool = False


class Close:
    """The end of a link or image."""


Item = str | Element | DelimiterRun | Bracket | Close
CLOSE = Close()
