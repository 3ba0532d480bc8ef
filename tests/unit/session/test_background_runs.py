"""Runs in threads of their own: their variables are set between cells, in the owner's thread."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from groq_magic.session.background_runs import BackgroundRuns
from groq_magic.session.executions import Owner


class Events:
    def __init__(self) -> None:
        self.registered: list[str] = []

    def register(self, event: str, _call: Any) -> None:
        self.registered.append(event)

    def unregister(self, event: str, _call: Any) -> None:
        self.registered.remove(event)


class FakeRun:
    def __init__(self, name: str) -> None:
        self.name, self.is_over, self.finished = name, False, 0

    @property
    def words(self) -> str:
        return "done" if self.is_over else "running"

    def stop(self) -> None:
        self.is_over = True

    def finish(self) -> None:
        self.finished += 1


def runs() -> tuple[BackgroundRuns, Events]:
    events = Events()
    shell = SimpleNamespace(events=events)
    return BackgroundRuns(shell, Owner(threading.current_thread())), events


def test_what_is_over_is_delivered_once_and_stays_listed() -> None:
    found, events = runs()
    first, second = FakeRun("a"), FakeRun("b")
    found.add(first)
    found.add(second)
    assert len(events.registered) == 2
    first.is_over = True
    found.deliver()
    found.deliver()
    assert (first.finished, second.finished) == (1, 0)
    assert found.lines() == (("b", "running"), ("a", "done"))
    assert found.running("a") == ()
    second.stop()
    found.deliver()
    assert events.registered == []
    assert found.lines() == (("b", "done"), ("a", "done"))


def test_another_thread_delivers_nothing() -> None:
    found, _ = runs()
    run = FakeRun("a")
    run.is_over = True
    found.add(run)
    thread = threading.Thread(target=found.deliver)
    thread.start()
    thread.join()
    assert run.finished == 0


def test_closing_stops_what_runs() -> None:
    found, events = runs()
    run = FakeRun("a")
    found.add(run)
    found.close()
    found.close()
    assert run.is_over
    assert events.registered == []
