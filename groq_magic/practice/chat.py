"""The chat endpoint: a request's body in, its response out."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.practice import tokens
from groq_magic.practice.answer import Answer
from groq_magic.practice.checks import check
from groq_magic.practice.completion import complete
from groq_magic.practice.quota import Limits, Quota
from groq_magic.practice.response import Response, json_response
from groq_magic.practice.script import Script
from groq_magic.practice.unscripted import unscripted

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.practice.request import ChatRequest

__all__ = ["Chat", "Options"]

_PREFIXES_KEPT = 1_000
_CACHE_BLOCK = 64


@dataclass(frozen=True)
class Options:
    """How a practice server is started.

    Parameters
    ----------
    tokens_per_second : float
        0 is as fast as it goes.
    first_token_delay : float
        Seconds before the headers of a chat answer.
    keys : frozenset of str
        The only keys that are accepted; empty for any.
    limits : Limits
    has_batch : bool
        Whether the keys' plan includes the batch engine.
    """

    tokens_per_second: float = 0.0
    first_token_delay: float = 0.0
    keys: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    has_batch: bool = True


class Chat:
    """The chat endpoint, with the limits, the script and the messages it has seen.

    Connections may use it from any thread.

    Parameters
    ----------
    options : Options
    check : callable, optional
        Makes a request of a body, or refuses it.
    """

    def __init__(self, options: Options, check: Callable[[object], ChatRequest] = check) -> None:
        self.quota = Quota(options.limits, time.monotonic)
        self.script = Script()
        self._options = options
        self._check = check
        self._prefixes: deque[int] = deque(maxlen=_PREFIXES_KEPT)
        self._lock = threading.Lock()

    def limit_headers(self) -> dict[str, str]:
        """Return the rate-limit headers."""
        with self._lock:
            return self.quota.headers()

    def respond(self, body: object) -> Response:
        """Check, admit and answer a request.

        Raises
        ------
        Refusal
            As the API would.
        """
        request = self._check(body)
        admitted = request.prompt_tokens + (request.longest or 0)
        with self._lock:
            reply = self.script.take(request.question, request.rounds) or unscripted(request)
            if reply.busy:
                self.quota.use_up(admitted, reply.busy)
            self.quota.admit(admitted, request.model.id, request.tier)
            if reply.busy:
                # Without a limit it is not refused.
                reply = self.script.take(request.question, request.rounds) or unscripted(request)
            cached = self._cached_tokens(request)
        completion = complete(request, reply)
        answer = Answer(request, completion, cached)

        def count(sent: int) -> None:
            """Count what was sent instead of what was admitted."""
            deltas = len(completion.reasoning) + len(completion.content)
            unsent = max(0, deltas - sent) if request.streams else 0
            with self._lock:
                self.quota.correct(admitted, request.prompt_tokens + completion.tokens - unsent)

        headers = {**self.limit_headers(), "x-request-id": answer.request_id}
        delay, speed = self._options.first_token_delay, self._options.tokens_per_second
        if reply.tokens_per_second is not None:
            speed = reply.tokens_per_second
        if request.streams:
            kind = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
            return Response(200, {**kind, **headers}, answer.stream(), delay, speed, count)
        if speed:
            delay += completion.tokens / speed
        return replace(json_response(200, answer.document(), headers), delay=delay, on_end=count)

    def answer(self, body: object) -> tuple[str, Answer]:
        """Answer a request of a batch, which no limit holds back; return its scene too.

        Raises
        ------
        Refusal
            As the API would.
        """
        request = self._check(body)
        with self._lock:
            reply = self.script.take(request.question, request.rounds) or unscripted(request)
            cached = self._cached_tokens(request)
        return reply.batch, Answer(request, complete(request, reply), cached)

    def _cached_tokens(self, request: ChatRequest) -> int:
        """Count the tokens of the first messages that were sent before, in whole blocks."""
        prefix, seen, known = 0, 0, 0
        for message in request.messages:
            prefix = hash((prefix, repr(message)))
            seen += tokens.message_tokens(message)
            if prefix in self._prefixes:
                known = seen
        self._prefixes.append(prefix)
        return known // _CACHE_BLOCK * _CACHE_BLOCK
