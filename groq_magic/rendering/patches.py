"""The blocks that a page shows of a document, and the patches that update them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["BlockKind", "Canvas", "Patch"]

BlockKind = Literal["text", "code", "table", "formula", "image"]


class Patch(NamedTuple):
    """A change to the page's list of top-level blocks.

    Attributes
    ----------
    op : str
        ``block``: the block's nodes are replaced by html's (a new one is appended).
        ``grow``: html's nodes become settled children of the block's container, and its tail
        is removed. ``tail``: html's nodes replace the container's tail.
        ``cut``: this block and those after it are removed.
    index : int
        Which block, from 0.
    html : str
        Sanitised.
    kind : str
        Of ``block``: "text", "code", "table", "formula" or "image". Else empty.

    Notes
    -----
    A block's container is its root element if that is ul, ol or blockquote, a table's tbody,
    a pre's code.
    """

    op: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which is not used
    html: str
    kind: BlockKind | Literal[""] = ""


@dataclass(slots=True)
class _ShownBlock:
    kind: BlockKind
    key: tuple[object, ...]
    head: str
    foot: str
    pieces: list[str] = field(default_factory=list)
    count: int = 0
    tail: str = ""

    def settled(self) -> str:
        return "".join((self.head, *self.pieces, self.foot))

    def patch(self, index: int) -> Patch:
        return Patch("block", index, self.settled(), self.kind)


class Canvas:
    """The blocks that a page shows; records each change as a patch."""

    def __init__(self) -> None:
        self._shown: list[_ShownBlock] = []
        self._patches: list[Patch] = []

    def __len__(self) -> int:
        return len(self._shown)

    def take_patches(self) -> list[Patch]:
        """Return the patches since the last call."""
        patches, self._patches = self._patches, []
        return patches

    def put(
        self,
        index: int,
        kind: BlockKind,
        head: str,
        foot: str = "",
        key: tuple[object, ...] = (),
    ) -> int:
        """Show a block, unless it is shown already.

        Parameters
        ----------
        index : int
            Which block; the number of blocks to append one.
        kind : str
        head, foot : str
            HTML around its pieces; a block without pieces is all head.
        key : tuple
            What its pieces depend on beside their source.

        Returns
        -------
        int
            The number of its pieces that are shown.
        """
        if index < len(self._shown):
            shown = self._shown[index]
            if (shown.kind, shown.key, shown.head, shown.foot) == (kind, key, head, foot):
                return shown.count
        fresh = _ShownBlock(kind, key, head, foot)
        self._shown[index : index + 1] = [fresh]
        self._patches.append(fresh.patch(index))
        return 0

    def count(self, index: int) -> int:
        """Return the number of settled pieces of a block."""
        return self._shown[index].count if index < len(self._shown) else 0

    def size(self, index: int) -> int:
        """Return the number of characters of a block's settled pieces."""
        return sum(map(len, self._shown[index].pieces)) if index < len(self._shown) else 0

    def grow(self, index: int, html: str, count: int) -> None:
        """Append settled pieces to a block."""
        shown = self._shown[index]
        shown.count += count
        shown.tail = ""
        shown.pieces.append(html)
        last = self._patches[-1] if self._patches else None
        if last == Patch("block", index, shown.head + shown.foot, shown.kind):
            self._patches[-1] = shown.patch(index)
        else:
            self._patches.append(Patch("grow", index, html))

    def set_tail(self, index: int, html: str) -> None:
        """Show a tail after a block's settled pieces."""
        shown = self._shown[index]
        if shown.tail != html:
            shown.tail = html
            self._patches.append(Patch("tail", index, html))

    def confirm(self, index: int, html: str) -> None:
        """Replace a block, which has no tail, unless it already shows this HTML."""
        shown = self._shown[index]
        if shown.settled() != html:
            self.put(index, shown.kind, html)

    def cut(self, index: int) -> None:
        """Remove the blocks from an index on."""
        if index < len(self._shown):
            del self._shown[index:]
            self._patches.append(Patch("cut", index, ""))

    def html(self) -> str:
        """Return the HTML of all blocks."""
        return "".join(
            "".join((shown.head, *shown.pieces, shown.tail, shown.foot)) for shown in self._shown
        )

    def from_start(self) -> list[Patch]:
        """Return the patches that show the same on an empty page."""
        patches = []
        for index, shown in enumerate(self._shown):
            patches.append(shown.patch(index))
            if shown.tail:
                patches.append(Patch("tail", index, shown.tail))
        return patches
