"""The turns that came before an ask, as a chain that compares in constant time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["EMPTY", "Chain"]


class Chain:
    """The turns that an ask saw: the last one's revision, and the chain before it.

    The chains of a conversation's turns share their links, so that n turns
    take n links. Two chains are compared by their length and a digest. Links
    to far ones make a search among n turns take log n steps.

    Parameters
    ----------
    before : Chain or None
        None for the empty chain alone.
    revision : int
        Of the last turn.
    """

    __slots__ = ("before", "count", "digest", "far", "revision")

    def __init__(self, before: Chain | None, revision: int) -> None:
        self.before: Final = before
        self.revision: Final = revision
        self.count: Final[int] = 0 if before is None else before.count + 1
        self.digest: Final[int] = hash((0 if before is None else before.digest, revision))
        self.far: Final[Chain] = self if before is None else before.next_far()

    def then(self, revision: int) -> Chain:
        """Return the chain with one more turn."""
        return Chain(self, revision)

    def next_far(self) -> Chain:
        """Return the far link of a chain with one more turn (a skew-binary list's)."""
        far = self.far
        return far.far if self.count - far.count == far.count - far.far.count else self

    def shared_with(self, chains: Sequence[Chain]) -> int:
        """Return how many turns, from the first on, are the same.

        Parameters
        ----------
        chains : sequence of Chain
            The chains of another order's first 0, 1, 2 … turns.
        """

        def same(link: Chain) -> bool:
            return link.count < len(chains) and link == chains[link.count]

        link = self
        while link.before is not None and not same(link):
            link = link.before if same(link.far) else link.far
        return link.count

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chain):
            return NotImplemented
        return (self.count, self.digest) == (other.count, other.digest)

    def __hash__(self) -> int:
        return self.digest

    def __iter__(self) -> Iterator[int]:
        """Yield the revisions from the last to the first."""
        link = self
        while link.before is not None:
            yield link.revision
            link = link.before

    def __repr__(self) -> str:
        return f"Chain({self.count} turns)"


EMPTY = Chain(None, 0)
