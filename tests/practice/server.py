"""The practice server for tests: it breaks answers on request, and records the requests."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.practice.batch_engine import BATCHES, FILES, BatchEngine
from groq_magic.practice.chat import Chat
from groq_magic.practice.refusals import bad_request, unknown_url
from groq_magic.practice.response import json_response
from groq_magic.practice.script import Script, ScriptError
from groq_magic.practice.server import CHAT, MODELS, Connection, Server
from tests.practice.error_faults import ERROR_SETTINGS, error_response
from tests.practice.fault import Fault, FaultError, parse
from tests.practice.stream_faults import STREAM_SETTINGS, broken, fail_before_headers
from tests.practice.strict_checks import check

if TYPE_CHECKING:
    from groq_magic.practice.chat import Options
    from groq_magic.practice.response import Response

__all__ = ["FaultyServer"]

CONTROL = "/practice"
KEPT = 1_000
SECRET = ("authorization", "x-api-key", "cookie")
FOREVER = 1e6
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Record:
    """A record of one request.

    Parameters
    ----------
    number : int
        From 1, in the order of arrival; 0 for control requests, which are not kept.
    method, path : str
    headers : dict of str to str
        Lower-case names; the key is masked.
    body : object
        Parsed from JSON, or None.
    fault : str or None
        The name of the request's fault.
    status : int or None
        None if no headers were sent.
    outcome : str
        ``running``, ``complete``, ``dropped``, ``reset``, ``stalled``, or
        ``closed by client``.
    closed_early : bool
        Whether the client closed the connection before the answer was complete.
    pieces, sent_bytes : int
        The deltas of reasoning and content that were sent, and the bytes of the body.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    fault: str | None = None
    status: int | None = None
    outcome: str = "running"
    closed_early: bool = False
    pieces: int = 0
    sent_bytes: int = 0


class FaultyServer(Server):
    """The server, with the faults of the next requests, and the records."""

    def __init__(self, port: int, options: Options) -> None:
        super().__init__(port, options, FaultyConnection)
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Remove everything but the options."""
        self.chat = Chat(self.options, check)
        self.batch = BatchEngine(lambda: self.chat, is_in_plan=self.options.has_batch)
        self.faults: dict[str, deque[Fault]] = {
            "chat": deque(),
            "models": deque(),
            "batch": deque(),
        }
        self.records: deque[Record] = deque(maxlen=KEPT)
        self.count = 0

    def set_faults(self, chat: list[str], models: list[str], batch: list[str]) -> None:
        """Replace the faults of the next requests; an unknown fault changes nothing."""
        known = {**ERROR_SETTINGS, **STREAM_SETTINGS}
        given = {"chat": chat, "models": models, "batch": batch}
        self.faults = {
            name: deque(fault for written in faults for fault in parse(written, known))
            for name, faults in given.items()
        }

    def next_fault(self, name: str) -> Fault | None:
        """Remove and return the fault of the next request."""
        with self.lock:
            return self.faults[name].popleft() if self.faults[name] else None

    def quota(self) -> dict[str, dict[str, float]]:
        """Return the state of every limit."""
        buckets = (*self.chat.quota.by_request, *self.chat.quota.by_token)
        return {
            bucket.kind: {
                "limit": bucket.limit,
                "used": round(bucket.used, 3),
                "remaining": bucket.remaining,
                "reset": round(bucket.reset, 3),
            }
            for bucket in buckets
        }


class FaultyConnection(Connection):
    """Records each request, and applies its fault to the answer."""

    server: FaultyServer

    def handle_one_request(self) -> None:
        self.fault: Fault | None = None
        self.record = Record(0, "", "", {})
        super().handle_one_request()

    def respond(self, path: str, body: bytes) -> Response:
        self.record = Record(0, self.command, path, {})
        if path.startswith(CONTROL):
            return json_response(200, self._control(path.removeprefix(CONTROL), body))
        self.record.headers = {
            name.lower(): "(masked)" if name.lower() in SECRET else value
            for name, value in self.headers.items()
        }
        with contextlib.suppress(ValueError):
            self.record.body = json.loads(body) if body else None
        with self.server.lock:
            self.server.count += 1
            self.record.number = self.server.count
            self.server.records.append(self.record)
        endpoints = {
            "chat": path == CHAT,
            "models": f"{path}/".startswith(f"{MODELS}/"),
            "batch": path.startswith((FILES, BATCHES)),
        }
        fault = next((self.server.next_fault(name) for name in endpoints if endpoints[name]), None)
        if fault is None:
            return super().respond(path, body)
        self.record.fault = fault.name
        sent = self.record.body
        model = sent.get("model") if isinstance(sent, dict) else None
        response = error_response(fault, str(model))
        if response is None:
            response = broken(fault, self, super().respond(path, body))
        # Only now, as a refusal by the API itself is sent whole.
        self.fault = fault
        return response

    def send(self, response: Response) -> None:
        try:
            super().send(response)
        except ConnectionError:
            if self.record.outcome in {"running", "stalled"}:
                self.record.closed_early = True
                self.record.outcome = "closed by client"
            raise
        is_cut = self.record.sent_bytes < int(response.headers.get("Content-Length", 0))
        self.close_connection |= is_cut
        self.record.outcome = "dropped" if is_cut else "complete"

    def flush(self) -> None:
        size, deltas = len(self.buffer), self.buffered_deltas
        super().flush()
        self.record.sent_bytes += size
        self.record.pieces += deltas

    def send_head(self, response: Response) -> None:
        if self.fault is not None:
            fail_before_headers(self.fault, self)
        self.record.status = response.status
        super().send_head(response)

    def drop(self) -> None:
        """Close the connection."""
        self.flush()
        self.record.outcome = "dropped"
        raise ConnectionAbortedError

    def reset(self) -> None:
        """Reset the connection."""
        # Time for the client to read: a reset discards what it has not read.
        self.pause(0.05)
        self.record.outcome = "reset"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        os.close(self.connection.detach())
        raise ConnectionAbortedError

    def stall(self) -> None:
        """Send nothing, until the client closes the connection."""
        self.flush()
        self.record.outcome = "stalled"
        self.wait(FOREVER)

    def pause(self, seconds: float) -> None:
        """Send nothing for a while."""
        self.flush()
        self.wait(seconds)

    def _control(self, path: str, body: bytes) -> object:
        given = json.loads(body) if body else None
        server = self.server
        match (self.command, path):
            case ("POST", "/faults"):
                try:
                    server.set_faults(
                        *(given.get(kind, []) for kind in ("faults", "models", "batch"))
                    )
                except FaultError as error:
                    raise bad_request(str(error)) from error
            case ("POST", "/script"):
                try:
                    server.chat.script = Script(given)
                except ScriptError as error:
                    raise bad_request(str(error)) from error
            case ("GET", "/requests"):
                with server.lock:
                    return [asdict(record) for record in server.records]
            case ("DELETE", "/requests"):
                server.records.clear()
            case ("DELETE", ""):
                server.reset()
            case ("GET", "/quota"):
                return server.quota()
            case _:
                raise unknown_url(self.command, path)
        return {}
