"""Choose the thread of the kernel that receives a widget's messages from pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["answer_while_busy", "ignore_on_control", "receive_on_control"]


def answer_while_busy(widget: Any) -> None:
    """Receive a widget's messages while a cell runs.

    Parameters
    ----------
    widget : ipywidgets.Widget
        A widget with a comm.

    Notes
    -----
    Lab sends a widget's messages over a subshell. ipykernel 7.4 sends them on
    to the shell that last published on the comm, which is the busy one; where
    that private method exists, the message stays where Lab sent it.
    """
    comm: Any = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_sent  # noqa: SLF001 - no public way; a test pins it


def receive_on_control(
    widget: Any, message_type: str, receive: Callable[[Mapping[str, Any]], None]
) -> None:
    """Call a function for each message of a type on the control channel.

    Parameters
    ----------
    widget : ipywidgets.Widget
        A widget with a comm, until it is closed: `ignore_on_control`.
    message_type : str
        A unique name.
    receive : callable
        Called with a message's content, on the kernel's control thread.

    Notes
    -----
    A busy kernel runs a comm's messages after the cell (ipykernel 6, and pages
    without subshells). Its control channel has a thread of its own.
    """
    receivers = _control_receivers(widget)
    if receivers is not None:
        receivers[message_type] = lambda _stream, _from, message: receive(message["content"])


def ignore_on_control(widget: Any, message_type: str) -> None:
    """Stop receiving messages of a type."""
    receivers = _control_receivers(widget)
    if receivers is not None:
        receivers.pop(message_type, None)


def _control_receivers(widget: Any) -> dict[str, Any] | None:
    """Return ipykernel's functions by message type; None for another kernel."""
    kernel: Any = getattr(widget.comm, "kernel", None)
    return getattr(kernel, "control_handlers", None)


def _as_sent(_data: Any, default: Any) -> Any:
    return default
