"""The notebook's ■, at any moment: it stops as Stop does, and breaks nothing off half way."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from groq_magic.asking.reader import Reader
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts

# Longer than any test: an ask that isn't stopped would run into it.
LONG = 30


def test_interrupts_are_noticed_and_not_raised() -> None:
    def kernels_own(*_about: object) -> None:
        raise AssertionError

    before = signal.signal(signal.SIGINT, kernels_own)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            assert interrupts.came
        assert signal.getsignal(signal.SIGINT) is kernels_own
    finally:
        signal.signal(signal.SIGINT, before)


def test_elsewhere_than_in_the_main_thread_nothing_is_changed() -> None:
    seen: list[bool] = []

    def enter() -> None:
        with Interrupts() as interrupts:
            seen.append(interrupts.came)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.parametrize("fault", ["stall-before-headers", "stall:after=3"])
def test_an_interrupt_stops_as_stop_does(notebook: Any, practice: Any, fault: Any) -> None:
    practice.script([{"pieces": [f"word{n} " for n in range(400)]}])
    practice.faults(fault)

    sent: list[bool] = []

    def interrupt(view: Any) -> bool:
        if not sent and (fault == "stall-before-headers" or view.fed):
            sent.append(True)
            signal.raise_signal(signal.SIGINT)
        return False

    asked = notebook.ask(stop_when=interrupt, timeout=LONG)
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == ("" if "headers" in fault else "word0 word1 word2 ")


def test_an_interrupt_after_the_last_token_keeps_the_answer_and_still_stops_the_cell(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"reply": "Whole."}])
    from groq_magic.asking import flow as asking

    finish = asking.finish

    def interrupted(*given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        finish(*given)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(asking, "finish", interrupted)
    asked = notebook.ask()
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "stop"
    assert asked.view.endings == ["settled"]
    assert notebook.turns == [("Count", "Whole.", "stop")]


def test_the_third_interrupt_gets_through_whatever_hangs(
    notebook: Any, practice: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"pieces": [f"word{n} " for n in range(400)]}])
    practice.faults("stall:after=3")
    published: list[str] = []
    monkeypatch.setattr(
        "groq_magic.views.guarded_view.publish", lambda data, *_more: published.append(data)
    )
    before, deferred = signal.getsignal(signal.SIGINT), []

    def hangs(*_given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        deferred.append("the second")
        signal.raise_signal(signal.SIGINT)
        deferred.append("the third")

    monkeypatch.setattr("groq_magic.asking.flow.finish", hangs)
    sent: list[bool] = []

    def interrupt(view: Any) -> bool:
        if view.fed and not sent:
            sent.append(True)
            signal.raise_signal(signal.SIGINT)
        return False

    with pytest.raises(KeyboardInterrupt) as caught:
        notebook.ask(stop_when=interrupt, timeout=LONG)
    assert deferred == ["the second"]
    assert signal.getsignal(signal.SIGINT) is before
    # The text is shown as it is, and the service has seen the end.
    assert published == [{"text/plain": "word0 word1 word2 "}]
    assert all(record["closed_early"] for record in practice.requests())
    frames = [frame.frame.f_locals for frame in caught.traceback]
    assert key not in repr([{k: v for k, v in each.items() if k != "key"} for each in frames])


@pytest.mark.parametrize("method", ["start", "wait", "stop", "close"])
def test_the_third_interrupt_leaves_no_connection_behind(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    practice.script([{"pieces": [f"word{n} " for n in range(400)]}])
    practice.faults("stall:after=3")
    real = getattr(Reader, method)

    def interrupted(answering: Reader, *given: Any) -> None:
        real(answering, *given)
        if method in {"stop", "close"} or answering.texts or method == "start":
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)

    def stop_when(view: Any) -> bool:
        return bool(view.fed) and method in {"stop", "close"}

    with monkeypatch.context() as patched:
        patched.setattr(Reader, method, interrupted)
        with pytest.raises(KeyboardInterrupt):
            notebook.ask(stop_when=stop_when, timeout=LONG)
    assert all(record["closed_early"] for record in practice.requests())
    practice.faults()
    practice.script([{"reply": "Well."}])
    after = notebook.ask("And now?", "after")
    assert (after.error, after.reply.text) == (None, "Well.")


class Slow:
    """A value whose text takes its time, as a big frame's does."""

    def __repr__(self) -> str:
        signal.raise_signal(signal.SIGINT)
        return "slow"


def test_an_interrupt_while_the_prompt_is_made_sends_nothing(notebook: Any, practice: Any) -> None:
    notebook.shell.user_ns["slow"] = Slow()
    asked = notebook.ask("Look: {{slow}}")
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.error.__context__ is None
    assert practice.requests() == []
    assert notebook.turns == []


@pytest.mark.parametrize("model", ["fast", "vision"])
def test_an_interrupt_while_the_models_are_fetched_sends_nothing(
    notebook: Any, practice: Any, key: str, model: Any
) -> None:
    practice.faults(models=("stall-before-headers",))
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    asked = notebook.ask(model=model)
    timer.join()
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.error.__context__ is None
    assert key not in asked.everything
    assert practice.requests() == []
    practice.reset()
    assert notebook.ask().error is None
