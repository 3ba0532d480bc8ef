"""The run of a map: one model after another, first a few rows to see how long answers are."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.ledger.usage import Usage, cost, total_usage
from groq_magic.mapping.batch.fetching import BatchRows
from groq_magic.mapping.requests.grouping import SAMPLED, max_tokens_from
from groq_magic.mapping.results.frame import cells_frame, cells_of
from groq_magic.mapping.sending.progress import sum_of
from groq_magic.mapping.sending.run import Run
from groq_magic.mapping.shown_rows import SHOWN, row_facts
from groq_magic.views.map.facts import MapProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from groq_magic.api.account import Account
    from groq_magic.api.send import Outcome
    from groq_magic.errors import GroqMagicError
    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.results.frame import RowCells
    from groq_magic.mapping.sending.budget import Budget
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest
    from groq_magic.mapping.sending.run_settings import RunSettings
    from groq_magic.views.map.view import MapView

__all__ = ["MapRun", "RunContext"]

# ■ is noticed within so many seconds, and the view drawn at most so often.
_POLL, _DRAWN_EVERY = 0.03, 0.1
# Rows of the journal that are read before ■ is looked for.
_AT_ONCE = 500


@dataclass(frozen=True)
class RunContext:
    """The journal, key and settings that all runs of one map share.

    Parameters
    ----------
    journal : Journal
    account : callable
        Returns the service and the key, when the first request has to be sent.
    settings : RunSettings
    nearest : callable
        From a refused model's id to the one to use instead.
    on_sent : callable
        Takes a request and its outcome, in a thread of the run.
    known : tuple of mapping of str to RowAnswer
        For each model the answers that were in the journal, by the rows' keys.
    too_long : tuple of mapping of str to RowAnswer
        For each model the rows that are not sent, with their errors.
    batch : tuple of BatchRows
        For each model its rows in batch jobs; answers from there are also in `known`. May be
        empty.
    """

    journal: Journal
    account: Callable[[], Account]
    settings: RunSettings
    nearest: Callable[[str], str]
    on_sent: Callable[[RowRequest, Outcome], object]
    known: tuple[Mapping[str, RowAnswer], ...] = field(repr=False)
    too_long: tuple[Mapping[str, RowAnswer], ...]
    batch: tuple[BatchRows, ...] = ()

    def in_batch(self, number: int) -> BatchRows:
        """Return the rows of one model in batch jobs."""
        return self.batch[number] if self.batch else BatchRows()

    def without_request(self, number: int) -> set[str]:
        """Return the keys of the rows of one model that are not asked."""
        rows = self.in_batch(number)
        return {*self.known[number], *self.too_long[number], *rows.errors, *rows.waiting}


class MapRun:
    """The run of a map, in the thread that calls `run`.

    Parameters
    ----------
    plan : MapPlan
    context : RunContext
    view : MapView or None
        Shows progress and rows; the caller shows the end.
    is_stopped : callable
        Returns whether the user wants to stop.

    Attributes
    ----------
    answers : tuple of dict of str to RowAnswer
        For each model the answers that came, by the rows' keys.
    cells : tuple of dict of str to mapping
        For each model the cells of the new columns, by the rows' keys.
    reason : str
        Why it ended before its last row, a sentence; "" where it did not.
    error : GroqMagicError or None
        The error that ended it.
    latest : MapProgress
        How far it was a moment ago, for other threads.
    is_stopped, is_spent : bool
        Whether the user stopped it, and whether it ended at its budget.
    """

    def __init__(
        self,
        plan: MapPlan,
        context: RunContext,
        view: MapView | None,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.plan = plan
        self.answers: tuple[dict[str, RowAnswer], ...] = tuple({} for _ in plan.plans)
        self.cells: tuple[dict[str, RowCells], ...] = tuple({} for _ in plan.plans)
        self.reason = ""
        self.error: GroqMagicError | None = None
        self.is_stopped = self.is_spent = False
        self._context, self._view, self._asks_to_stop = context, view, is_stopped
        # For each model the progress of: known rows, rows from the batch engine, then each run.
        self._parts: list[list[MapProgress]] = [[_part(), _part()] for _ in plan.plans]
        self.latest = self.progress()
        self._first: list[str] = []
        self._drawn, self._drawn_rows = 0.0, 0

    def run(self) -> None:
        """Ask all rows; return when all are answered, or the run was ended."""
        for number in range(len(self.plan.plans)):
            self._take_known(number)
        for number in range(len(self.plan.plans)):
            if not self.reason:
                self._ask(number)

    def frame(self) -> Any:
        """Return the rows with the answers so far, as a DataFrame."""
        plan = self.plan
        return cells_frame(plan.rows, zip(plan.columns, plan.plans, self.cells, strict=True))

    def progress(self, running: MapProgress | None = None) -> MapProgress:
        """Return how far it is, all models together.

        Parameters
        ----------
        running : MapProgress, optional
            The progress of the present run.
        """
        parts = [part for parts in self._parts for part in parts]
        return sum_of([*parts, running] if running else parts, self.plan.requested)

    def progress_of(self, number: int) -> MapProgress:
        """Return how far it came with one model, without rows that needed no request."""
        parts = self._parts[number][2:] or [_part()]
        return sum_of(parts, len(self.plan.plans[number].positions))

    def batch_progress_of(self, number: int) -> MapProgress:
        """Return what was taken from the batch engine for one model."""
        return self._parts[number][1]

    def in_batch(self, number: int) -> Collection[str]:
        """Return the keys of the rows of one model that wait in batch jobs."""
        return self._context.in_batch(number).waiting.keys()

    def _take_known(self, number: int) -> None:
        """Add the known rows before anything is sent; ■ stops that too."""
        known, rows = self._context.known[number], self._context.in_batch(number)
        refused = {**self._context.too_long[number], **rows.errors}
        self._add(number, {**refused, **rows.waiting}.items())
        self._take_batch(number, {key: known[key] for key in rows.answered})
        before = len(self.answers[number])
        self._parts[number][0] = _part(0, len(refused), len(rows.waiting))
        waiting = ((key, answer) for key, answer in known.items() if key not in rows.answered)
        while not self.reason and (some := list(islice(waiting, _AT_ONCE))):
            self._add(number, some)
            found = len(self.answers[number]) - before
            self._parts[number][0] = _part(found, len(refused), len(rows.waiting))
            self._draw()
            if self._asks_to_stop():
                self.reason, self.is_stopped = "Stopped.", True

    def _take_batch(self, number: int, answers: Mapping[str, RowAnswer]) -> None:
        """Add answers that have just come from the batch engine, at its price."""
        self._add(number, answers.items())
        failed = self._context.in_batch(number).errors
        usage = total_usage(each.usage for each in (*answers.values(), *failed.values()))
        price = cost(self.plan.plans[number].model, usage, in_batch=True) if usage else 0.0
        self._parts[number][1] = replace(
            _part(), done=len(answers), usage=usage or Usage(0, 0, 0), cost=price
        )

    def _ask(self, number: int) -> None:
        plan, model = self.plan.plans[number], self.plan.models[number][1]
        done = self._context.without_request(number)
        if len(done) == len(plan.positions):
            return
        if not plan.has_limit:
            sample: Sequence[Sequence[str]] = [(key,) for key in self._context.known[number]]
            if plan.pack > 1 or len(sample) < SAMPLED:
                sample = [keys for keys, _ in islice(plan.batches(done), SAMPLED)]
                self._send(number, plan, map(plan.request_for, sample))
                done.update(key for keys in sample for key in keys)
            plan = plan.with_max_tokens(max_tokens_from(self._usages(number, sample), model))
        if len(done) < len(plan.positions) and not self.reason:
            self._send(number, plan, plan.requests(done))

    def _usages(self, number: int, requests: Sequence[Sequence[str]]) -> list[Usage | None]:
        """Return what the answers to requests took, packed ones together."""
        answers = self.answers[number]
        return [
            total_usage(answers[key].usage for key in keys if key in answers) for keys in requests
        ]

    def _send(self, number: int, plan: RequestPlan, requests: Iterable[RowRequest]) -> None:
        context, options = self._context, self.plan.options
        budget = options.budget and replace(options.budget, spent=self._spent(options.budget))
        run = Run(
            requests,
            journal=context.journal,
            account=context.account,
            settings=replace(context.settings, budget=budget),
            rest=plan.rest,
            split=plan.split,
            nearest=context.nearest,
            on_sent=context.on_sent,
        )
        try:
            with run:
                while not run.is_over:
                    self._add(number, run.take(_POLL))
                    self._draw(run.progress())
                    if not self.is_stopped and self._asks_to_stop():
                        self.is_stopped = True
                        run.stop()
        finally:
            self._parts[number].append(run.progress())
            self.reason, self.error, self.is_spent = run.reason, run.error, run.is_spent
            self.is_stopped = self.is_stopped and bool(run.reason)

    def _spent(self, budget: Budget) -> float:
        progress = self.progress()
        return progress.cost or 0.0 if budget.in_dollars else progress.usage.total_tokens

    def _add(self, number: int, rows: Iterable[tuple[str, RowAnswer]]) -> None:
        plan = self.plan.plans[number]
        for key, answer in rows:
            self.answers[number][key] = answer
            # Not only at the end: then the frame has to be ready quickly.
            self.cells[number][key] = cells_of(plan, key, answer)
            if (
                len(self._first) < SHOWN
                and not number
                and key not in self._context.in_batch(0).waiting
            ):
                self._first.append(key)

    def _draw(self, running: MapProgress | None = None) -> None:
        now, is_over = time.monotonic(), running is not None and running.is_over
        if now - self._drawn < _DRAWN_EVERY and not is_over:
            return
        self._drawn = now
        self.latest = self.progress(running)
        if self._view is None:
            return
        self._view.progress(self.latest)
        answered = sum(key in cells for cells in self.cells for key in self._first)
        if answered != self._drawn_rows:
            self._drawn_rows = answered
            positions = sorted(self.plan.plans[0].positions[key] for key in self._first)
            self._view.rows([row_facts(self.plan, each, self.cells) for each in positions])


def _part(known: int = 0, failed: int = 0, in_batch: int = 0) -> MapProgress:
    """Return the progress of rows that need no request.

    Parameters
    ----------
    known, failed, in_batch : int
        Rows with an answer in the journal, rows that can't be sent, and rows in batch jobs.
    """
    return MapProgress(
        done=known,
        failed=failed,
        from_journal=known,
        total=known + failed + in_batch,
        seconds=0.0,
        rows_a_second=0.0,
        usage=Usage(0, 0, 0),
        cost=0.0,
        seconds_left=None,
        waiting_for="",
        waits=0.0,
        running=0,
        is_over=True,
        in_batch=in_batch,
    )
