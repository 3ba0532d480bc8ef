"""The cell and the execute request that the running code belongs to."""

from __future__ import annotations

from typing import Any

from groq_magic.page.cell import cell_id, request_cells
from groq_magic.views.finished_outputs import Run

__all__ = ["run_of"]


def run_of(shell: Any) -> Run:
    """Return the execution that the running code belongs to.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell or None
    """
    parent = (shell.get_parent() or {}) if hasattr(shell, "get_parent") else {}
    header = parent.get("header") or {}
    request, client = (
        each if isinstance(each, str) else ""
        for each in (header.get("msg_id"), header.get("session"))
    )
    return Run(cell_id(shell) or "", request, request_cells(shell).notebook, client)
