"""The notebook's ■: the text so far is kept, and Run All stops."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import InterruptedAskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def interrupt_when() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Press ■ once something is so."""
    threads: list[threading.Thread] = []

    def press(is_so: Callable[[], Any]) -> None:
        def wait() -> None:
            until = time.monotonic() + 10
            while not is_so() and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()

    yield press
    for thread in threads:
        thread.join()


def arrived(practice: Any) -> bool:
    return bool(practice.requests(running=True))


def test_what_came_is_kept_and_the_cell_fails(
    cells: Any, practice: Any, interrupt_when: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[str] = []
    monkeypatch.setattr(
        "groq_magic.views.static.StaticView.feed",
        lambda _view, text, _reasoning: fed.append(text),
    )
    practice.script([{"pieces": [f"{n} " for n in range(1000)], "tokens_per_second": 50}])
    interrupt_when(lambda: fed)
    ran = cells.run("%groq -o answer Count\nlater = 1", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert len(ran.text.strip().splitlines()) == 1
    assert ran.plain.startswith("0 1 ")
    assert ran.record["finish_reason"] == "interrupted"
    assert "interrupted" in ran.data["text/html"]
    assert cells.reply.text == ran.plain
    assert cells.reply.error is ran.error
    assert "later" not in cells.shell.user_ns
    assert cells.turns == [("Count", ran.plain)]


def test_the_speed_of_a_stopped_answer_counts_its_reasoning(
    cells: Any, practice: Any, interrupt_when: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[str] = []
    monkeypatch.setattr(
        "groq_magic.views.static.StaticView.feed",
        lambda _view, text, _reasoning: fed.append(text) if text else None,
    )
    reasoning = " ".join(f"step{n}" for n in range(60))
    practice.script([{"reply": "word " * 900, "reasoning": reasoning, "tokens_per_second": 200}])
    interrupt_when(lambda: fed)
    cells.run("%groq Count", "a")
    reply = cells.reply
    since_first = reply.timing.total - reply.timing.first_token
    assert reply.timing.tokens_per_second * since_first >= 60  # the text alone is a few
    (record,) = practice.requests()
    assert record["outcome"] != "complete"


def test_an_ask_without_any_text_yet_leaves_nothing(
    cells: Any, practice: Any, interrupt_when: Any
) -> None:
    practice.faults("stall-before-headers")
    interrupt_when(lambda: arrived(practice))
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert ran.outputs == []
    assert cells.turns == []
    cells.fine("%groq_retry", "b")
    assert [prompt for prompt, _ in cells.turns] == ["Say hi"]


def test_a_wait_between_tries_can_be_stopped(
    cells: Any, practice: Any, interrupt_when: Any
) -> None:
    practice.faults("429:retry-after=30")
    interrupt_when(lambda: practice.requests(running=True))
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert len(practice.requests()) == 1


def test_an_interrupt_while_it_finishes_is_put_off_until_it_has(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groq_magic.views.static import StaticView

    finish = StaticView.finish

    def interrupted(view: StaticView, answer: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        finish(view, answer)

    monkeypatch.setattr(StaticView, "finish", interrupted)
    practice.script([{"reply": "All of it."}])
    ran = cells.run("%groq Say hi\nlater = 1", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert ran.plain == "All of it."
    assert ran.record["finish_reason"] == "stop"
    assert cells.turns == [("Say hi", "All of it.")]
    assert "later" not in cells.shell.user_ns


def test_a_view_that_breaks_loses_no_text(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_about: object) -> None:
        raise RuntimeError("the view broke")

    monkeypatch.setattr("groq_magic.views.static.StaticView.feed", broken)
    practice.script([{"reply": "All of it."}])
    cells.run("%groq -o answer Say hi", "a")
    assert cells.reply.text == "All of it."
    assert cells.shell.user_ns["answer"] is cells.reply
    assert cells.turns == [("Say hi", "All of it.")]


def test_the_kernel_can_be_interrupted_afterwards_as_before(cells: Any) -> None:
    cells.fine("%groq Say hi", "a")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_of_what_the_first_ask_imports_is_one_line(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("groq_magic.session.session.Session.__init__", interrupted)
    ran = bare.run("%groq Say hi")
    assert isinstance(ran.error, InterruptedAskError)
    assert ran.error.__context__ is None
    monkeypatch.undo()
    assert bare.run("%groq_history").error is None


@pytest.mark.parametrize("source", ["%groq Say hi", "groq_magic.ask('Say hi')"])
def test_an_interrupt_after_the_answer_is_one_line(
    cells: Any, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    def interrupted(*_given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("groq_magic.magics.display.show_speeds", interrupted)
    ran = cells.run(f"import groq_magic\n{source}\nlater = 1", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert ran.error.__context__ is None
    assert len(cells.turns) == 1
    assert "later" not in cells.shell.user_ns


def test_an_interrupt_when_the_cell_is_over_shows_no_traceback(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Any] = []

    def interrupted(*given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        noted.append(given)

    # Without a session there is nothing to note.
    cells.fine("%groq_history")
    monkeypatch.setattr("groq_magic.session.cell_history.record_cell_end", interrupted)
    ran = cells.fine("1", "a")
    assert len(noted) == 1
    assert "KeyboardInterrupt" not in ran.everything
