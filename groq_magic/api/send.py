"""Send one request, with retries, until an answer comes or another try can't help.

It blocks in the caller's thread, which may be any, and needs neither session nor view.
"""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.exchange import Exchange
from groq_magic.api.fault import FaultContext
from groq_magic.api.limiter import Limiter
from groq_magic.api.limits import Limits
from groq_magic.api.reply_reader import Outcome, ReplyReader
from groq_magic.durations import in_words
from groq_magic.errors import ModelError
from groq_magic.ledger.usage import usage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.client import Client
    from groq_magic.api.limiter import Reservation
    from groq_magic.api.share import Share

__all__ = ["Outcome", "Wait", "backoff", "send"]

# Seconds, even if the service asks for less.
_SHORTEST_WAIT = 0.25
# Seconds after which a waiting request checks the limits again.
_POLL = 0.05
_FIRST, _FACTOR, _LONGEST = 1.0, 2.0, 20.0
# The waits of one run's requests differ by up to this factor.
_SPREAD = 1.25


@dataclass(frozen=True)
class Wait:
    """A pause before a request is sent.

    Parameters
    ----------
    reason : str
        A sentence: `The model is over capacity (503).`
    until : float
        Its end, on the clock of `time.monotonic`.
    next_try, tries : int
        The number of the next try, and the most tries.
    """

    reason: str
    until: float
    next_try: int
    tries: int

    @property
    def line(self) -> str:
        """The reason, the remaining seconds, and which try comes next."""
        left = in_words(max(0.0, self.until - time.monotonic()))
        again = "Trying again" if self.next_try > 1 else "Trying"
        return f"{self.reason} {again} in {left} (try {self.next_try} of {self.tries}). ■ stops."


def send(  # noqa: PLR0913 - a request, who is called back, and the bounds of its waits
    request: Mapping[str, Any],
    *,
    client: Client,
    limiter: Limiter | None = None,
    cancel: Exchange | None = None,
    on_delta: Callable[[str, str], object] = lambda _text, _reasoning: None,
    on_wait: Callable[[Wait | None], object] = lambda _wait: None,
    nearest: Callable[[str], str] = str,
    tokens: int = 0,
    urgent: bool = False,
    share: Share | None = None,
    timeout: float = 60.0,
    tries: int = 4,
    max_wait: float = 60.0,
) -> Outcome:
    """Send a request until an answer comes; return how it ended.

    It is sent when the limiter allows it. After a temporary fault it is sent again, but never
    after text has arrived. If the wait would be too long, it is sent at once: the service may
    still accept it. If the flex tier has no capacity, it is sent on demand.

    Parameters
    ----------
    request : mapping
        For the API.
    client : Client
    limiter : Limiter, optional
        Without one, the request never waits for limits.
    cancel : Exchange, optional
        Its `cancel()`, called in any thread, ends the running request or the wait at once:
        then the outcome has neither a finish_reason nor a fault.
    on_delta : callable
        Receives text and reasoning as they arrive, either may be empty, in this thread.
    on_wait : callable
        Receives a Wait when it begins or changes, None when it is over, in this thread.
    nearest : callable
        Returns the id to use instead of a refused model's.
    tokens : int
        Estimated, of the prompt.
    urgent : bool
        Whether a user is waiting: the limiter delays the request only if the service would
        certainly refuse it.
    share : Share, optional
        Of its run, whose requests try again at different times.
    timeout : float
        Seconds without a byte.
    tries : int
        The most tries.
    max_wait : float
        Seconds of waiting in all, failed tries included.

    Returns
    -------
    Outcome
    """
    exchange, key = cancel or Exchange(), client.key
    model, answer = str(request.get("model", "")), int(request.get("max_completion_tokens") or 0)
    context = FaultContext(model, nearest, timeout, client.base_url, key.value, key.source)
    limiter = limiter or Limiter()
    waits = _Waits(exchange, on_wait, time.monotonic() + max_wait, tries)
    for number in range(1, max(1, tries) + 1):
        part = limiter.reserve(model, tokens, answer=answer, urgent=urgent, share=share)
        reader = ReplyReader(context, exchange, part.note_reply)
        try:
            # After the wait that the service asked for, it is not delayed again.
            if not waits.until_free(part, number, by_force=urgent and number > 1):
                return Outcome(tries=number - 1)
            with contextlib.closing(reader.deltas(client, request)) as deltas:
                for text, reasoning in deltas:
                    on_delta(text, reasoning)
        finally:
            _end(part, reader, exchange)
        outcome = replace(reader.outcome, tries=number)
        fault = outcome.fault
        if fault is None or not fault.retry or reader.has_begun or number >= tries:
            break
        if fault.is_flex_full and request.get("service_tier") == "flex":
            request = {name: value for name, value in request.items() if name != "service_tier"}
            continue
        # A pause of 0 would flood the service.
        seconds = max(_SHORTEST_WAIT, fault.wait or backoff(number))
        if share is not None:
            seconds *= random.uniform(1.0, _SPREAD)  # noqa: S311 - not for security
        if time.monotonic() + seconds > waits.latest:
            break
        if not waits.pause(seconds, fault.reason, number + 1):
            return replace(outcome, fault=None)
        if fault.hit is not None and fault.hit.requested is not None and fault.hit.kind == "TPM":
            tokens = max(0, fault.hit.requested - answer)
    return outcome


