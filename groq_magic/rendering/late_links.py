"""Links whose definitions come after them: the one thing that changes settled blocks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.rendering.groups import kind_of

if TYPE_CHECKING:
    from groq_magic.rendering.document import Renderer
    from groq_magic.rendering.groups import Group
    from groq_magic.rendering.patches import Canvas

__all__ = ["LateLinks"]

# Characters sent again at once, in all; what comes above waits for the end.
_MAX_RESENT = 200_000


class LateLinks:
    """Knows which settled blocks wait for which labels, and sends them again.

    Parameters
    ----------
    renderer : Renderer
        Its definitions are watched.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._waiting: dict[str, set[int]] = {}
        self._groups: dict[int, Group] = {}
        self._versions: dict[int, int] = {}
        self._known = 0
        self._due: set[int] = set()
        self._resent = 0

    def note(self, index: int, labels: frozenset[str]) -> None:
        """Note the labels that a block looked up in vain."""
        for label in labels:
            self._waiting.setdefault(label, set()).add(index)

    def settle(self, index: int, group: Group) -> None:
        """Keep a settled block, in case that it must be sent again."""
        self._groups[index] = group

    def version(self, index: int) -> int:
        """Return how often a block that still grows had to begin anew."""
        return self._versions.get(index, 0)

    def resend(self, canvas: Canvas, *, everything: bool) -> None:
        """Send the blocks again whose labels are defined by now.

        Parameters
        ----------
        canvas : Canvas
            Gets their new HTML.
        everything : bool
            Whether nothing may wait any longer.
        """
        definitions = self._renderer.definitions
        for label in islice(definitions, self._known, None):
            self._due |= self._waiting.pop(label, set())
        self._known = len(definitions)
        for index in sorted(self._due):
            if self._resent > _MAX_RESENT and not everything:
                return
            self._due.discard(index)
            self._resend(index, canvas)

    def _resend(self, index: int, canvas: Canvas) -> None:
        group = self._groups.get(index)
        if group is None:
            self._versions[index] = self.version(index) + 1
            self._resent += canvas.size(index)
            return
        html = self._renderer.html(group)
        self.note(index, self._renderer.take_missing())
        self._resent += len(html)
        canvas.put(index, kind_of(group, html), html)
