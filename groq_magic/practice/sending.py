"""Steps, done to a connection."""

from __future__ import annotations

import asyncio
import http.client
import socket
import struct
import time
from typing import TYPE_CHECKING

from tornado.httputil import HTTPHeaders, HTTPOutputError, ResponseStartLine
from tornado.iostream import StreamClosedError

from groq_magic.practice.steps import Kind, Response, Step

if TYPE_CHECKING:
    from tornado.http1connection import HTTP1Connection

    from groq_magic.practice.record import Record

__all__ = ["Sender"]

_BATCH = 64 * 1024
_TICK = 0.005
_LINGER_NOT = struct.pack("ii", 1, 0)


class _GoneError(Exception):
    """The client closed the connection."""


class Sender:
    """Sends one response; it stops at once when the client goes.

    Parameters
    ----------
    connection : HTTP1Connection
    record : Record
        Is told what was sent, and how it ended.
    tokens_per_second : float
        0 is as fast as it goes.
    """

    def __init__(
        self, connection: HTTP1Connection, record: Record, tokens_per_second: float
    ) -> None:
        self._connection = connection
        self._record = record
        self._rate = tokens_per_second
        self._closed = asyncio.Event()
        self._buffer = bytearray()
        self._buffered_pieces = 0
        connection.set_close_callback(self._closed.set)

    async def send(self, response: Response) -> None:
        """Send a whole response, or as much of it as its steps and the client allow."""
        try:
            await self._run(response)
        except (_GoneError, StreamClosedError):
            self._record.outcome = "closed by client"
            self._record.closed_early = True

    async def _run(self, response: Response) -> None:
        started, tokens = time.monotonic(), 0
        for step in response.steps:
            if step.data:
                self._buffer += step.data
                if step.kind is Kind.CONTENT or step.kind is Kind.REASONING:
                    self._buffered_pieces += 1
                    tokens += 1
                    if self._rate:
                        await self._pace(started + tokens / self._rate)
                if len(self._buffer) >= _BATCH:
                    await self._flush()
            elif step.kind is Kind.HEAD:
                started = time.monotonic()
                await self._head(response)
            else:
                await self._flush()
                if await self._happens(step):
                    return
        await self._flush()
        self._finish()

    async def _pace(self, due: float) -> None:
        """Wait for the token's time; what is late goes out together, at most a tick later."""
        early = due - time.monotonic()
        if early > 0:
            await self._flush()
            await self._wait(max(early, _TICK))

    async def _head(self, response: Response) -> None:
        self._record.status = response.status
        # Or else a small write waits for the client's delayed acknowledgement, 40 ms.
        self._connection.stream.set_nodelay(True)
        reason = http.client.responses.get(response.status, "Unknown")
        line = ResponseStartLine("HTTP/1.1", response.status, reason)
        await self._connection.write_headers(line, HTTPHeaders(response.headers))

    async def _happens(self, step: Step) -> bool:
        """Do a step that isn't bytes; tell whether it was the last."""
        if step.kind is Kind.PAUSE:
            await self._wait(step.seconds)
            return False
        if step.kind is Kind.STALL:
            self._record.outcome = "stalled"
            await self._closed.wait()
            raise _GoneError
        stream = self._connection.stream
        if step.kind is Kind.RESET:
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._record.outcome = "reset" if step.kind is Kind.RESET else "dropped"
        self._connection.set_close_callback(None)
        self._connection.close()
        return True

    async def _wait(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
        else:
            try:
                await asyncio.wait_for(self._closed.wait(), seconds)
            except TimeoutError:
                return
        if self._closed.is_set():
            raise _GoneError

    async def _flush(self) -> None:
        if self._closed.is_set():
            raise _GoneError
        if not self._buffer:
            return
        data, pieces = bytes(self._buffer), self._buffered_pieces
        self._buffer.clear()
        self._buffered_pieces = 0
        await self._connection.write(data)
        # A write that is done at once doesn't let others run: a fast client would have it all.
        await asyncio.sleep(0)
        if self._closed.is_set():
            raise _GoneError
        self._record.sent_bytes += len(data)
        self._record.pieces += pieces

    def _finish(self) -> None:
        self._record.outcome = "complete"
        try:
            self._connection.finish()
        except HTTPOutputError:
            # A fault left the body shorter than its Content-Length: the connection is closed.
            self._record.outcome = "dropped"
