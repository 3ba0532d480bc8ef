"""What outlives one ask: two sessions at once, a fork, a practice server that dies, a reload."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.slow
def test_asks_leave_no_thread_and_no_socket(notebook: Any, practice: Any) -> None:
    practice.script([{"pieces": ["one", " two", " three"]}])
    faults = ("ok", "drop:after=1", "401", "eof:after=1", "reset:after=1", "503:retry-after=0.001")
    for number in range(12):
        notebook.ask(cell=f"c{number}")
    threads, open_handles = threading.active_count(), handles()
    for number in range(60):
        practice.faults(faults[number % len(faults)])
        notebook.ask(cell=f"c{number % 12}")
    assert threading.active_count() <= threads
    # The connection that is kept for the next ask may be there or not.
    assert handles() <= open_handles + 2


def test_a_closed_session_gives_everything_back(
    notebook_factory: Callable[..., Any], practice: Any
) -> None:
    before = threading.active_count()
    first = notebook_factory(practice.url)
    first.ask()
    first.session.close()
    open_handles = handles()
    for _ in range(5):
        notebook = notebook_factory(practice.url)
        notebook.ask()
        notebook.session.close()
    assert threading.active_count() <= before
    assert handles() <= open_handles


def test_two_sessions_at_once_know_nothing_of_each_other(
    notebook_factory: Callable[..., Any], practice_factory: Callable[..., Any]
) -> None:
    one, other = practice_factory(), practice_factory()
    one.script([{"reply": "From one."}])
    other.script([{"reply": "From the other."}])
    first = notebook_factory(one.url)
    first.session.service.client()
    second = notebook_factory(other.url)
    second.session.service.client()
    ran: list[str] = []

    def ask(notebook: Any, url: str) -> None:
        # The address is the environment's, so both would have the same.
        notebook.session.service.base_url = lambda: url
        ran.extend(notebook.ask(f"Ask {n}", f"c{n}").reply.text for n in range(5))

    threads = [
        threading.Thread(target=ask, args=(first, one.url)),
        threading.Thread(target=ask, args=(second, other.url)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ran) == ["From one."] * 5 + ["From the other."] * 5
    assert {answer for _, answer, _ in first.turns} == {"From one."}
    assert {answer for _, answer, _ in second.turns} == {"From the other."}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_asks_by_a_connection_of_its_own(notebook: Any, practice: Any) -> None:
    practice.script([{"reply": "Hello."}])
    assert notebook.ask().reply.text == "Hello."
    # A thread may hold a lock of OpenSSL, which the child could then never get.
    for thread in threading.enumerate():
        if thread.name.startswith("groq-magic"):
            thread.join(30)
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        # Nothing of pytest may run in here.
        os._exit(0 if notebook.ask("From the child", "b").reply.text == "Hello." else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    after = notebook.ask("And the parent", "c")
    assert (after.error, after.reply.text) == (None, "Hello.")


def test_a_practice_server_that_died_is_started_again(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GROQ_API_KEY")
    service = notebook.session.service
    service.set_practice(on=True)
    assert notebook.ask().error is None
    service._practice._process.kill()
    service._practice._process.wait()
    asked = notebook.ask("Still there?", "b")
    assert asked.error is None
    assert asked.reply.text.startswith("Practice mode")


def test_an_answer_in_practice_mode_needs_no_key(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GROQ_API_KEY")
    notebook.session.service.set_practice(on=True)
    assert notebook.ask().error is None
    assert practice.requests() == []
    # Practice turns and real ones never mix.
    assert notebook.turns == []
