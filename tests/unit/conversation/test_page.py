"""What is known of the page after lists, deletions and saves."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import Page


def lists(page: Page) -> list[str]:
    return ["".join(each.cells) for each in page.lists]


def test_a_later_list_replaces_its_notebooks_earlier_one() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("cab", at=2, notebook="n")
    assert lists(page) == ["cab"]
    assert not page.deleted


def test_what_an_earlier_list_had_and_a_later_one_lacks_is_deleted_until_one_has_it() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("ac", at=2, notebook="n")
    assert set(page.deleted) == {"b"}
    assert not page.with_list("abc", at=3, notebook="n").deleted


def test_a_list_brings_a_cell_back_by_a_coarse_clock_too() -> None:
    page = Page().with_list("ab", at=1, notebook="n").with_deleted("b", at=2, by=None)
    assert set(page.deleted) == {"b"}
    assert not page.with_list("ab", at=2, notebook="n").deleted


def test_the_same_list_again_changes_nothing() -> None:
    page = Page().with_list("ab", at=1, notebook="n").with_list("a", at=2, notebook="n")
    again = page.with_list("a", at=3, notebook="n").with_cell("a").with_deleted((), at=3, by=None)
    assert again.lists is page.lists
    assert again.deleted is page.deleted


def test_a_list_speaks_for_its_own_notebook_only() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("xy", at=2, notebook="m")
    assert lists(page) == ["abc", "xy"]
    assert lists(page.with_list("ab", at=3, notebook="n")) == ["ab", "xy"]
    assert page.current != page.with_list("ab", at=3, notebook="n").current


def test_a_renamed_notebook_is_known_by_its_cells() -> None:
    page = Page().with_list("abcd", at=1, notebook="old").with_list("abc", at=2, notebook="new")
    assert lists(page) == ["abc"]
    assert set(page.deleted) == {"d"}
    assert page.lists[0].notebook == "new"


def test_a_list_without_a_name_is_that_of_the_notebook_with_which_it_shares_a_cell() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("axyz", at=2)
    assert lists(page) == ["axyz"]
    assert page.lists[0].notebook == "n"
    assert lists(page.with_list("qr", at=3)) == ["axyz", "qr"]


def test_a_cell_that_is_cut_here_and_pasted_there_is_not_deleted() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("xyb", at=2, notebook="m")
    assert lists(page) == ["ac", "xyb"]
    page = page.with_list("ac", at=3, notebook="n")
    page = page.with_deleted("b", at=3, by=page.current)
    assert not page.deleted


def test_a_deletion_is_not_believed_where_the_same_request_lists_the_cell() -> None:
    page = Page().with_list("ab", at=1, notebook="n")
    assert not page.with_deleted("a", at=1, by=page.current).deleted
    assert set(page.with_deleted("a", at=1, by=None).deleted) == {"a"}


def test_a_deleted_cell_is_back_when_it_runs() -> None:
    page = Page().with_list("ab", at=1).with_list("a", at=2)
    assert not page.with_cell("b").deleted


def test_a_file_counts_where_it_is_newer_than_the_notebooks_list() -> None:
    page = Page().with_list("abc", at=5, notebook="n")
    assert page.with_file("cb", written=4) is page
    after = page.with_file("cb", written=6)
    assert lists(after) == ["cb"]
    assert set(after.deleted) == {"a"}


def test_a_file_saved_before_a_deletion_does_not_bring_the_cell_back() -> None:
    page = Page().with_file("abc", written=1).with_deleted("b", at=5, by=None)
    assert set(page.with_file("abc", written=4).deleted) == {"b"}
    assert not page.with_file("abc", written=6).deleted


def test_the_cells_above_one_are_those_of_its_own_list() -> None:
    page = Page().with_list("abc", at=1, notebook="n").with_list("xy", at=2, notebook="m")
    assert page.above("c") == {"a", "b"}
    assert page.above("elsewhere") is None
    assert page.above(None) is None


def test_lists_without_end_are_forgotten_the_oldest_first() -> None:
    page = Page().with_list("ab", at=0, notebook="own")
    for number in range(50):
        page = page.with_list([f"x{number}"], at=number, notebook=f"n{number}")
        page = page.with_list("ab", at=number + 0.5, notebook="own")
    assert len(page.lists) == 20
    assert page.list_of("a") is not None
    assert page.times.keys() == {each.id for each in page.lists}


def test_deletions_without_end_are_forgotten_the_oldest_first() -> None:
    page = Page()
    for number in range(5):
        cells = [f"{number}-{n}" for n in range(4_000)]
        page = page.with_deleted(cells, at=number, by=None)
    assert len(page.deleted) == 10_000
    assert "4-3999" in page.deleted


steps = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.lists(st.sampled_from("abcdef")), st.sampled_from("nm")),
        st.tuples(st.just("deleted"), st.lists(st.sampled_from("abcdef")), st.booleans()),
        st.tuples(st.just("run"), st.sampled_from("abcdef"), st.none()),
    ),
    max_size=20,
)


@given(steps)
def test_a_cell_is_on_one_list_at_most_and_what_a_list_just_named_is_not_deleted(
    given_steps: list[tuple[str, Any, Any]],
) -> None:
    page = Page()
    for at, (kind, cells, more) in enumerate(given_steps):
        if kind == "list":
            page = page.with_list(cells, at=at, notebook=more)
            assert page.deleted.keys().isdisjoint(cells)
        elif kind == "deleted":
            page = page.with_deleted(cells, at=at, by=page.current if more else None)
        else:
            page = page.with_cell(cells)
            assert cells not in page.deleted
        every = [cell for each in page.lists for cell in each.cells]
        assert len(every) == len(set(every))
