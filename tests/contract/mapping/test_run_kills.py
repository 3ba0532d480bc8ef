"""Processes that are killed in the middle of a run, at random, again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.mapping.sending.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.mapping.sending.row_request import RowAnswer

AT_ONCE = 10
ROOT = Path(__file__).parents[3]
# Each line of its input begins so many processes, whose imports are done already.
RUNS = """
import os, sys
from pathlib import Path
import groq
from groq_magic.api.account import account_of
from groq_magic.api.key import ApiKey
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowRequest, Split
from groq_magic.mapping.sending.run import Run
from groq_magic.mapping.sending.run_settings import RunSettings

def row(number):
    messages = [{"role": "user", "content": f"Row {number}"}]
    request = {"model": "openai/gpt-oss-20b", "messages": messages}
    return RowRequest((f"key {number}",), request, 5)

def run(url, path, count):
    run = Run(
        map(row, range(count)),
        journal=Journal(Path(path)),
        account=lambda: account_of(ApiKey("gsk_made_up_for_tests_0123456789", "x"), url),
        settings=RunSettings(concurrency=10),
        request_for=None,
        split=lambda request, answer: Split({request.keys[0]: answer}),
        nearest=str,
        on_sent=lambda request, outcome: None,
    )
    began = False
    while not run.is_over:
        run.take(0.05)
        if not began and run.progress().usage.total_tokens:
            began = True
            print("begun", os.getpid(), flush=True)
    print(run.reason or "done", flush=True)

for line in sys.stdin:
    processes = []
    for _ in range(int(line)):
        if (process := os.fork()) == 0:
            run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
            os._exit(0)
        processes.append(process)
    for process in processes:
        os.waitpid(process, 0)
    print("over", flush=True)
"""


class Processes:
    """Processes of runs over the same rows, with one journal."""

    def __init__(self, server: Any, path: Path, count: int) -> None:
        self.path, self.count, self.server = path, count, server
        command = [sys.executable, "-c", RUNS, server.url, str(path), str(count)]
        self.parent = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def begin(self, number: int = 1) -> None:
        assert self.parent.stdin is not None
        self.parent.stdin.write(f"{number}\n")
        self.parent.stdin.flush()

    def line(self) -> str:
        assert self.parent.stdout is not None
        text = self.parent.stdout.readline()
        assert text, "the processes have ended"
        return text.strip()

    def kept(self) -> dict[str, RowAnswer]:
        journal = Journal(self.path)
        found = {f"Row {number}": journal.get(f"key {number}") for number in range(self.count)}
        journal.close()
        assert journal.lines() == ()
        return {prompt: answer for prompt, answer in found.items() if answer is not None}

    def answered(self) -> Counter[str]:
        return Counter(self.server.counts()["answered"])


@pytest.fixture
def processes_of(rows_server: Any, tmp_path: Path) -> Iterator[Any]:
    made = []

    def make(delay: float, count: int) -> Processes:
        made.append(Processes(rows_server(delay=delay), tmp_path / "journal.sqlite", count))
        return made[-1]

    yield make
    for each in made:
        each.parent.communicate()


# Each kill takes more than a second, since a process has to start: fifty are for the night.
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.nightly)])
@pytest.mark.slow
def test_nothing_in_the_journal_is_sent_again_and_nothing_is_lost(
    processes_of: Any, kills: int
) -> None:
    count = 120 * kills
    processes = processes_of(0.02, count)
    chance = random.Random(kills if kills < 10 else None)  # noqa: S311 - when to kill, no secret
    kept: dict[str, RowAnswer] = {}
    sent: dict[str, int] = {}
    for _ in range(kills):
        processes.begin()
        begun, process = processes.line().split()
        assert begun == "begun"
        time.sleep(chance.uniform(0, 0.1))
        os.kill(int(process), signal.SIGKILL)
        assert processes.line() == "over"
        now = processes.kept()
        assert kept.items() <= now.items()
        answered = processes.answered()
        sent |= {prompt: answered[prompt] for prompt in now.keys() - kept.keys()}
        kept = now
    assert 0 < len(kept) < count

    processes.begin()
    assert processes.line().startswith("begun")
    assert [processes.line(), processes.line()] == ["done", "over"]
    assert len(processes.kept()) == count
    answered = processes.answered()
    assert len(answered) == count
    assert {prompt: answered[prompt] for prompt in sent} == sent
    assert sum(answered.values()) - count <= kills * AT_ONCE


@pytest.mark.slow
def test_two_processes_may_use_one_journal(processes_of: Any) -> None:
    processes = processes_of(0.005, 150)
    processes.begin(2)
    # One may find all answers of the other in the journal, and then it sends nothing.
    lines = [*iter(processes.line, "over")]
    assert sum(line.startswith("begun") for line in lines) in {1, 2}
    assert lines.count("done") == 2
    assert len(processes.kept()) == 150
