"""`%groq_fix` on realistic errors (tests/failures): the right cell, and all that is needed."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError
from tests.failures.cases import CASES, Case, missing_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPLY = {"reply": "No change to a cell can help."}


@pytest.fixture
def shell(
    shell_factory: Callable[..., Any], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A shell in which the first cell that runs is cell 1."""
    # pytest's own hook would make each thread's error one of the test.
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up_for_tests_0123456789")
    monkeypatch.syspath_prepend("")
    modules = set(sys.modules)
    cells = shell_factory(load=False)
    cells.shell.extension_manager.load_extension("groq_magic")
    yield cells
    here = str(Path.cwd())
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(here):
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_request_is_about_the_right_cell_and_complete(
    shell: Any, practice: Any, case: Case, record_property: Callable[[str, Any], None]
) -> None:
    for path, content in case.files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content)
    practice.script([*({"reply": text, "times": 1} for text in case.answers), REPLY])
    # What IPython shows is slow for a thousand frames, and no matter here.
    shell.shell.InteractiveTB.set_mode("Minimal")
    for cell in case.cells:
        shell.run(cell)
    before = time.process_time()
    shell.run("%groq_fix --dry-run")
    record_property("ms", 1_000 * (time.process_time() - before))
    ran = shell.run("%groq_fix")
    if not case.failing:
        assert isinstance(ran.error, NotebookError), ran.everything
        assert "\n" not in str(ran.error)
        missing = [each for each in case.contains if each not in str(ran.error)]
        record_property("missing", missing)
        assert missing == []
        return
    assert ran.error is None, ran.everything
    prompt = practice.requests()[-1]["body"]["messages"][-1]["content"]
    missing = missing_in(case, prompt)
    record_property("missing", missing)
    record_property("size", len(prompt))
    record_property("request", prompt)
    assert missing == [], f"{missing}\n\n{prompt}"
