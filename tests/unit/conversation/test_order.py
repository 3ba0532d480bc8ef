from __future__ import annotations

from typing import Any

import pytest

from groq_magic.conversation import below


@pytest.mark.parametrize(
    ("cell", "order", "number"),
    [
        ("new", ["a", "new", "b", "c"], 2),
        ("new", ["a", "b", "c", "new"], 0),
        ("new", ["new", "gone"], 0),
        ("new", ["a", "b"], 0),
        (None, ["a", "b"], 0),
    ],
)
def test_turns_of_cells_below_the_asking_one_are_counted(
    notebook: Any, cell: str | None, order: list[str], number: int
) -> None:
    for name in "abc":
        notebook.run(name, name)
    notebook.run(None, "from nowhere")
    assert below(notebook.conversations.get("main").turns, cell, order) == number
