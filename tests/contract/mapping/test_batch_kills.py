"""Kernels that are killed between any two steps of a batch: nothing is lost, or sent twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.batches import BatchService
from groq_magic.ledger.journal_jobs import JobTables
from groq_magic.mapping.batch.files import FileLimits
from groq_magic.mapping.sending.journal import Journal
from tests.contract.mapping.batch_rows import Engine, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import PracticeServer

STEPS = {
    BatchService: ("upload", "create", "batch", "files", "delete"),
    JobTables: ("add", "update", "keep", "end", "deleted", "move_rows", "drop"),
}
# Its parent kills it while it has the lock.
HOLDS = """
import sys, time
from pathlib import Path
from groq_magic.mapping.sending.journal import Journal
with Journal(Path(sys.argv[1])).jobs.submit_lock():
    print("held", flush=True)
    time.sleep(600)
"""


class KilledError(BaseException):
    """The kernel ends here: nothing of ours may catch it."""


class Killer:
    """Ends the kernel at a step, counted from 1: before it is done, or after.

    Parameters
    ----------
    at : int
        Odd is before a step, even after it.
    """

    def __init__(self, at: int) -> None:
        self.left = at

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for owner, names in STEPS.items():
            for name in names:
                monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, step: Any) -> Any:
        def watched(*args: Any, **options: Any) -> Any:
            self._pass()
            result = step(*args, **options)
            self._pass()
            return result

        return watched

    def _pass(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError


def run(engine: Engine) -> None:
    """Fetch, collect and submit as the cell does, until its rows are answered."""
    plan = plan_of(["a", "b", "c"])
    for _ in range(10):
        engine.fetch()
        engine.collect(plan)
        engine.submit(plan, limits=FileLimits(lines=2))
        if None not in engine.texts(plan):
            return


@pytest.mark.slow
# By day after each step, which is nearly before the next one; by night at both.
@pytest.mark.parametrize("step", [2, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_kill_at_any_step_loses_nothing_and_sends_nothing_twice(
    practice: PracticeServer, tmp_path: Path, step: int
) -> None:
    at, was_killed = 0, True
    while was_killed:
        at, was_killed = at + step, False
        practice.reset()
        practice.script([{"reply": "fine"}])
        engine = Engine(tmp_path / f"{at}.sqlite", practice.url)
        with pytest.MonkeyPatch.context() as monkeypatch:
            Killer(at).watch(monkeypatch)
            try:
                run(engine)
            except KilledError:
                was_killed = True

        run(engine)

        assert engine.texts(plan_of(["a", "b", "c"])) == ["fine"] * 3, at
        # The jobs are done: only their files are left to be deleted.
        engine.fetch()
        assert engine.accepted() == 3, at
        assert engine.files() == [], at
        assert engine.journal().jobs.jobs() == (), at
    assert at > 40


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_the_lock_ends_with_the_process_that_has_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with Journal(path).jobs.submit_lock() as has_lock:
            assert not has_lock
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with Journal(path).jobs.submit_lock() as has_lock:
        assert has_lock
