"""The chat endpoint: from a request's body to its response."""

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
    from groq_magic.practice.script import Reply

__all__ = ["Chat", "Options"]

_PREFIXES_KEPT = 1_000
_CACHE_BLOCK = 64  # tokens


@dataclass(frozen=True)
class Options:
    """The options of a practice server.

    Parameters
    ----------
    tokens_per_second : float
        0 is the full speed.
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
    """The chat endpoint, with its limits, its script and its prompt cache.

    Connections may use it from any thread.

    Parameters
    ----------
    options : Options
    check : callable, optional
        Takes a request's body, and returns the request or refuses it.
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
            As the API refuses.
        """
        request = self._check(body)
        admitted = request.prompt_tokens + (request.max_tokens or 0)
        with self._lock:
            reply = self._reply(request)
            if reply.busy:
                self.quota.use_up(admitted, reply.busy)
            self.quota.admit(admitted, request.model.id, request.tier)
            if reply.busy:
                # Admitted, as the server has no limit: `busy` itself is no reply.
                reply = self._reply(request)
            cached = self._cached_tokens(request)
        completion = complete(request, reply)
        answer = Answer(request, completion, cached)

        def correct(sent: int) -> None:
            """Count the tokens that were sent instead of those that were admitted."""
            deltas = len(completion.reasoning) + len(completion.content)
            unsent = max(0, deltas - sent) if request.streams else 0
            with self._lock:
                self.quota.correct(admitted, request.prompt_tokens + completion.tokens - unsent)

        headers = {**self.limit_headers(), "x-request-id": answer.request_id}
        delay, speed = self._options.first_token_delay, self._options.tokens_per_second
        if reply.tokens_per_second is not None:
            speed = reply.tokens_per_second
        if request.streams:
            headers |= {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
            return Response(200, headers, answer.stream(), delay, speed, correct)
        if speed:
            delay += completion.tokens / speed
        return replace(json_response(200, answer.document(), headers), delay=delay, on_end=correct)

    def answer_in_batch(self, body: object) -> tuple[str, Answer]:
        """Answer a request of a batch, to which no limit applies.

        Returns
        -------
        scripted : str
            What happens to the request instead: see `Reply.batch`.
        answer : Answer

        Raises
        ------
        Refusal
            As the API refuses.
        """
        request = self._check(body)
        with self._lock:
            reply = self._reply(request)
            cached = self._cached_tokens(request)
        return reply.batch, Answer(request, complete(request, reply), cached)

    def _reply(self, request: ChatRequest) -> Reply:
        return self.script.take(request.question, request.rounds) or unscripted(request)

    def _cached_tokens(self, request: ChatRequest) -> int:
        """Return the tokens of the longest prefix that an earlier request sent, in whole blocks."""
        prefix, length, cached = 0, 0, 0
        for message in request.messages:
            prefix = hash((prefix, repr(message)))
            length += tokens.message_tokens(message)
            if prefix in self._prefixes:
                cached = length
        self._prefixes.append(prefix)
        return cached // _CACHE_BLOCK * _CACHE_BLOCK
