"""The cell that failed, on a real kernel: where IPython numbers and names code in other ways."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode

# `%cd` prints its error, and IPython 8 keeps nothing of what cells print.
KEEPS_PRINTS = int(version("ipython").split(".")[0]) >= 9
LOAD = "%load_ext groq_magic\n%groq_practice --script replies.json"
ASK = "%groq_fix\nprint(_groq.request['messages'][-1]['content'])"
THREAD = "import threading\nt = threading.Thread(target=lambda: [][3]); t.start(); t.join()"
TASK = """import asyncio
async def later(key):
    return {}[key]
asyncio.create_task(later("a"))
await asyncio.sleep(0.05)"""


def printed(run: NotebookNode, at: int) -> str:
    return "".join(o["text"] for o in run.cells[at].outputs if o["output_type"] == "stream")


def test_the_cell_that_failed_is_found(
    run_notebook: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    (tmp_path / "replies.json").write_text(json.dumps([{"reply": "No change to a cell can help."}]))
    (tmp_path / "job.py").write_text("rate = 0\n1 / rate\n")
    cells = [
        *("%%capture out\ncount = 3\ncount.nosuch", "%%timeit -n1 -r1\nsize = 4\nsize.nosuch"),
        *("%run job.py", "%cd nowhere", THREAD, TASK),
        *(
            "class Odd:\n    def __repr__(self):\n        return self.nosuch\nOdd()",
            "1 / 0",
            "1 / 0",
        ),
        *("%%bash\necho something odd >&2; exit 3", "!exit 5", "x = )"),
    ]
    asked = [each for cell in cells for each in (cell, ASK)]
    asked += ["def ratio(a, b):\n    return a / b", "ratio(1, 0)", ASK]
    run = run_notebook([LOAD, *asked], allow_errors=True, cell_ids=True)
    prompts = [printed(run, at) for at in range(2, 2 * len(cells) + 1, 2)]
    for number, cell, prompt in zip(range(2, 100, 2), cells, prompts, strict=False):
        if cell == "%cd nowhere" and not KEEPS_PRINTS:
            continue
        language = "bash" if cell.startswith("%%bash") else "python"
        assert f"Cell {number}:\n```{language}\n{cell}\n```" in prompt, prompt
        for internal in ("ipykernel", "get_ipython", "/tmp"):  # noqa: S108 - where kernels keep cells
            assert internal not in prompt
    capture, timeit, job, folder, thread, task, odd, first, second, bash, shell, syntax = prompts
    assert "Cell 2, line 3\n    count.nosuch" in capture
    assert "Cell 4, line 3\n    size.nosuch" in timeit
    assert "File job.py, line 2\n    1 / rate" in job
    assert not KEEPS_PRINTS or "No such file or directory: 'nowhere'" in folder
    assert "failed in a thread" in thread
    assert "Cell 10, line 2" in thread
    assert "failed in a background task" in task
    assert "Cell 12, line 3, in later" in task
    assert "Cell 14, line 3, in __repr__" in odd
    assert "Cell 16, line 1" in first
    assert "Cell 18, line 1" in second
    assert "something odd" in bash
    assert "ended with exit code 5" in shell
    assert "SyntaxError: " in syntax
    assert "Cell 24, line 1" in syntax
    across = printed(run, len(asked))
    assert "  Cell 27, line 1\n    ratio(1, 0)\n" in across
    assert "  Cell 26, line 2, in ratio\n    return a / b\n" in across
    assert "`a`, which the failing line names" in across
