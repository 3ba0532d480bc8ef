"""Tasks that cells start, on a real kernel: what they ask belongs to their cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DEFINES = """
import asyncio, os, groq_magic
os.environ["GROQ_MAGIC_PRACTICE"] = "1"
get_ipython().run_line_magic("load_ext", "groq_magic")
go, asked = asyncio.Event(), asyncio.Event()
async def later():
    await go.wait()
    groq_magic.ask("From the task")
    asked.set()
"""
KEYS = """
session = groq_magic.get_session()
turns = session.conversations.get("main", True).turns
print([(turn.prompt, turn.key.cell, turn.key.ask) for turn in turns])
"""


def test_a_task_that_asks_while_another_cell_runs(run_notebook: Callable[..., Any]) -> None:
    cells = [
        DEFINES,
        "%groq One\ntask = asyncio.create_task(later())",
        "%groq Two\ngo.set()\nawait asked.wait()\n%groq Three",
        KEYS,
    ]
    notebook = run_notebook(cells, cell_ids=True)
    (output,) = (each for each in notebook.cells[3].outputs if each.output_type == "stream")
    assert output.text.strip() == repr(
        [
            ("One", "cell-1", 1),
            ("From the task", "cell-1", 2),
            ("Two", "cell-2", 1),
            ("Three", "cell-2", 2),
        ]
    )


def test_threads_of_a_cell_are_refused(run_notebook: Callable[..., Any]) -> None:
    source = """
import threading
errors = []
def one():
    try:
        groq_magic.ask("From a thread")
    except Exception as error:
        errors.append(str(error))
threads = [threading.Thread(target=one) for _ in range(5)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
groq_magic.ask("From the cell", once=True)
print(len(errors), errors[0])
"""
    notebook = run_notebook([DEFINES, source], cell_ids=True)
    said = "".join(each.text for each in notebook.cells[1].outputs if "text" in each)
    assert said.startswith("5 groq_magic.ask works in the main thread only.")
