"""One request under way: what has to be shut to end it."""

from __future__ import annotations

import contextlib
import socket
import threading

__all__ = ["Exchange"]


class Exchange:
    """One request under way, as the thread that may end it sees it."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._connected: socket.socket | None = None
        self._handshaking: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def connected(self) -> socket.socket | None:
        """The socket that the reply comes through, None while that isn't known."""
        return self._connected

    def answered_through(self, connected: socket.socket | None) -> None:
        """Note the socket of a reply whose headers have come."""
        with self._lock:
            self._connected = connected

    def handshake_begins(self, raw: socket.socket) -> None:
        """Keep a second descriptor: TLS detaches the first, and a stalled handshake holds it."""
        with self._lock, contextlib.suppress(OSError):
            self._handshaking = raw.dup()

    def handshake_ends(self) -> None:
        """Give the second descriptor back, or the service would never see the end."""
        with self._lock:
            if self._handshaking is not None:
                self._handshaking.close()
                self._handshaking = None

    def shut(self) -> bool:
        """Shut what is known to be this exchange's; tell whether anything was."""
        with self._lock:
            known = [each for each in (self._connected, self._handshaking) if each is not None]
            for each in known:
                shut(each)
        return bool(known)


def shut(connected: socket.socket) -> None:
    """Shut a socket down: whoever reads from it stops at once, and the other side sees it."""
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
