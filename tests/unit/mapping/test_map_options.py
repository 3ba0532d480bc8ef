"""The options of a map, on a line and in Python, and the data of its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import OptionError, PromptError
from groq_magic.magics.line_parser import data_and_rest
from groq_magic.mapping.data.data_source import column_names, data_of
from groq_magic.mapping.options import MapOptions
from groq_magic.mapping.sending.budget import Budget
from groq_magic.option_types import Whole
from groq_magic.prompt import Privacy


def test_python_takes_the_same_options_as_a_line() -> None:
    found = MapOptions.of_keywords(
        {"model": ["fast", "some/model"], "budget": 200_000, "journal": Path("x"), "pack": 3}
    )
    assert found.model == ("fast", "some/model")
    assert found.budget == Budget(200_000, in_dollars=False)
    assert found.journal == Path.cwd() / "x"
    assert found.pack == 3
    assert MapOptions.of_keywords({"model": "A, B,"}).model == ("A", "B")
    assert MapOptions.of_keywords({"budget": "$0.50"}).budget == Budget(0.5, in_dollars=True)


@pytest.mark.parametrize(
    "given_options",
    [
        {"model": ""},
        {"model": ["a"] * 11},
        {"model": 7},
        {"budget": 1.5},
        {"budget": None, "limits": 1},
        {"journal": "\0"},
        {"journal": "~nobody-of-this-name/x"},
        {"journal": "/"},
        {"share": 0},
        {"pack": True},
    ],
)
def test_invalid_options_are_refused_in_one_line(given_options: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as error:
        MapOptions.of_keywords(given_options)
    assert "\n" not in str(error.value)


def test_requests_get_the_given_options() -> None:
    options = MapOptions(temperature=0.5, stop=("END",), system="not a parameter")
    of_requests = options.of_requests("some/model")
    assert of_requests.given() == {"model": "some/model", "temperature": 0.5, "stop": ["END"]}


def test_a_whole_number_has_a_maximum() -> None:
    assert Whole(1, 10, 20).read("--pack", "20") == 20
    with pytest.raises(OptionError, match="from 1 to 20"):
        Whole(1, 10, 20).read("--pack", "21")


@pytest.mark.parametrize(
    ("line", "data", "rest", "is_code"),
    [
        ("df -o x", "df", " -o x", False),
        ('d["a b"][1]', 'd["a b"][1]', "", False),
        ("df[df.x > 1] --limit 2", "df[df.x > 1]", " --limit 2", False),
        ('"df[df.x > 1]" --limit 2', "df[df.x > 1]", "--limit 2", True),
        ("'d[\"k\"]'", 'd["k"]', "", True),
        ("d['a", "d['a", "", False),
        ("d] x", "d]", " x", False),
        ("", "", "", False),
    ],
)
def test_the_data_ends_at_a_blank(line: str, data: str, rest: str, *, is_code: bool) -> None:
    assert data_and_rest(line) == (data, rest, is_code)


@given(st.text(alphabet="ab \"'[](){}\\-\u201c\n", max_size=30))
def test_any_line_is_split_or_refused(line: str) -> None:
    try:
        data, rest, is_code = data_and_rest(line)
    except OptionError:
        return
    if not is_code:
        assert data + rest == line


NAMES: dict[str, Any] = {"df": pd.DataFrame({"x": [1, 2]}), "d": {"k": ["v"]}, "n": 3}


def data(written: str, privacy: Privacy | None = None, *, is_code: bool = False) -> Any:
    return data_of(written, NAMES, NAMES, privacy or Privacy(), is_code=is_code)


def test_data_is_an_expression_or_code() -> None:
    assert data('d["k"]') == ["v"]
    assert data("df.x").tolist() == [1, 2]
    assert data("df[df.x > n - 2].x.tolist()", is_code=True) == [2]
    assert data("[n for _ in range(2)]", is_code=True) == [3, 3]


def test_errors_contain_no_private_values() -> None:
    private = Privacy(5, ("x",))
    with pytest.raises(PromptError, match="private"):
        data("df.x", private)
    with pytest.raises(OptionError) as error:
        data("int('a value')", private, is_code=True)
    assert "invalid literal" not in str(error.value)
    with pytest.raises(OptionError, match="ValueError: invalid literal"):
        data("int('a value')", is_code=True)


def test_an_error_of_the_code_keeps_no_frames() -> None:
    with pytest.raises(OptionError) as error:
        data("1 / 0", is_code=True)
    assert error.value.__context__ is None


def test_completion_reads_no_cells() -> None:
    assert column_names(pd.DataFrame({"a b": [1], 7: [2]})) == ["a b", "row"]
    assert column_names({"x": [1], 7: [2]}) == ["x", "row"]
    assert column_names([1]) == ["row"]
