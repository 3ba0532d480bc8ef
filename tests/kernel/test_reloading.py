"""The extension reloaded, unloaded, and its modules reloaded under it."""

from __future__ import annotations

from typing import Any

import pytest

# The file is given another time, or the change within one second would go unseen.
EDIT = """
import os, pathlib, time
path = pathlib.Path("mine.py")
path.write_text("value = 'edited'", "utf-8")
os.utime(path, (time.time() + 9, time.time() + 9))
"""
LEFT = """
import threading
ip = get_ipython()
print([c for c in ip.configurables if "roq" in type(c).__name__],
      [m for kind in ip.magics_manager.magics.values() for m in kind if "groq" in m],
      [t.name for t in threading.enumerate() if "groq" in t.name])
"""


@pytest.fixture
def served(practice: Any) -> dict[str, str]:
    practice.script([{"reply": "Well."}])
    return {"GROQ_BASE_URL": practice.url, "GROQ_API_KEY": "gsk_made_up_for_tests"}


def texts(cell: Any) -> list[str]:
    return [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    ]


def test_asks_go_on_where_the_users_modules_are_reloaded(
    run_notebook: Any, served: Any, practice: Any
) -> None:
    practice.faults("ok", "ok", "401")
    notebook = run_notebook(
        [
            "%load_ext autoreload\n%autoreload 2\n%load_ext groq_magic",
            "import pathlib\n_ = pathlib.Path('mine.py').write_text('value = 1', 'utf-8')",
            "import mine",
            "%%groq\nSay {{mine.value}}",
            EDIT,
            "%%groq\nSay {{mine.value}}",
            "%%groq\nAnd wrong",
        ],
        cell_ids=True,
        environment=served,
        allow_errors=True,
    )
    assert [texts(notebook.cells[n])[-1] for n in (3, 5)] == ["Well."] * 2
    (error,) = (o for o in notebook.cells[6].outputs if o["output_type"] == "error")
    assert (error["ename"], len(error["traceback"])) == ("ApiKeyError", 1)
    sent = [record["body"]["messages"][-1]["content"] for record in practice.requests()]
    assert sent == ["Say 1", "Say edited", "And wrong"]


@pytest.mark.parametrize("cell_ids", [True, False])
def test_unloading_leaves_nothing_and_loading_again_works(
    run_notebook: Any, served: Any, cell_ids: Any
) -> None:
    notebook = run_notebook(
        [
            "%load_ext groq_magic",
            "%%groq\nHi",
            "%unload_ext groq_magic",
            LEFT,
            "%load_ext groq_magic",
            "%%groq\nHi",
            "%reload_ext groq_magic",
            "%%groq\nHi",
        ],
        cell_ids=cell_ids,
        environment=served,
    )
    assert texts(notebook.cells[3]) == ["[] [] []\n"]
    assert [texts(notebook.cells[n])[-1] for n in (1, 5, 7)] == ["Well."] * 3
