"""Replacing the failed cell with the fixed one: the facts for the page, and the messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.magics.display import live_of
from groq_magic.views.answer_facts import Replacement

if TYPE_CHECKING:
    from collections.abc import Callable

FAILING = "total = 1\ntotl + 1"
FIXED = "total = 1\ntotal + 1"
REPLY = {"reply": f"Fixed.\n\n```python\n{FIXED}\n```"}
EARLIER = "rows = [1]\nrows = rows.append(2)"
BETTER = "rows = [1]\nrows.append(2)"
SLOT = '<div class="groq-slot-replace'


@pytest.fixture
def with_page(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[Any], list[Any]]]:
    """Give the session a page, with what it lacks; return the cells and facts that it is sent."""

    def open_page(*missing: str) -> tuple[list[Any], list[Any]]:
        live = live_of(cells.session)
        live.pages.receive({"notebook": "a.ipynb", "missing": list(missing)})
        added: list[Any] = []
        facts: list[Any] = []
        monkeypatch.setattr(live, "send_next", lambda *sent: added.append(sent))
        monkeypatch.setattr(live, "send_facts", lambda _slot, sent, *_: facts.append(sent))
        return added, facts

    return open_page


def test_the_page_gets_what_it_needs_to_replace_the_cell(
    cells: Any, practice: Any, with_page: Any
) -> None:
    practice.script([REPLY])
    added, _ = with_page()
    cells.run(FAILING, "cell-b")
    number = cells.shell.execution_count - 1
    ran = cells.fine("%groq_fix", "cell-f")
    assert added == [("cell-f", FIXED, None)]
    assert SLOT in ran.data["text/html"]
    assert "was not replaced" not in ran.data["text/html"]
    cells.fine("%groq_fix --replace", "cell-f")
    name = f"cell {number}"
    fix = Replacement("cell-f", "cell-b", number, name, FAILING, FIXED)
    assert added[1:] == [("cell-f", FIXED, fix)]
    # What a retry asks again is put in place again.
    cells.fine("%groq_retry", "cell-r")
    assert added[2][2].asked == "cell-r"
    assert cells.shell.rl_next_input == FIXED


def test_a_cell_that_ran_before_the_extension_was_loaded_is_known_by_its_number(
    shell_factory: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = shell_factory(load=False)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up_for_tests_0123456789")
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    practice.script([REPLY])
    cells.run(FAILING, "cell-b")
    cells.fine("%load_ext groq_magic", "cell-l")
    live = live_of(cells.session)
    added: list[Any] = []
    monkeypatch.setattr(live, "send_next", lambda *sent: added.append(sent))
    live.pages.receive({"notebook": "a.ipynb", "missing": []})
    cells.fine("%groq_fix --replace", "cell-f")
    ((_, _, fix),) = added
    assert (fix.cell, fix.number) == ("", 1)


def test_where_the_fault_is_in_an_earlier_cell_that_one_is_replaced(
    cells: Any, practice: Any, with_page: Any
) -> None:
    practice.script([{"reply": f"Cell 2: it returns nothing.\n\n```python\n{BETTER}\n```"}])
    added, _ = with_page()
    cells.fine(EARLIER, "cell-a")
    cells.run("rows[0]", "cell-b")
    ran = cells.fine("%groq_fix --replace", "cell-f")
    assert "Run the fixed cell 2, then run cell 3." in ran.data["text/html"]
    ((_, code, fix),) = added
    assert (code, fix.cell, fix.name, fix.before) == (BETTER, "cell-a", "cell 2", EARLIER)


def test_without_a_page_it_goes_below_and_the_output_says_what_to_replace(
    cells: Any, practice: Any
) -> None:
    practice.script([REPLY])
    cells.run(FAILING, "cell-b")
    ran = cells.fine("%groq_fix --replace", "cell-f")
    why = "Cell 2 was not replaced: no open notebook can do it. Replace it with the cell below."
    assert why in ran.data["text/html"]
    assert why in ran.data["text/markdown"]
    assert ran.data["text/html"].index(why) < ran.data["text/html"].index("groq-diff")
    assert SLOT not in ran.data["text/html"]
    assert cells.shell.rl_next_input == FIXED
    assert why not in cells.fine("%groq_fix", "cell-g").data["text/html"]


def test_a_page_that_cannot_replace_cells_counts_as_no_page(
    cells: Any, practice: Any, with_page: Any
) -> None:
    practice.script([REPLY])
    added, _ = with_page("notebook")
    cells.run(FAILING, "cell-b")
    ran = cells.fine("%groq_fix --replace", "cell-f")
    assert "no open notebook can do it" in ran.data["text/html"]
    # A page that loads later would do what the answer denies.
    assert [replaces for _, _, replaces in added] == [None]


def test_a_page_that_never_loads_the_widget_is_waited_for_a_moment(
    cells: Any, practice: Any
) -> None:
    practice.script([REPLY])
    live = live_of(cells.session)
    cells.run(FAILING, "cell-b")
    ran = cells.fine("%groq_fix --replace", "cell-f")
    assert "no open notebook can do it" in ran.data["text/html"]
    assert [each["replaces"] for each in live._session._facts["next"].values()] == [None]


def test_other_answers_have_no_slot_and_no_such_option(
    cells: Any, practice: Any, with_page: Any
) -> None:
    practice.script([REPLY])
    added, _ = with_page()
    for source in ("%%groq_code\nA total", "%groq --cell a total"):
        ran = cells.fine(source, "cell-c")
        assert SLOT not in ran.data["text/html"]
    assert [sent[2] for sent in added] == [None, None]
    assert "has no option `--replace`" in str(cells.run("%groq_explain --replace 2").error)
    assert "--replace" in cells.shell.magics_manager.magics["line"]["groq_fix"].__doc__
