"""The tokens of a leaf's text: text, elements, runs of marks, brackets.

Runs of ``*``, ``_`` and ``~`` are paired here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from groq_magic.rendering.links import Target

__all__ = ["CLOSE", "Bracket", "Close", "DelimiterRun", "RunList", "Token", "run_at"]


@dataclass(slots=True, eq=False)
class DelimiterRun:
    """A run of one mark in a leaf's text.

    Attributes
    ----------
    start : int
        Its position in the text.
    mark : str
        ``*``, ``_`` or ``~``.
    length, left : int
        The number of its marks, and of those not used for tags.
    can_open, can_close : bool
        By the characters around it.
    opens, closes : list of str
        Tags that it opens (innermost first) and closes.
    before, after : DelimiterRun or None
        Its neighbours that may still match.
    """

    start: int
    mark: str
    length: int
    left: int
    can_open: bool
    can_close: bool
    opens: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    before: DelimiterRun | None = None
    after: DelimiterRun | None = None


@dataclass(slots=True, eq=False)
class Bracket:
    """An opening ``[`` or ``![``, and the link that it begins, if any.

    Attributes
    ----------
    image : bool
        Whether it is ``![``.
    start : int
        Position after it.
    bottom : DelimiterRun or None
        The last delimiter run before it.
    active : bool
        False if it contains a link: links don't nest.
    bare : bool
        Whether another bracket follows: its text is then not a label.
    target : Target or None
        The link's target, None until it is known.
    hidden : bool
        Whether its mark is hidden because the rest of a link may follow.
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


Token = str | Element | DelimiterRun | Bracket | Close
CLOSE = Close()


def _is_punctuation(character: str) -> bool:
    """Return whether a character is Unicode punctuation or a symbol (CommonMark 0.31)."""
    if character.isascii():
        return not (character.isalnum() or character.isspace() or character < " ")
    return unicodedata.category(character)[0] in "PS"


def run_at(text: str, start: int, end: int) -> DelimiterRun:
    """Read the run between two positions by what surrounds it."""
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    mark, length = text[start], end - start
    space_before, space_after = before.isspace(), after.isspace()
    sign_before = not space_before and _is_punctuation(before)
    sign_after = not space_after and _is_punctuation(after)
    left = not space_after and (not sign_after or space_before or sign_before)
    right = not space_before and (not sign_before or space_after or sign_after)
    can_open, can_close = left, right
    if mark == "_":
        can_open = left and (not right or sign_before)
        can_close = right and (not left or sign_after)
    elif mark == "~" and length > 2:  # noqa: PLR2004 - GFM 6.5: one or two
        can_open = can_close = False
    return DelimiterRun(start, mark, length, length, can_open, can_close)


class RunList:
    """The runs of a leaf that may still match, in order."""

    def __init__(self) -> None:
        self.last: DelimiterRun | None = None

    def add(self, run: DelimiterRun) -> None:
        """Append a run."""
        run.before = self.last
        if self.last is not None:
            self.last.after = run
        self.last = run

    def _remove(self, run: DelimiterRun) -> None:
        if run.before is not None:
            run.before.after = run.after
        if run.after is not None:
            run.after.before = run.before
        else:
            self.last = run.before

    def match(self, bottom: DelimiterRun | None) -> None:
        """Pair the runs after `bottom` and remove them from the list.

        Notes
        -----
        CommonMark's "process emphasis": for each kind of closer it remembers the position below
        which there is no opener, so that the cost is linear. It can't remember a run instead,
        which may be removed meanwhile.
        """
        floors: dict[tuple[str, bool, int], int] = {}
        closer = self._first_above(bottom)
        while closer is not None:
            if not closer.can_close:
                closer = closer.after
                continue
            size = closer.length if closer.mark == "~" else closer.length % 3
            kind = (closer.mark, closer.can_open, size)
            opener = self._opener_of(closer, bottom, floors.get(kind, 0))
            if opener is None:
                floors[kind] = closer.start
                following = closer.after
                if not closer.can_open:
                    self._remove(closer)
                closer = following
                continue
            closer = self._pair(opener, closer)
        while self.last is not bottom and self.last is not None:
            self._remove(self.last)

    def _first_above(self, bottom: DelimiterRun | None) -> DelimiterRun | None:
        run = self.last
        first = None
        while run is not None and run is not bottom:
            first, run = run, run.before
        return first

    def _opener_of(
        self, closer: DelimiterRun, bottom: DelimiterRun | None, floor: int
    ) -> DelimiterRun | None:
        opener = closer.before
        while opener is not None and opener is not bottom and opener.start >= floor:
            if opener.mark == closer.mark and opener.can_open and _fit(opener, closer):
                return opener
            opener = opener.before
        return None

    def _pair(self, opener: DelimiterRun, closer: DelimiterRun) -> DelimiterRun | None:
        between = closer.before
        while between is not None and between is not opener:
            self._remove(between)
            between = between.before
        if closer.mark == "~":
            used, tag = closer.left, "del"
        else:
            used = 2 if opener.left > 1 and closer.left > 1 else 1
            tag = "strong" if used > 1 else "em"
        opener.left -= used
        closer.left -= used
        opener.opens.append(tag)
        closer.closes.append(tag)
        if not opener.left:
            self._remove(opener)
        if closer.left:
            return closer
        following = closer.after
        self._remove(closer)
        return following


def _fit(opener: DelimiterRun, closer: DelimiterRun) -> bool:
    if closer.mark == "~":
        return opener.left == closer.left
    either = closer.can_open or opener.can_close
    total = opener.length + closer.length
    return not (either and total % 3 == 0 and (opener.length % 3 or closer.length % 3))
