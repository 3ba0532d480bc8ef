"""Which kind of view the front end can show."""

from __future__ import annotations

import sys
from typing import Any, Literal

from groq_magic.page.cell import cell_id, parent_of, request_metadata

__all__ = ["FrontEnd", "front_end", "has_frames", "has_input"]

FrontEnd = Literal["widgets", "static", "terminal"]


def front_end(shell: Any) -> FrontEnd:
    """Return what kind of view the front end can show.

    A front end that sends no cell id is taken for one that only executes
    (nbclient, nbconvert, papermill): widgets would be lost there. A widget's
    callback has no cell, but only a front end with widgets sends one.
    """
    if getattr(shell, "kernel", None) is None:
        return "terminal"
    is_callback = (parent_of(shell).get("header") or {}).get("msg_type") == "comm_msg"
    return "widgets" if is_callback or cell_id(shell) else "static"


def has_frames(shell: Any) -> bool:
    """Whether the front end shows each output in its own frame: VS Code and Colab."""
    metadata = request_metadata(shell)
    is_vs_code = str(metadata.get("cellId")).startswith("vscode-notebook-cell:")
    # Colab saves metadata of that name in cells, and other front ends send it then.
    return is_vs_code or ("colab" in metadata and "cellId" not in metadata)


def has_input(shell: Any) -> bool:
    """Whether the user can be asked for input now."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return sys.stdin is not None and sys.stdin.isatty()
    return bool(getattr(kernel, "_allow_stdin", False))
