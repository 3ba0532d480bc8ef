"""Which thread of the kernel hears a widget."""

from __future__ import annotations

from typing import Any

__all__ = ["answer_while_busy"]


def answer_while_busy(widget: Any) -> None:
    """Let a widget's messages be heard while a cell runs.

    Parameters
    ----------
    widget : ipywidgets.Widget
        A widget with a comm.

    Notes
    -----
    Lab sends a widget's messages over a subshell. ipykernel 7.4 sends them on
    to the shell that last published on the comm, which is the busy one; where
    that private method is there, the message stays where Lab sent it.
    """
    comm: Any = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_sent  # noqa: SLF001 - no public way; a test pins it


def _as_sent(_data: Any, default: Any) -> Any:
    return default
