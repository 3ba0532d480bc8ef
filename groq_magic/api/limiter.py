"""Count the rest of an account's limits, shared by all requests with its key to its address.

The service counts a request's tokens (of the prompt, and the most that the answer may have) when
it admits the request, and corrects the count when the answer is complete. The limiter does the
same: it counts a request when it is sent, and corrects the count by the usage in the reply.
The headers of a reply are exact as of its admission; requests that the service may not have
counted yet are subtracted, so that the rest is never estimated too high.
An unknown limit delays nothing.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.api.limits import Limits, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.share import ModelShare, Share
    from groq_magic.ledger.usage import Usage

__all__ = ["Delay", "Limiter", "Reservation"]


@dataclass(frozen=True)
class Delay:
    """The time that a request has to wait, and the limit that it waits for."""

    seconds: float
    reason: str


@dataclass
class _Model:
    """The limits of one model, less the admitted requests, and its other requests."""

    limits: Limits = field(default_factory=Limits)
    waiting: list[Reservation] = field(default_factory=list)
    running: list[Reservation] = field(default_factory=list)

    def left(self, now: float) -> Limits:
        """Return the limits less the requests that are sent and not answered yet."""
        sent = [each.charged for each in self.running if not each.is_answered]
        return self.limits.less(sent, now)


class Limiter:
    """The rest of the limits, by model; any thread may use it.

    Parameters
    ----------
    clock : callable
        Returns Unix time.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.lock = threading.Lock()
        self._models: defaultdict[str, _Model] = defaultdict(_Model)

    def limits_of(self, model: str) -> Limits:
        """Return the rest of a model's known limits."""
        with self.lock:
            return self._models[model].left(self.clock()) if model in self._models else Limits()

    def known(self) -> dict[str, Limits]:
        """Return the known limits, by model."""
        with self.lock:
            found = {name: each.left(self.clock()) for name, each in self._models.items()}
            return {name: limits for name, limits in found.items() if limits.known}

    def note(self, model: str, news: Limits) -> None:
        """Replace a model's limits by those that the service reported."""
        with self.lock:
            self._models[model].limits = self._models[model].limits.updated(news)

    def reserve(
        self,
        model: str,
        tokens: int,
        *,
        answer: int = 0,
        urgent: bool = False,
        share: Share | None = None,
    ) -> Reservation:
        """Begin to wait for the tokens of a request; `take` returns how long.

        Parameters
        ----------
        model : str
        tokens : int
            Estimated, of the prompt.
        answer : int
            The request's `max_completion_tokens`, 0 without.
        urgent : bool
            Whether a user is waiting: the request waits only if the service would certainly
            refuse it, and not for earlier requests.
        share : Share, optional
            The part of the limits for the requests of its run; requests without a share
            don't wait for those.
        """
        with self.lock:
            part = share.of(model) if share is not None else None
            reservation = Reservation(self, self._models[model], tokens, answer, part)
            reservation.urgent = urgent
            self._models[model].waiting.append(reservation)
            return reservation


