"""The code assistant on a real kernel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode


def test_an_error_on_a_kernel_is_reported_without_its_internals(
    run_notebook: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    (tmp_path / "replies.json").write_text(
        json.dumps([{"reply": "Fixed.\n\n```python\nratio(1, 2)\n```"}])
    )
    run = run_notebook(
        [
            "%load_ext groq_magic\n%groq_practice --script replies.json",
            "def ratio(a, b):\n    return a / b",
            "ratio(1, 0)",
            "%groq_fix",
            "print(_groq.request['messages'][-1]['content'])",
            "%%bash\necho something odd >&2; exit 3",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
            "!exit 5",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
            "x = )",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
        ],
        allow_errors=True,
        cell_ids=True,
    )
    division, bash, shell, syntax = (printed(run, at) for at in (4, 6, 8, 10))
    assert "  Cell 3, line 1\n    ratio(1, 0)\n" in division
    assert "  Cell 2, line 2, in ratio\n    return a / b\n" in division
    assert "`a`, which the failing line names" in division
    assert "something odd" in bash
    assert "ended with exit code 5" in shell
    assert "SyntaxError: " in syntax
    assert "Cell 10, line 1" in syntax
    for prompt in (division, bash, shell, syntax):
        assert "ipykernel" not in prompt
        assert "/tmp" not in prompt  # noqa: S108 - where kernels keep the files of cells
        assert "get_ipython" not in prompt
    assert "groq-diff" in run.cells[3].outputs[0]["data"]["text/html"]


def printed(run: NotebookNode, at: int) -> str:
    return "".join(o["text"] for o in run.cells[at].outputs if o["output_type"] == "stream")
