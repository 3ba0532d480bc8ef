"""The diff of two versions of a cell."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.assistant import DiffLine, difference

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=30)
CODES = st.lists(st.text("ab(). =", max_size=12), min_size=1, max_size=8)


def test_changes_are_shown_with_three_lines_around() -> None:
    before = "\n".join(f"line {n}" for n in range(12))
    shown = difference(before, before.replace("line 6", "line six"))
    assert [(line.mark, line.text) for line in shown] == [
        ("…", "3 lines unchanged"),
        *((" ", f"line {n}") for n in (3, 4, 5)),
        ("-", "line 6"),
        ("+", "line six"),
        *((" ", f"line {n}") for n in (7, 8, 9)),
        ("…", "2 lines unchanged"),
    ]


def marked(before: str, after: str) -> str:
    """Return the lines that changed, with what is marked in brackets."""
    found = []
    for line in difference(before, after):
        text = line.text
        for start, end in reversed(line.changed):
            text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
        if line.mark in "+-":
            found.append(f"{line.mark}{text}")
    return "\n".join(found)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "total = sum(prices[item] for item in bill)",
            "total = sum(prices.get(item, 0) for item in bill)",
            (
                "-total = sum(prices[[]item[]] for item in bill)\n"
                "+total = sum(prices[.get(]item[, 0)] for item in bill)"
            ),
        ),
        (
            "df['prise'].mean()",
            "df['price'].mean()",
            "-df['pri[s]e'].mean()\n+df['pri[c]e'].mean()",
        ),
        (
            "float(x.strip())",
            "float(x.strip().replace(',', '.'))",
            "-float(x.strip())\n+float(x.strip()[.replace(',', '.')])",
        ),
        ("print(totl)", "print(total)", "-print(totl)\n+print(tot[a]l)"),
        ("x = max(rows)", "x = median(rows)", "-x = [max](rows)\n+x = [median](rows)"),
        # Nothing is marked where nothing is alike, nor in lines that have no counterpart.
        ("import os", "print(total)", "-import os\n+print(total)"),
        ("x = 1", "x = 1\ny = 2", "+y = 2"),
        # Of several lines each goes with the one that it is like.
        (
            "load(path)\nplot(frame, x=1)",
            "check(path, 5)\nload(paths)\nplot(frame, x=2)",
            (
                "-load(path)\n-plot(frame, x=[1])\n"
                "+check(path, 5)\n+load(path[s])\n+plot(frame, x=[2])"
            ),
        ),
    ],
)
def test_the_changed_characters_of_a_line_are_known(before: str, after: str, shown: str) -> None:
    assert marked(before, after) == shown


@given(LINES, LINES)
def test_kept_and_added_lines_are_the_new_cell_kept_and_removed_ones_the_old(
    before: list[str], after: list[str]
) -> None:
    shown = difference("\n".join(before), "\n".join(after))
    marks = [line.mark for line in shown]
    if "…" not in marks:
        assert [line.text for line in shown if line.mark in " +"] == after
        assert [line.text for line in shown if line.mark in " -"] == before
    assert marks.count("+") - marks.count("-") == len(after) - len(before)


@given(CODES, CODES)
def test_lines_have_their_places_and_unmarked_text_is_the_same_in_both_versions(
    before: list[str], after: list[str]
) -> None:
    shown = difference("\n".join(before), "\n".join(after))
    rest: dict[str, list[str]] = {"-": [], "+": []}
    for line in shown:
        if line.mark != "…":
            assert line.text == (before if line.mark == "-" else after)[line.at]
        ends = [end for span in line.changed for end in span]
        assert ends == sorted(set(ends))
        assert not ends or ends[-1] <= len(line.text)
        if line.changed:
            rest[line.mark].append(unmarked(line))
    # A line that has nothing marked may be the counterpart of one that has.
    assert set(rest["-"]) - set(rest["+"]) <= {line.text for line in shown if line.mark == "+"}


def unmarked(line: DiffLine) -> str:
    text = line.text
    for start, end in reversed(line.changed):
        text = text[:start] + text[end:]
    return text


def test_long_cells_and_lines_take_no_time() -> None:
    long = "\n".join(f"value_{n} = compute({n})" for n in range(3_000))
    began = time.process_time()
    difference(long, long.replace("compute", "calculate"))
    block = "".join(f"{n} some = words(here, {n}) + others * of + this[{n}]\n" for n in range(5))
    difference(f"{block}kept\n" * 300, f"{block.replace('e', 'a')}kept\n" * 300)
    spaced = "".join(f"value_{n} = compute({n})\n\n" for n in range(1_000))
    assert difference(spaced, spaced.replace("value", "other"))
    difference("x = " + "a + b * " * 20_000, "x = " + "a - b * " * 20_000)
    assert time.process_time() - began < 8  # of 15 and more
