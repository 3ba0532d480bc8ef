"""A thread for what may be left undone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["started_beside"]


def started_beside(call: Callable[[], object], name: str) -> threading.Thread | None:
    """Return the running thread of a call; None where the process can start no more threads."""
    thread = threading.Thread(target=call, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread
