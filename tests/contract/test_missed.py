"""An answer whose cell no page has, after a reload: the next ask says where it is."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from groq_magic.asking import finishing
from groq_magic.views.finished_outputs import CellExecution, FinishedOutput, FinishedOutputs
from groq_magic.views.page_reports import PageReports


@pytest.fixture
def live(notebook: Any) -> Any:
    """What a session's views share."""
    notebook.session.live = Mock(finished=FinishedOutputs(), pages=PageReports())
    return notebook.session.live


def reload_during(live: Any, cell: str, *, is_found: bool = False) -> None:
    """Reload the page while an answer comes; say whether it has the answer's cell."""
    turn = f"groq-turn-{cell}-1"
    offer = live.finished.add(
        FinishedOutput(CellExecution(cell, "request"), "", turn, {"text/html": turn}, {})
    )
    live.finished.mark_absent([offer["id"]])
    if is_found:
        live.finished.full_offers([offer["id"]])


def said(asked: Any) -> bool:
    """Whether an answer's notices speak of a missed one."""
    return "reloaded" in str(asked.view.settled.notices)


def test_the_next_ask_says_once_that_the_answer_is_in_the_history(notebook: Any, live: Any) -> None:
    assert not said(notebook.ask(cell="a"))
    reload_during(live, "a")
    asked = notebook.ask(cell="b")
    assert said(asked)
    assert "%groq_history" in str(asked.view.opening.notices)
    assert not said(notebook.ask(cell="c"))


def test_an_ask_that_shows_nothing_does_not_use_the_notice_up(
    notebook: Any, practice: Any, live: Any
) -> None:
    notebook.ask(cell="a")
    reload_during(live, "a")
    practice.faults("400")
    assert notebook.ask(cell="b").error is not None
    assert said(notebook.ask(cell="b"))


def test_an_answer_missed_during_an_ask_is_said_at_the_one_after(
    notebook: Any, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.ask(cell="a")
    notebook.ask(cell="b")
    reload_during(live, "a")

    def finished_while_a_page_loads(*arguments: Any, **named: Any) -> Any:
        reload_during(live, "b")
        return output_of(*arguments, **named)

    output_of = finishing.output_of
    with monkeypatch.context() as patched:
        patched.setattr(finishing, "output_of", finished_while_a_page_loads)
        assert said(notebook.ask(cell="c"))
    assert said(notebook.ask(cell="d"))
    assert not said(notebook.ask(cell="e"))


def test_an_answer_is_missed_too_where_the_page_reports_that_its_cell_is_gone(
    notebook: Any, live: Any
) -> None:
    conversations = notebook.session.conversations
    conversations.arrange(conversations.page.with_list(["a", "b"], at=1, notebook="n"))
    notebook.ask(cell="a")
    reload_during(live, "a")
    conversations.arrange(conversations.page.with_list(["b"], at=2, notebook="n"))
    assert not conversations.shown()
    assert said(notebook.ask(cell="b"))


def test_what_is_not_in_the_history_is_not_promised(notebook: Any, live: Any) -> None:
    notebook.ask(cell="a", once=True)
    reload_during(live, "a")
    assert not said(notebook.ask(cell="b"))


def test_the_cell_that_is_run_again_shows_its_answer_itself(notebook: Any, live: Any) -> None:
    notebook.ask(cell="a")
    reload_during(live, "a")
    assert not said(notebook.ask(cell="a"))


def test_an_answer_that_the_page_has_is_not_missed(notebook: Any, live: Any) -> None:
    notebook.ask(cell="a")
    reload_during(live, "a", is_found=True)
    assert not said(notebook.ask(cell="b"))
