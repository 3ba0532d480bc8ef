from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation.chain import EMPTY, Chain


def chains(revisions: list[int]) -> list[Chain]:
    return list(accumulate(revisions, Chain.then, initial=EMPTY))


@given(st.lists(st.integers(1, 3), max_size=60), st.lists(st.integers(1, 3), max_size=60))
def test_what_two_orders_share_is_their_longest_common_beginning(
    common: list[int], rest: list[int]
) -> None:
    saw, now = [*common, 8, *rest], [*common, 9, *rest[::-1]]
    assert chains(saw)[-1].shared_with(chains(now)) == len(common)
    assert chains(now)[-1].shared_with(chains(common)) == len(common)
    assert chains(common)[-1].shared_with(chains(now)) == len(common)


def test_a_long_chain_is_searched_in_few_steps() -> None:
    compared = 0

    class Counted(Chain):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return super().__eq__(other)

        __hash__ = Chain.__hash__

        def then(self, revision: int) -> Chain:
            return Counted(self, revision)

    start = Counted(None, 0)
    saw = list(accumulate(range(2_000), Chain.then, initial=start))[-1]
    now = list(accumulate([*range(1_234), *range(3_000, 4_000)], Chain.then, initial=start))
    assert saw.shared_with(now) == 1_234
    assert compared < 60
