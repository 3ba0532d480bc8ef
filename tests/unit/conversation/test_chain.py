from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation.chain import EMPTY, Chain, ChainSearch, EarlierTurn, chain_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def turns(contents: Iterable[int]) -> list[EarlierTurn]:
    return [EarlierTurn(number, content, str(content)) for number, content in enumerate(contents)]


def chains(contents: list[int]) -> list[Chain]:
    return list(accumulate(turns(contents), Chain.then, initial=EMPTY))


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

    class CountingChain(Chain):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return super().__eq__(other)

        __hash__ = Chain.__hash__

        def then(self, turn: EarlierTurn) -> Chain:
            return CountingChain(self, turn)

    start = CountingChain(None, None)
    others = turns([*range(1_234), *range(3_000, 4_000)])
    saw = list(accumulate(turns(range(2_000)), Chain.then, initial=start))[-1]
    now = list(accumulate(others, Chain.then, initial=start))
    assert saw.shared_with(now) == 1_234
    assert compared < 60


@given(st.lists(st.integers(1, 3), max_size=9), st.lists(st.integers(1, 3), max_size=9))
def test_chains_are_equal_where_the_same_is_sent_and_have_the_same_sha(
    one: list[int], other: list[int]
) -> None:
    moved = [EarlierTurn(f"of another cell {n}", c, str(c)) for n, c in enumerate(one)]
    assert chain_of(moved) == chain_of(turns(one))
    assert (chain_of(turns(one)) == chain_of(turns(other))) == (one == other)
    assert (chain_of(turns(one)).sha == chain_of(turns(other)).sha) == (one == other)


@given(st.lists(st.integers(0, 9), max_size=20), st.lists(st.integers(0, 9), max_size=20))
def test_turns_are_found_in_chains_that_share_links(common: list[int], rest: list[int]) -> None:
    keys = list(dict.fromkeys(common))
    shared = chain_of(EarlierTurn(key, key) for key in keys)
    links = [
        shared,
        *accumulate((EarlierTurn(key, key) for key in rest), Chain.then, initial=EMPTY),
    ]
    links += [shared.then(EarlierTurn(10, 10)), shared]
    search = ChainSearch()
    for link in links:
        held = [turn.key for turn in link][::-1]
        for key in range(11):
            last = max((at for at, each in enumerate(held, 1) if each == key), default=None)
            assert search.number(link, key) == last
            assert search.contains(link, key) == (key in held)
