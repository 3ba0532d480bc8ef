"""Start the session's part on the page, after the cell that loads the extension."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING

from groq_magic.magics.display import live_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["start_page_later"]

# Seconds.
_DELAY = 0.05
_POLL_EVERY = 0.25
# During the imports. With Python's default of 5 ms, a running cell would wait for them at each of
# its messages.
_SWITCH_INTERVAL = 0.0005
_POLLS = 40
_MODULES = ("groq_magic.session.session", "groq_magic.views.live")


def start_page_later(
    session: Callable[[], Session], is_loaded: Callable[[], bool]
) -> threading.Thread | None:
    """Start the session widget, and show the models in the picker.

    The imports run in a thread, so that the next cell needn't wait for them.

    Parameters
    ----------
    session : callable
        Returns the session.
    is_loaded : callable
        Whether the extension is still loaded.

    Returns
    -------
    threading.Thread or None
        The thread, which starts after a short delay; None without an event loop.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None

    def import_modules() -> None:
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_INTERVAL)
        try:
            for name in _MODULES:
                import_module(name)
        except Exception:  # noqa: BLE001, S110 - the first ask reports a failed import
            pass
        finally:
            sys.setswitchinterval(before)
        # The kernel may have ended.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(fill)

    def fill() -> None:
        if is_loaded():
            _fill(session(), is_loaded)

    thread = threading.Thread(target=import_modules, name="groq imports", daemon=True)
    loop.call_later(_DELAY, lambda: thread.start() if is_loaded() else None)
    return thread


def _fill(session: Session, is_loaded: Callable[[], bool]) -> None:
    live_of(session)
    with contextlib.suppress(Exception):
        # The first ask reports a malformed key or address, and a key that can be read by others.
        service = session.service
        if service.key_now() is not None and not service.plain_warning():
            service.prefetch_catalogue()
    _show_models(session, is_loaded, _POLLS)


def _show_models(session: Session, is_loaded: Callable[[], bool], polls: int) -> None:
    if not is_loaded():
        return
    session.refresh_picker()
    if polls and not session.service.catalogue().live:
        # The kernel may have ended.
        with contextlib.suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            loop.call_later(_POLL_EVERY, lambda: _show_models(session, is_loaded, polls - 1))
