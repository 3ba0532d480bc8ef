"""The progress of a run, and of a map that consists of several runs."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.ledger.usage import Usage, cost, total_usage
from groq_magic.views.map.facts import MapProgress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.api.send import Wait
    from groq_magic.mapping.sending.budget import Budget
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest

__all__ = ["RunProgress", "Tally", "map_progress"]

# The rate is measured over this time, in steps, both in seconds.
_RATE_OVER, _RATE_EVERY = 20.0, 0.5
_STEPS = int(_RATE_OVER / _RATE_EVERY)


@dataclass(frozen=True)
class RunProgress:
    """The progress of one run, or of rows that need no request; the fields of `MapProgress`."""

    done: int = 0
    failed: int = 0
    from_journal: int = 0
    in_batch: int = 0
    seconds: float = 0.0
    rows_a_second: float = 0.0
    usage: Usage = field(default_factory=lambda: Usage(0, 0, 0))
    cost: float | None = 0.0
    waiting_for: str = ""
    waits: float = 0.0
    is_over: bool = True


@dataclass
class _Spending:
    """How much of the budget is spent, and reserved for running requests."""

    spent: float = 0.0
    reserved: dict[str, float] = field(default_factory=dict)


class Tally:
    """Counts rows, tokens and money of one run; any thread may use it.

    Parameters
    ----------
    budget : Budget or None
    """

    def __init__(self, budget: Budget | None) -> None:
        self._lock = threading.Lock()
        self._budget = budget
        self._done = self._failed = self._from_journal = 0
        self._requests = self._prompt = self._completion = self._reasoning = self._cached = 0
        self._cost: float | None = 0.0
        self._spending = _Spending(budget.spent if budget is not None else 0.0)
        self._waits: dict[str, Wait] = {}
        self._began = time.monotonic()
        self._over_at: float | None = None
        self._marks: deque[tuple[float, int]] = deque([(self._began, 0)], _STEPS)

    def take_from_journal(self, rows: int) -> None:
        """Count rows whose answers were in the journal."""
        with self._lock:
            self._from_journal += rows

    def allows(self, request: RowRequest) -> bool | None:
        """Reserve a request's part of the budget, and return whether there is enough.

        None means: ask again when a running request has ended.
        """
        if self._budget is None:
            return True
        with self._lock:
            mean = self._completion / self._requests if self._requests else None
            needed = self._budget.estimate(request, mean)
            taken = self._spending.spent + sum(self._spending.reserved.values())
            # Before the first answer its length is unknown, so only one request is sent: ten at
            # once could spend ten times the budget.
            is_known = mean is not None or bool(request.request.get("max_completion_tokens"))
            if self._spending.reserved and not is_known:
                return None
            if taken + needed > self._budget.amount:
                if self._spending.reserved:
                    return None
                # Before the first answer only the prompt is counted.
                least = taken + self._budget.estimate(request, 0)
                if mean is not None or least > self._budget.amount:
                    return False
            self._spending.reserved[request.id] = needed
            return True

    def add_request(self, request: RowRequest, usage: Usage | None) -> None:
        """Count the tokens of a request, None if it used none."""
        with self._lock:
            self._spending.reserved.pop(request.id, None)
            if usage is None:
                return
            self._requests += 1
            self._prompt += usage.prompt_tokens
            self._completion += usage.completion_tokens
            self._reasoning += usage.reasoning_tokens
            self._cached += usage.cached_tokens
            price = cost(request.model, usage)
            self._cost = None if price is None or self._cost is None else self._cost + price
            if self._budget is not None:
                self._spending.spent += self._budget.price(request.model, usage)

    def add_rows(self, answers: Iterable[RowAnswer]) -> None:
        """Count rows that were asked."""
        failed = [bool(answer.error) for answer in answers]
        with self._lock:
            self._failed += sum(failed)
            self._done += len(failed) - sum(failed)

    def wait(self, request: RowRequest, wait: Wait | None) -> None:
        """Record what a request waits for, None once it is sent."""
        with self._lock:
            if wait is None:
                self._waits.pop(request.id, None)
            else:
                self._waits[request.id] = wait

    def progress(self, *, is_over: bool) -> RunProgress:
        """Return the progress of the run."""
        with self._lock:
            now = self._over_at or time.monotonic()
            self._over_at = now if is_over else None
            first = min(self._waits.values(), key=lambda wait: wait.until, default=None)
            tokens = self._prompt + self._completion
            usage = Usage(self._prompt, self._completion, tokens, self._reasoning, self._cached)
            return RunProgress(
                done=self._done + self._from_journal,
                failed=self._failed,
                from_journal=self._from_journal,
                seconds=now - self._began,
                rows_a_second=self._rate(now),
                usage=usage,
                cost=self._cost,
                waiting_for=first.reason if first is not None else "",
                waits=max(0.0, first.until - now) if first is not None else 0.0,
                is_over=is_over,
            )

    def _rate(self, now: float) -> float:
        asked = self._done + self._failed
        if now - self._marks[-1][0] >= _RATE_EVERY:
            self._marks.append((now, asked))
        then, before = self._marks[0]
        return (asked - before) / (now - then) if now > then else 0.0


def map_progress(parts: Sequence[RunProgress], total: int) -> MapProgress:
    """Return the progress of a map from that of its parts, which run one after another.

    Parameters
    ----------
    parts : sequence of RunProgress
        The finished parts, then the running one.
    total : int
        All rows.
    """
    last = parts[-1]
    done, failed = sum(each.done for each in parts), sum(each.failed for each in parts)
    in_batch = sum(each.in_batch for each in parts)
    costs = [each.cost for each in parts if each.cost is not None]
    left, rate = total - done - failed - in_batch, last.rows_a_second
    return MapProgress(
        done=done,
        failed=failed,
        from_journal=sum(each.from_journal for each in parts),
        total=total,
        seconds=sum(each.seconds for each in parts),
        rows_a_second=rate,
        usage=total_usage(each.usage for each in parts) or last.usage,
        cost=sum(costs) if len(costs) == len(parts) else None,
        seconds_left=left / rate if rate else None,
        waiting_for=last.waiting_for,
        waits=last.waits,
        is_over=last.is_over,
        in_batch=in_batch,
    )
