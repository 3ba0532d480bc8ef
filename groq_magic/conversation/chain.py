"""The turns before an ask, as a chain that is compared in constant time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

__all__ = ["EMPTY", "Chain", "ChainSearch", "EarlierTurn", "chain_of"]


@dataclass(frozen=True)
class EarlierTurn:
    """The facts about a turn that later turns keep, to report its changes.

    Parameters
    ----------
    key : Hashable
        The turn's key.
    content : int
        The hash of what is sent of it; valid in this process only.
    sha : str
        The SHA-256 of its prompt and answer, as saved in notebooks.
    typed : str
        The beginning of its prompt as typed.
    """

    key: Hashable
    content: int
    sha: str = ""
    typed: str = ""


class Chain:
    """The turns that an ask saw: the last one, and the chain before it.

    The chains of a conversation's turns share their links, so that n turns
    take n links. Two chains are compared by their length and a digest: they are
    equal if the same is sent of their turns. Far links make a search among n
    turns take log n steps.

    Parameters
    ----------
    before : Chain or None
        None for the empty chain alone.
    turn : EarlierTurn or None
        The last turn.
    """

    __slots__ = ("before", "count", "digest", "far", "sha", "turn")

    def __init__(self, before: Chain | None, turn: EarlierTurn | None) -> None:
        self.before: Final = before
        self.turn: Final = turn
        self.count: Final[int] = 0 if before is None else before.count + 1
        content = 0 if turn is None else turn.content
        self.digest: Final[int] = hash((0 if before is None else before.digest, content))
        self.far: Final[Chain] = self if before is None else before.next_far()
        self.sha: Final[str] = "" if before is None or turn is None else _joined(before, turn)

    def then(self, turn: EarlierTurn) -> Chain:
        """Return the chain with one more turn."""
        return Chain(self, turn)

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

    def turn_at(self, number: int) -> EarlierTurn | None:
        """Return the turn of a number, from 1; None after the last one."""
        link = self
        while link.before is not None and link.count > number:
            link = link.far if link.far.count >= number else link.before
        return link.turn if link.count == number else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chain):
            return NotImplemented
        return (self.count, self.digest) == (other.count, other.digest)

    def __hash__(self) -> int:
        return self.digest

    def __iter__(self) -> Iterator[EarlierTurn]:
        """Yield the turns from the last to the first."""
        link = self
        while link.before is not None and link.turn is not None:
            yield link.turn
            link = link.before


EMPTY = Chain(None, None)


class ChainSearch:
    """Finds turns in chains by their keys; searches a link that several chains share once."""

    def __init__(self) -> None:
        # By a key, and by the id of a link, which is unique: the chains outlive this object.
        self._by_link: dict[Hashable, dict[int, int | None]] = {}
        self._keys: dict[int, frozenset[Hashable]] = {}

    def number(self, chain: Chain, key: Hashable) -> int | None:
        """Return the number of a turn in one of many chains; None where it is missing."""
        known = self._by_link.setdefault(key, {})
        link, passed, found = chain, [], None
        while link.before is not None and link.turn is not None:
            if id(link) in known:
                found = known[id(link)]
                break
            passed.append(id(link))
            if link.turn.key == key:
                found = link.count
                break
            link = link.before
        known.update(dict.fromkeys(passed, found))
        return found

    def contains(self, chain: Chain, key: Hashable) -> bool:
        """Whether a chain contains a turn; for many turns of one chain."""
        if id(chain) not in self._keys:
            self._keys[id(chain)] = frozenset(turn.key for turn in chain)
        return key in self._keys[id(chain)]


def chain_of(turns: Iterable[EarlierTurn]) -> Chain:
    """Return the chain of some turns, which shares its links with no other."""
    chain = EMPTY
    for turn in turns:
        chain = chain.then(turn)
    return chain


def _joined(before: Chain, turn: EarlierTurn) -> str:
    return hashlib.sha256(f"{before.sha} {turn.sha}".encode()).hexdigest()
