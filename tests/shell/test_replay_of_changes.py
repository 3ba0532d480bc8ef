"""Replay where more has changed than a cell: values, the system prompt, the file, the cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"  # the port of nothing
LOAD = "%load_ext groq_magic"
Cells = dict[str, str]
VALUES = "Saved with values that have changed since."
SYSTEM = "Saved with another system prompt."
LESSON = {
    "set": "x = 3",
    "plain": "%%groq\nWhat is a mean?",
    "valued": "%%groq\nOf {{x}} numbers?",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notebooks" / "lesson.ipynb"


@pytest.fixture
def reopened(
    served: Callable[..., Any],
    shell_factory: Callable[..., Any],
    practice: Any,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Run cells with a key, save them, and open them in a shell without a key."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")

    def opened(cells: Cells, *, ids: bool = True) -> Any:
        practice.script([{"reply": f"Reply {n}.", "times": 1} for n in range(1, 9)])
        taught = served()
        outputs: dict[str, Any] = {}
        for name in cells:
            outputs[name] = taught.fine(cells[name], name).outputs
        saved = [code_cell(n, s, outputs[n], at) for at, (n, s) in enumerate(cells.items(), 1)]
        write_notebook(file, saved, ids=ids)
        monkeypatch.delenv("GROQ_API_KEY")
        monkeypatch.setenv("GROQ_BASE_URL", NOWHERE)
        monkeypatch.setenv("JPY_SESSION_NAME", str(file))
        again = shell_factory()
        again.run("1", "plain")
        again.fine(LOAD, "plain")
        return again

    return opened


@pytest.mark.parametrize("named", ["", " lesson.ipynb"])
def test_in_a_new_cell_it_is_turned_on_for_each_cell_of_its_own(
    reopened: Callable[..., Any], named: str
) -> None:
    cells = reopened({"plain": "%%groq\nHow so?", "q6": "%%groq\nHow so?"})
    cells.fine(f"%groq_replay on{named}", "not in the file yet")
    assert cells.fine("%%groq\nHow so?", "q6").plain == "Reply 2."
    assert cells.fine("%%groq\nHow so?", "plain").plain == "Reply 1."
    cells.fine("%%groq\nHow so?", "copied")
    assert "New cell" in str(cells.reply.error)


def test_what_has_not_changed_is_said_to_have_changed_nowhere(
    reopened: Callable[..., Any],
) -> None:
    cells = reopened(LESSON)
    cells.fine("%groq_replay on", "plain")
    for name, source in LESSON.items():
        assert all("Saved with" not in str(o) for o in cells.fine(source, name).outputs)


def test_other_values_than_those_sent_are_reported_above_the_answer(
    reopened: Callable[..., Any],
) -> None:
    cells = reopened(LESSON)
    cells.fine("%groq_replay on\nx = 99", "plain")
    assert VALUES not in cells.fine(LESSON["plain"], "plain").data["text/html"]
    ran = cells.fine(LESSON["valued"], "valued")
    assert ran.plain == "Reply 2."
    html = ran.data["text/html"]
    assert html.index(VALUES) < html.index("Reply 2.")


def test_of_a_file_that_has_no_hash_of_its_values_nothing_is_said(
    reopened: Callable[..., Any], file: Path
) -> None:
    cells = reopened(LESSON)
    saved = json.loads(file.read_text("utf-8"))
    for cell in saved["cells"]:
        for output in cell["outputs"]:
            record = output["metadata"].get("groq_magic", {})
            record |= {"version": 1, "inserted": record.pop("included", [])}
            record.pop("values_sha", None)
    file.write_text(json.dumps(saved), "utf-8")
    cells.fine("%groq_replay on\nx = 99", "plain")
    ran = cells.fine(LESSON["valued"], "valued")
    assert ran.plain == "Reply 2."
    assert "Saved with" not in ran.data["text/html"]


def test_where_something_else_may_be_what_differs_nothing_is_reported(
    reopened: Callable[..., Any],
) -> None:
    cells = reopened(LESSON)
    cells.fine("%groq_replay on\nx = 3", "plain")
    # The first answer is not part of the conversation now: the request differs, the value not.
    ran = cells.fine(LESSON["valued"], "valued")
    assert ran.plain == "Reply 2."
    assert "Saved with" not in ran.data["text/html"]


@pytest.mark.parametrize("system", ["You are a {{x}}", "off"])
def test_another_system_prompt_is_reported(reopened: Callable[..., Any], system: str) -> None:
    asked = {"system": "%groq_system Be brief", "plain": "%%groq\nHow so?"}
    cells = reopened(asked)
    cells.fine("x = 3\n%groq_replay on", "plain")
    if system != "off":
        cells.fine(f"%groq_system {system}", "system")
    ran = cells.fine(asked["plain"], "plain")
    assert ran.plain == "Reply 1."
    assert SYSTEM in ran.data["text/html"]
    assert "<code>%groq_retry</code> asks with it." in ran.data["text/html"]
    assert VALUES not in ran.data["text/html"]


def test_the_system_prompt_that_was_saved_is_no_change(reopened: Callable[..., Any]) -> None:
    asked = {"system": "%groq_system Be brief", "plain": "%%groq\nHow so?"}
    cells = reopened(asked)
    cells.fine("%groq_replay on", "plain")
    cells.fine(asked["system"], "system")
    assert "Saved with" not in cells.fine(asked["plain"], "plain").data["text/html"]


def test_a_timed_ask_is_replayed_and_restored(reopened: Callable[..., Any]) -> None:
    asked = {"plain": "1", "timed": "%%time\n%%groq\nHow so?"}
    cells = reopened(asked)
    cells.fine("%groq_replay on", "plain")
    assert cells.fine(asked["timed"], "timed").plain == "Reply 1."
    cells.fine("%groq_reset", "plain")
    restored = cells.fine("%groq_restore", "below")
    assert "1 turn restored" in restored.plain
    assert cells.turns == [("How so?", "Reply 1.")]


@pytest.mark.parametrize("named", ["", " lesson.ipynb"])
def test_a_file_without_cell_ids_is_replayed_in_its_order(
    reopened: Callable[..., Any], named: str
) -> None:
    cells = reopened({"a": "%%groq\nHow so?", "b": "%%groq\nHow so?"}, ids=False)
    said = cells.fine(f"%groq_replay on{named}", "z").plain
    assert "2 saved answers" in said
    assert "The file has no cell ids" in said
    assert [cells.fine("%%groq\nHow so?", cell).plain for cell in "xy"] == ["Reply 1.", "Reply 2."]


def test_a_file_without_cell_ids_can_not_be_restored_and_says_why(
    reopened: Callable[..., Any],
) -> None:
    ran = reopened({"a": "%%groq\nHow so?"}, ids=False).run("%groq_restore", "z")
    assert isinstance(ran.error, NotebookError)
    assert "lesson.ipynb has no cell ids" in str(ran.error)
    assert "JupyterLab 4" in str(ran.error)


def test_a_file_with_a_byte_order_mark_is_replayed(
    reopened: Callable[..., Any], file: Path
) -> None:
    cells = reopened(LESSON)
    file.write_text(file.read_text("utf-8"), "utf-8-sig")
    assert "2 saved answers" in cells.fine("%groq_replay on", "plain").plain


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("~nobodyhere/x.ipynb", "~nobodyhere/x.ipynb: no such home folder."),
        ("gone.ipynb", "gone.ipynb isn't there. Its path starts from"),
        (".", ". is a folder."),
    ],
)
def test_a_name_of_no_notebook_is_one_line(
    reopened: Callable[..., Any], named: str, said: str
) -> None:
    ran = reopened(LESSON).run(f"%groq_replay on {named}", "plain")
    assert isinstance(ran.error, NotebookError)
    assert str(ran.error).startswith(said)
    assert len(str(ran.error).splitlines()) == 1
