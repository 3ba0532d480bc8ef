"""Send the requests of a run, and decide which failures end the run."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.api.send import Outcome, backoff, send
from groq_magic.errors import (
    ApiKeyError,
    ModelError,
    RateLimitError,
    RequestError,
    TooLargeError,
)
from groq_magic.ledger.usage import Usage, usage_of
from groq_magic.mapping.sending.row_request import RowAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.account import Account
    from groq_magic.api.exchange import Exchange
    from groq_magic.api.fault import Fault
    from groq_magic.api.send import Wait
    from groq_magic.api.share import Share
    from groq_magic.errors import GroqMagicError
    from groq_magic.mapping.sending.row_request import RowRequest

__all__ = ["Failures", "RowSender", "SendResult"]

# A request that a limit refused is sent in this many rounds, each with all tries.
_ROUNDS = 10
# The wait between rounds is the backoff after this many tries.
_ROUND_TRIES = 5
# After this many failures in a row the run ends: the other requests would fail, too.
_MOST_IN_A_ROW = 100
# With another finish reason an empty answer is an error: reasoning may have used up the tokens.
_COMPLETE = "stop"


@dataclass(frozen=True)
class SendResult:
    """The result of sending one request.

    Parameters
    ----------
    answer : RowAnswer or None
        None if the run was stopped first.
    usage : Usage or None
        The tokens used, estimated if the service doesn't report them; None if no tokens were used.
    fault : Fault or None
        Why the request failed.
    """

    answer: RowAnswer | None
    usage: Usage | None = None
    fault: Fault | None = None

    @property
    def may_be_split(self) -> bool:
        """Whether rows of a failed request have an answer, or may get one if asked alone."""
        error = self.fault.error if self.fault is not None else None
        has_text = self.answer is not None and bool(self.answer.text)
        return has_text or isinstance(error, RequestError | TooLargeError)


class Failures:
    """Decides which failures end the run, since other requests would fail too; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_a_row = 0

    def fatal_error(self, result: SendResult) -> GroqMagicError | None:
        """Return the error if it ends the run, else None."""
        fault = result.fault
        error = fault.error if fault is not None else None
        is_exhausted = fault is not None and isinstance(error, RateLimitError) and not fault.retry
        if is_exhausted or isinstance(error, ApiKeyError | ModelError):
            return error
        with self._lock:
            # A row that is too large fails for a reason of its own.
            is_common = error is not None and not isinstance(error, TooLargeError)
            self._in_a_row = self._in_a_row + 1 if is_common else 0
            if error is None or self._in_a_row < _MOST_IN_A_ROW:
                return None
        happened = f"{_MOST_IN_A_ROW} requests in a row failed: {error.happened}"
        remedy = "Run the cell again later; finished rows are kept."
        return type(error)(happened, remedy)


@dataclass(frozen=True)
class RowSender:
    """Sends the requests of one run, in any thread.

    Parameters
    ----------
    account : Account
    share : Share
        The share of the limits.
    timeout : float
        Seconds without a byte.
    tries : int
        Tries that a limit refused are not counted.
    on_wait : callable
        Takes a request and its wait, or None at the end of the wait, in the sending thread.
    on_sent : callable
        Takes a request and its outcome, in the sending thread.
    nearest : callable
        Takes the id of a refused model, and returns one to suggest instead.
    """

    account: Account
    share: Share
    timeout: float
    tries: int
    on_wait: Callable[[RowRequest, Wait | None], object]
    on_sent: Callable[[RowRequest, Outcome], object]
    nearest: Callable[[str], str]

    def send(self, request: RowRequest, exchange: Exchange) -> SendResult:
        """Send a request until it is answered, has failed or is cancelled."""
        for _ in range(_ROUNDS):
            texts: list[str] = []
            outcome = send(
                request.request,
                client=self.account.client,
                limiter=self.account.limiter,
                cancel=exchange,
                on_delta=lambda text, _reasoning, texts=texts: texts.append(text),  # type: ignore[misc]  # bound to this round
                on_wait=lambda wait: self.on_wait(request, wait),
                nearest=self.nearest,
                tokens=request.tokens,
                share=self.share,
                timeout=self.timeout,
                tries=self.tries,
                max_wait=math.inf,
            )
            if exchange.is_sent or outcome.tries > 1:
                self.on_sent(request, outcome)
            fault = outcome.fault
            if fault is None or not fault.retry or not isinstance(fault.error, RateLimitError):
                break
            if exchange.cancelled.wait(max(fault.wait or 0.0, backoff(_ROUND_TRIES))):
                return SendResult(None)
        return _result_of(request, outcome, "".join(texts), exchange)


def _result_of(request: RowRequest, outcome: Outcome, text: str, exchange: Exchange) -> SendResult:
    usage, fault = usage_of(outcome.usage), outcome.fault
    if usage is None and exchange.is_sent and not (fault is not None and fault.is_refusal):
        # The service may count tokens without reporting them.
        usage = Usage(request.tokens, 0, request.tokens)
    if fault is None and outcome.finish_reason is None and exchange.cancelled.is_set():
        return SendResult(None, usage)
    if fault is not None and not text:
        # A refused answer may contain valid answers to some rows of a pack.
        text = fault.failed_generation
    model = outcome.model or request.model
    error = _error_of(outcome, text)
    return SendResult(RowAnswer(text, outcome.finish_reason, usage, model, error), usage, fault)


def _error_of(outcome: Outcome, text: str) -> str:
    """Return the error of an answer in one line, "" for a complete answer."""
    if outcome.fault is not None:
        tried = f" {outcome.tries} tries failed." if outcome.tries > 1 else ""
        return f"{outcome.fault.error.happened}{tried}"
    if outcome.cut:
        return f"The answer is cut off: {outcome.cut}"
    if outcome.finish_reason is None:
        return "The answer is incomplete."
    if not text and outcome.finish_reason != _COMPLETE:
        return f"The answer is empty ({outcome.finish_reason}): a larger --max-tokens may help."
    return ""
