"""Links whose definitions come later: the only reason to change settled blocks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.rendering.page_blocks import kind_of

if TYPE_CHECKING:
    from groq_magic.rendering.document import Renderer
    from groq_magic.rendering.page_blocks import Group
    from groq_magic.rendering.patches import Canvas

__all__ = ["LateLinks"]

# Characters that are sent again while the answer streams; more wait for its end.
_MAX_RESENT = 200_000


class LateLinks:
    """Records which blocks lack which labels, and sends them again when those are defined.

    Parameters
    ----------
    renderer : Renderer
        Has the definitions.
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
        """Record the labels of a block that have no definition yet."""
        for label in labels:
            self._waiting.setdefault(label, set()).add(index)

    def settle(self, index: int, group: Group) -> None:
        """Keep a settled block, which may have to be sent again."""
        self._groups[index] = group

    def version(self, index: int) -> int:
        """Return how often a growing block had to begin again."""
        return self._versions.get(index, 0)

    def resend(self, canvas: Canvas, *, everything: bool) -> None:
        """Send again the blocks whose labels are defined now.

        Parameters
        ----------
        canvas : Canvas
            Receives their new HTML.
        everything : bool
            Whether to send all of them, however long.
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
