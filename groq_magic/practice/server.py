"""The server: which request goes where."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from groq_magic.practice import catalogue, chat, refusals
from groq_magic.practice.control import CONTROL, control
from groq_magic.practice.error_faults import error_response
from groq_magic.practice.record import Record
from groq_magic.practice.refusals import Refusal
from groq_magic.practice.sending import Sender
from groq_magic.practice.stream_faults import spoiled
from groq_magic.practice.wire import dumped, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tornado.httputil import HTTPServerRequest

    from groq_magic.practice.fault import Fault
    from groq_magic.practice.practice import Practice
    from groq_magic.practice.steps import Response

__all__ = ["Server"]

_API = "/openai/v1"
_CHAT = f"{_API}/chat/completions"
_MODELS = f"{_API}/models"
_OWN_HOSTS = frozenset({"127.0.0.1", "localhost"})
_MOST_BYTES = 100 * 1024 * 1024


class Server:
    """Serves one `Practice` on loopback.

    Parameters
    ----------
    practice : Practice
    """

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._running: set[asyncio.Task[None]] = set()

    def listen(self, port: int) -> int:
        """Begin to listen.

        Parameters
        ----------
        port : int
            0 for a free one.

        Returns
        -------
        int
            The port.

        Raises
        ------
        OSError
            If the port is taken.
        """
        server = HTTPServer(self._arrived, max_buffer_size=_MOST_BYTES, max_body_size=_MOST_BYTES)
        sockets = bind_sockets(port, "127.0.0.1")
        server.add_sockets(sockets)
        bound: int = sockets[0].getsockname()[1]
        return bound

    def _arrived(self, request: HTTPServerRequest) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(self, request: HTTPServerRequest) -> None:
        record = self._record(request)
        try:
            await self._answer(request, record)
        except Refusal as refusal:
            await self._sender(request, record).send(self._refused(refusal))
        except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a client waiting
            if record.status is None:
                failure = Refusal(500, f"the practice server failed: {error!r}", "internal_error")
                await self._sender(request, record).send(self._refused(failure))
            elif request.connection is not None:
                request.connection.finish()

    def _record(self, request: HTTPServerRequest) -> Record:
        # The SDK writes the slash within a model's id as %2F.
        method, path = str(request.method), unquote(request.path).rstrip("/")
        if path.startswith(CONTROL):
            return Record(0, method, path, {})
        return self._practice.recorded(method, path, request.headers)

    async def _answer(self, request: HTTPServerRequest, record: Record) -> None:
        if request.host_name not in _OWN_HOSTS:
            raise Refusal(403, "the practice server answers this machine only")
        record.body = _parsed(request.body)
        if (record.method, record.path) == ("POST", _CHAT):
            await self._chat(request, record)
            return
        if record.path.startswith(CONTROL):
            response = control(self._practice, record.method, record.path, record.body)
        else:
            response = self._models(request, record)
        await self._sender(request, record).send(response)

    def _refused(self, refusal: Refusal) -> Response:
        headers = {**self._practice.quota.headers(), **refusal.headers}
        return json_response(refusal.status, refusal.body(), headers)

    def _sender(self, request: HTTPServerRequest, record: Record, speed: float = 0.0) -> Sender:
        connection: Any = request.connection
        return Sender(connection, record, speed)

    def _check_key(self, headers: Mapping[str, str]) -> None:
        scheme, _, key = headers.get("Authorization", "").partition(" ")
        accepted = self._practice.options.keys
        if scheme != "Bearer" or not key.strip() or (accepted and key not in accepted):
            raise refusals.bad_key()

    def _models(self, request: HTTPServerRequest, record: Record) -> Response:
        path, slash, name = record.path.partition(f"{_MODELS}/")
        if record.method != "GET" or path != ("" if slash else _MODELS):
            raise refusals.unknown_url(record.method, record.path)
        fault = self._practice.next_fault(chat=False)
        record.fault = None if fault is None else fault.name
        spoilt = None if fault is None else error_response(fault, "", {})
        if spoilt is not None:
            return spoilt
        self._check_key(request.headers)
        found = catalogue.find(name)
        if name and found is None:
            raise refusals.unknown_model(name)
        listed = [model.item() for model in catalogue.CATALOGUE]
        told = {"object": "list", "data": listed} if found is None else found.item()
        response = json_response(200, dumped(told).encode(), {})
        return response if fault is None else spoiled(fault, response)

    async def _chat(self, request: HTTPServerRequest, record: Record) -> None:
        fault = self._practice.next_fault(chat=True)
        record.fault = None if fault is None else fault.name
        spoilt = None if fault is None else self._error(fault, record.body)
        if spoilt is not None:
            await self._sender(request, record).send(spoilt)
            return
        self._check_key(request.headers)
        begun = chat.begin(self._practice, record.body)
        response = begun.response if fault is None else spoiled(fault, begun.response)
        try:
            await self._sender(request, record, begun.tokens_per_second).send(response)
        finally:
            begun.settle(record)

    def _error(self, fault: Fault, body: object) -> Response | None:
        model = body.get("model") if isinstance(body, dict) else None
        return error_response(fault, str(model), self._practice.quota.headers())


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        message = f"we could not parse the JSON body of your request: {error}"
        raise refusals.bad_request(message) from error
