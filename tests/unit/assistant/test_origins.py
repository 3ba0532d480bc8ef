"""The earlier cells that set a variable."""

from __future__ import annotations

import pytest

from groq_magic.assistant import Cell
from groq_magic.assistant.failure.origins import origins


def titles(name: str, *sources: str, line: int = 1) -> list[str]:
    """Return the titles for a variable, the last of the sources being the one that failed."""
    *earlier, failed = [Cell(n, source) for n, source in enumerate(sources, 1)]
    return [one.title for one in origins([name], failed, line, reversed(earlier))]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "x: int = 1",
        "a, (b, *x) = [1, (2, 3)]",
        "for x in range(3):\n    pass",
        "with open('a') as x:\n    pass",
        "import os.path as x",
        "from os import path as x",
        "if True:\n    y = 1\nelse:\n    x = 2",
        "try:\n    x = 1\nexcept ValueError:\n    pass",
        "print(x := 3)",
        "%%time\nx = 1",
        "x = !ls",
        "%time 1\nx = 2",
        "match 1:\n    case 1:\n        x = 1",
    ],
)
def test_the_cell_that_last_assigned_a_variable_is_found(source: str) -> None:
    assert titles("x", "x = 0", source, "y = 1", "x.nosuch") == ["Cell 2, which last assigned `x`:"]


def test_a_change_since_is_found_with_the_assignment() -> None:
    assert titles(
        "df", "df = load()", "df['a'] = 1", "df.drop(columns='a', inplace=True)", "df"
    ) == [
        "Cell 3, which changed `df`:",
        "Cell 1, which last assigned `df`:",
    ]


def test_variables_that_the_failing_cell_assigned_above_have_no_origin() -> None:
    assert titles("x", "x = 0", "x = 1\nx.nosuch", line=2) == []
    assert titles("x", "x = 0", "x = x.nosuch") == ["Cell 1, which last assigned `x`:"]
    assert titles("x", "x = 0", "for x in 'ab':\n    x.nosuch", line=2) == []


def test_the_functions_that_made_the_value_are_found() -> None:
    assert titles("x", "def load():\n    x = 9", "x = load()", "x.nosuch") == [
        "Cell 2, which last assigned `x`:",
        "Cell 1, which defines `load`:",
    ]


def test_names_inside_of_functions_are_others() -> None:
    assert titles("x", "x = 1", "def f():\n    x = 2", "x.nosuch") == [
        "Cell 1, which last assigned `x`:"
    ]


def test_cells_that_do_not_parse_are_passed_by() -> None:
    assert titles("x", "x = 1", "x = = 2", "\0", "%%bash\nx=1", "x.nosuch") == [
        "Cell 1, which last assigned `x`:"
    ]