class Reservation:
    """One request's part of the limits.

    Call `take` until it returns None (or `take` by force), then `note_reply` with the headers of
    the reply, at last `end`, or `give_back` if the service did not admit it.
    Use the attributes only with the limiter's lock.
    """

    def __init__(
        self, limiter: Limiter, model: _Model, tokens: int, answer: int, share: ModelShare | None
    ) -> None:
        self._limiter = limiter
        self._model = model
        self._answer, self.urgent = answer, False
        self.share = share
        self.charged = _amounts(tokens + answer, 1)
        # Kinds that were in the headers of its own reply.
        self._counted: frozenset[str] = frozenset()
        # Requests that may not have been counted in those headers, with their amounts.
        self.uncounted: dict[Reservation, Mapping[str, int]] = {}
        self.is_answered = False
        # Whether later headers may contain the corrected count of this request.
        self.may_be_corrected = False

    def take(self, *, by_force: bool = False) -> Delay | None:
        """Count the request as sent, and return None; or return how long it has to wait."""
        with self._limiter.lock:
            if not by_force and (delay := self._delay(self._limiter.clock())) is not None:
                return delay
            self._model.waiting.remove(self)
            self._model.running.append(self)
            if self.share is not None:
                self.share.charge(self.charged, self._limiter.clock())
            return None

    def note_reply(self, news: Limits) -> None:
        """Update the limits by the headers of its reply."""
        with self._limiter.lock:
            self._admit(news)

    def end(self, usage: Usage | None) -> None:
        """End it and correct its count by its usage; None leaves the count."""
        with self._limiter.lock:
            if self in self._model.running and not self.is_answered:
                # The service may have admitted it without reporting so.
                self._admit(Limits())
            self._leave()
            if usage is not None:
                self._correct(usage)

    def give_back(self, news: Limits | None = None) -> None:
        """End it, uncounted: the service refused it, or it was never sent."""
        with self._limiter.lock:
            if self in self._model.running and self.share is not None:
                back = {kind: -amount for kind, amount in self.charged.items()}
                self.share.charge(back, self._limiter.clock())
            self._leave()
            if news is not None:
                self._update(news)

    def needed(self, kind: str) -> int:
        """Return the rest of a limit that is needed to send it."""
        if self.urgent and kind in {"TPM", "TPD"}:
            # The prompt is only estimated; it takes at least one token.
            return self._answer + 1
        return self.charged.get(kind, 0)

    def _delay(self, now: float) -> Delay | None:
        waiting, left = self._model.waiting, self._model.left(now)
        before = [] if self.urgent else waiting[: waiting.index(self)]
        before = [each for each in before if not each.urgent]
        if self.share is None:
            before = [each for each in before if each.share is None]
            return self._longest(left, before, now)
        beside = [each for each in before if each.share is self.share]
        return self._longest(left, before, now) or self._longest(
            self.share.of(left, now), beside, now, of_share=True
        )

    def _longest(
        self, limits: Limits, before: list[Reservation], now: float, *, of_share: bool = False
    ) -> Delay | None:
        """Return the longest wait for these limits, after the requests before it."""
        longest = Delay(0.0, "")
        for limit in limits.known:
            amount = self.needed(limit.kind)
            if of_share:
                # A request that is larger than the share takes all of it.
                amount = min(amount, limit.limit)
            # The service refuses a request that is larger than the limit. A limit from the
            # future is ignored: the clock was set back.
            if not amount or amount > limit.limit or limit.seen > now + 1:
                continue
            missing = amount + sum(each.needed(limit.kind) for each in before) - limit.level(now)
            if missing > 0:
                seconds = missing * limit.window / limit.limit
                words = words_of(limit.kind, limit.limit)
                reason = f"Rate limit: {words} are used up."
                if of_share:
                    reason = f"Rate limit: this run may use {words} (--share)."
                longest = max(longest, Delay(seconds, reason), key=lambda each: each.seconds)
        return longest if longest.seconds else None

    def _admit(self, news: Limits) -> None:
        """Count it as admitted, by the headers or by the estimate."""
        self.is_answered = True
        self._counted = frozenset(limit.kind for limit in news.known)
        self._charge(self.charged)
        self._update(news)
        for other in self._model.running:
            if not other.is_answered:
                other.uncounted[self] = self.charged

    def _update(self, news: Limits) -> None:
        """Update the limits, less the requests that are not counted in them yet."""
        now = self._limiter.clock()
        for other in self._model.running:
            if other.is_answered and other not in self.uncounted and other is not self:
                other.may_be_corrected = True
        fresh = news.less(self.uncounted.values(), now)
        self._model.limits = self._model.limits.updated(fresh)

    def _correct(self, usage: Usage) -> None:
        final = _amounts(usage.total_tokens, 1, usage.completion_tokens)
        change = {kind: each - self.charged.get(kind, 0) for kind, each in final.items()}
        if self.share is not None:
            self.share.charge(change, self._limiter.clock())
        if "TPM" in self._counted:
            # The headers contain the exact count of the prompt, and the most for the answer.
            change["TPM"] = usage.completion_tokens - self._answer
        more = {kind: max(0, each) for kind, each in change.items()}
        for other in self._model.running:
            if not other.is_answered:
                # Its headers may lack the count of this request, or the corrected one.
                other.uncounted[self] = final if self in other.uncounted else more
        # Later headers may contain the released tokens already.
        self._charge(more if self.may_be_corrected else change)

    def _charge(self, amounts: Mapping[str, int]) -> None:
        self._model.limits = self._model.limits.less((amounts,), self._limiter.clock())

    def _leave(self) -> None:
        for requests in (self._model.waiting, self._model.running):
            if self in requests:
                requests.remove(self)


def _amounts(tokens: int, requests: int, completion: int = 0) -> dict[str, int]:
    return {"TPM": tokens, "TPD": tokens, "RPM": requests, "RPD": requests, "OTPM": completion}
