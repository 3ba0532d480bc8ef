"""Typed data while it streams."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import GrowingData, to_html
from groq_magic.rendering.data_markdown import data_markdown

ROWS = [{"city": "Bern", "price": 2.5}, {"city": "a|b *c*", "price": 3}, {"city": "Chur"}]


def grown(text: str, size: int) -> list[str]:
    data = GrowingData()
    return [data.feed(text[at : at + size]) for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_a_list_of_records_grows_by_whole_rows(size: int) -> None:
    pieces = grown(json.dumps({"items": [*ROWS, {"city": "last"}]}), size)
    markdown = "".join(pieces)
    assert markdown.splitlines() == [
        "| city | price |",
        "| --- | --- |",
        "| Bern | 2.5 |",
        "| a\\|b \\*c\\* | 3 |",
        "| Chur |  |",
    ]
    assert all(piece == "" or piece.endswith("\n") for piece in pieces)


@pytest.mark.parametrize(
    "data",
    [{"name": "Bern"}, {"items": 3}, {"items": [1, 2]}, {"items": [{"a": {"b": 1}}, 1]}, [1], "x"],
)
def test_other_data_streams_as_json(data: Any) -> None:
    text = json.dumps(data)
    markdown = "".join(grown(text, 3))
    assert markdown.startswith("`" * 64 + "json\n")
    assert markdown.endswith(text)


def test_what_is_no_json_streams_as_it_is() -> None:
    assert "".join(grown("I can't answer that.", 4)).endswith("I can't answer that.")


def test_an_answer_may_begin_again() -> None:
    data = GrowingData()
    first = data.feed('{"name": 1}')
    line = data.restart("Once more:")
    second = data.feed(json.dumps({"items": [*ROWS, {}]}))
    html = to_html(first + line + second)
    assert "<p>Once more:</p>" in html
    assert "<table>" in html.partition("Once more")[2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=3), max_size=4), st.integers(1, 9)
)
def test_the_rows_that_were_shown_are_those_of_the_finished_table(
    rows: list[dict[str, Any]], size: int
) -> None:
    text = json.dumps({"items": [*rows, {"last": 1}]})
    markdown = "".join(grown(text, size))
    if markdown.startswith("`"):
        return
    lines = markdown.splitlines()[2:]
    for line, row in zip(lines, rows, strict=False):
        cells = line.removeprefix("| ").removesuffix(" |")
        alone = data_markdown([{**dict.fromkeys(rows[0], 0), **row}]).splitlines()[2]
        if set(row) == set(rows[0]):
            assert cells == alone.removeprefix("| ").removesuffix(" |")


@pytest.mark.parametrize("text", ['{"items": [{"a": 1}, [' + "1," * 40_000, " " * 100_000])
def test_the_time_grows_as_the_text_does(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    whole_rows = GrowingData._whole_rows

    def counted(data: GrowingData, given: str) -> Any:
        read.append(len(given))
        return whole_rows(data, given)

    monkeypatch.setattr(GrowingData, "_whole_rows", counted)
    grown(text, 4)
    # Each character is read a bounded number of times.
    assert 0 < sum(read) < 100 * len(text)


def test_rows_behind_those_that_are_shown_are_not_read() -> None:
    data = GrowingData()
    shown = data.feed(json.dumps({"items": [{"a": 1}] * 150})[:-2])
    assert shown.count("\n") == 102
    assert data.feed(", no JSON") == ""
