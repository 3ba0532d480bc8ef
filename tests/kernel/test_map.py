"""`%%groq_map` on a real kernel: ■, the background, and a kernel that is killed."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.kernel.test_interrupts import Kernel, until_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLOW = [
    {"match": "slow", "pieces": ["x "] * 2000, "tokens_per_second": 20},
    {"pieces": ["fine"]},
]
DATA = "rows = ['quick 1', 'slow', 'quick 2']"
WITHIN = 20.0


@pytest.fixture
def started(practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """Start kernels on one journal."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    environment = {
        **os.environ,
        "GROQ_API_KEY": "gsk_made_up_for_tests_0123456789",
        "GROQ_BASE_URL": practice.url,
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    environment.pop("JPY_SESSION_NAME", None)
    kernels: list[Kernel] = []

    def start() -> Kernel:
        kernels.append(Kernel(environment, tmp_path))
        kernels[-1].run(f"%load_ext groq_magic\n{DATA}", "load")
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


def finished(practice: Any) -> int:
    return sum(each["outcome"] == "complete" for each in practice.requests(running=True))


def kept(folder: Path) -> int:
    """Return how many answers the kernels' journal contains; the first answer creates the file."""
    for path in (folder / "state").rglob("*.sqlite"):
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(path)) as file,
        ):
            return file.execute("SELECT count(*) FROM rows").fetchone()[0]
    return 0


def until(is_so: Callable[[], Any]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_stop_keeps_the_frame_so_far_and_the_cell_goes_on_later(
    started: Any, practice: Any, tmp_path: Path
) -> None:
    kernel = started()
    practice.script(SLOW)
    sent = kernel.send("%%groq_map rows\nRate {{row}}", "map")
    until_sent(practice, 3)
    until(lambda: kept(tmp_path) == 2)
    kernel.interrupt()
    ran = kernel.ended(sent)
    assert len(ran.errors) == 1
    assert "Stopped: 2 of 3 rows are answered. Run the cell again to ask the rest." in str(
        ran.errors
    )
    ran = kernel.run("print(answers.answer.tolist(), answers.error.tolist()[1])", "look")
    assert ran.text == "['fine', None, 'fine'] Not asked yet.\n"
    practice.reset()
    practice.script([{"pieces": ["later"]}])
    ran = kernel.run("%%groq_map rows\nRate {{row}}\n", "map")
    assert ran.errors == []
    assert len(practice.requests()) == 1
    assert kernel.run("print(answers.answer[1])", "look").text == "later\n"


def test_a_killed_kernel_loses_no_answer(started: Any, practice: Any) -> None:
    kernel = started()
    practice.script(SLOW)
    kernel.send("%%groq_map rows\nRate {{row}}", "map")
    until_sent(practice, 3)
    until(lambda: finished(practice) == 2)
    # The answers are in the journal when the list of another kernel has them.
    second = started()
    until(lambda: re.search(r"answers: .* 2 +\d+ bytes", second.run("%groq_runs", "runs").plain))
    kernel.close()
    practice.reset()
    practice.script([{"pieces": ["later"]}])
    assert second.run("%%groq_map rows\nRate {{row}}", "map").errors == []
    assert len(practice.requests()) == 1
    assert second.run("print(answers.answer.tolist())", "look").text == (
        "['fine', 'later', 'fine']\n"
    )


def test_the_background_sets_its_variable_while_the_kernel_is_idle(
    started: Any, practice: Any, tmp_path: Path
) -> None:
    kernel = started()
    practice.script([{"pieces": ["fine"]}])
    # A thread watches the namespace of a kernel that runs no cell.
    watch = (
        "import pathlib, threading, time\n"
        "def watch():\n"
        "    while 'later' not in globals():\n"
        "        time.sleep(0.01)\n"
        "    pathlib.Path('seen').write_text(str(later.answer.tolist()))\n"
        "threading.Thread(target=watch, daemon=True).start()"
    )
    kernel.run(watch, "watch")
    ran = kernel.run("%%groq_map rows -o later --background\nRate {{row}}", "map")
    assert "later is set at the end" in ran.plain
    seen = tmp_path / "seen"
    until(lambda: seen.exists() and seen.read_text())
    assert seen.read_text() == "['fine', 'fine', 'fine']"