def backoff(tried: int) -> float:
    """Return the seconds before the next try: doubling, with jitter, 20 s at the most."""
    longest = min(_LONGEST, _FIRST * _FACTOR ** (tried - 1))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - not for security


def _end(part: Reservation, reader: ReplyReader, exchange: Exchange) -> None:
    """Report to the limiter the usage of a request, or that the service did not count it."""
    fault = reader.outcome.fault
    if reader.is_open:
        part.end(usage_of(reader.outcome.usage))
    elif fault is None or isinstance(fault.error, ModelError):
        # Cancelled, or the model doesn't exist, which has no limits.
        part.end(None) if fault is None and exchange.is_sent else part.give_back()
    elif fault.is_refusal or not exchange.is_sent:
        hit = fault.hit
        # Headers are exact; the text may name limits that they lack.
        news = Limits((hit.as_limit(time.time()),) if hit is not None else ())
        part.give_back(news.updated(fault.limits))
    else:
        # The connection broke before a reply: the service may have counted it.
        part.end(None)


@dataclass(frozen=True)
class _Waits:
    """The waits of one request: cancelled by its exchange, reported to `on_wait`, bounded."""

    exchange: Exchange
    on_wait: Callable[[Wait | None], object]
    latest: float
    tries: int

    def until_free(self, part: Reservation, number: int, *, by_force: bool) -> bool:
        """Wait until the limiter allows a request; return False if it was cancelled."""
        shown, cancelled = 0.0, self.exchange.cancelled
        while (delay := part.take(by_force=by_force)) is not None and not cancelled.is_set():
            until = time.monotonic() + delay.seconds
            if until > self.latest:
                part.take(by_force=True)
                break
            if abs(until - shown) > _POLL:
                shown = until
                self.on_wait(Wait(delay.reason, until, number, self.tries))
            # Another answer may use fewer tokens than reserved, which ends the wait early.
            cancelled.wait(min(delay.seconds, _POLL))
        if shown:
            self.on_wait(None)
        return not cancelled.is_set()

    def pause(self, seconds: float, reason: str, number: int) -> bool:
        """Wait before the next try; return False if it was cancelled."""
        self.on_wait(Wait(reason, time.monotonic() + seconds, number, self.tries))
        self.exchange.cancelled.wait(seconds)
        self.on_wait(None)
        return not self.exchange.cancelled.is_set()
