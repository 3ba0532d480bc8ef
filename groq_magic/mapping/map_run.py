"""The run of a map: one model after another, for each first a few rows to measure answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.ledger.usage import cost, total_usage
from groq_magic.mapping.requests.grouping import SAMPLED, max_tokens_from
from groq_magic.mapping.results.frame import cells_frame, cells_of
from groq_magic.mapping.sending.progress import RunProgress, map_progress
from groq_magic.mapping.sending.run import Run
from groq_magic.mapping.shown_rows import SHOWN, row_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from groq_magic.api.account import Account
    from groq_magic.api.send import Outcome
    from groq_magic.errors import GroqMagicError
    from groq_magic.ledger.usage import Usage
    from groq_magic.mapping.batch.fetching import BatchRows
    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.results.frame import RowCells
    from groq_magic.mapping.sending.budget import Budget
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest
    from groq_magic.mapping.sending.run_settings import RunSettings
    from groq_magic.views.map.facts import MapProgress
    from groq_magic.views.map.view import MapView

__all__ = ["MapRun", "RunContext"]

# Seconds between checks of ■, and between updates of the view.
_POLL, _DRAWN_EVERY = 0.03, 0.1
# Known rows between checks of ■.
_AT_ONCE = 500


@dataclass(frozen=True)
class RunContext:
    """The journal, key and settings that all runs of one map share.

    Parameters
    ----------
    journal : Journal
    account : callable
        Returns the service and the key; called before the first request is sent.
    settings : RunSettings
    nearest : callable
        Takes the id of a refused model, and returns one to suggest instead.
    on_sent : callable
        Takes a request and its outcome, in a thread of the run.
    known : tuple of mapping of str to RowAnswer
        For each model the answers in the journal, by the rows' keys.
    too_long : tuple of mapping of str to RowAnswer
        For each model the errors of rows that are too long to send, by the rows' keys.
    batch : tuple of BatchRows
        For each model its rows in batch jobs. Answers that came from there are also in `known`.
    """

    journal: Journal
    account: Callable[[], Account]
    settings: RunSettings
    nearest: Callable[[str], str]
    on_sent: Callable[[RowRequest, Outcome], object]
    known: tuple[Mapping[str, RowAnswer], ...] = field(repr=False)
    too_long: tuple[Mapping[str, RowAnswer], ...]
    batch: tuple[BatchRows, ...]

    def without_request(self, number: int) -> set[str]:
        """Return the keys of the rows of one model that are not asked."""
        rows = self.batch[number]
        return {*self.known[number], *self.too_long[number], *rows.errors, *rows.waiting}


class MapRun:
    """The run of a map, in the thread that calls `run`.

    Parameters
    ----------
    plan : MapPlan
    context : RunContext
    view : MapView or None
        Shows progress and rows. The caller opens and finishes it.
    is_stopped : callable
        Returns whether the user has stopped the map.

    Attributes
    ----------
    answers : tuple of dict of str to RowAnswer
        For each model the answers so far, by the rows' keys.
    cells : tuple of dict of str to mapping
        For each model the cells of the new columns, by the rows' keys.
    reason : str
        Why the map ended before its last row, a sentence; "" if it did not.
    error : GroqMagicError or None
        The error that ended the map.
    latest : MapProgress
        The progress at the last update, for other threads.
    is_stopped, is_out_of_budget : bool
        Whether the user ended the map, and whether its budget did.
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
        self.is_stopped = self.is_out_of_budget = False
        self._context, self._view, self._asks_to_stop = context, view, is_stopped
        # For each model the progress of: known rows, rows from the batch engine, then each run.
        self._parts = [[RunProgress(), RunProgress()] for _ in plan.plans]
        self.latest = self.progress()
        self._shown_keys: list[str] = []
        self._drawn_at, self._drawn_rows = 0.0, 0

    def run(self) -> None:
        """Ask all rows; return when all are answered, or the map has ended early."""
        for number in range(len(self.plan.plans)):
            self._add_known(number)
        for number in range(len(self.plan.plans)):
            if not self.reason:
                self._ask(number)

    def frame(self) -> Any:
        """Return the rows with the answers so far, as a DataFrame."""
        plan = self.plan
        return cells_frame(plan.rows, zip(plan.columns, plan.plans, self.cells, strict=True))

    def progress(self, running: RunProgress | None = None) -> MapProgress:
        """Return the progress of all models together.

        Parameters
        ----------
        running : RunProgress, optional
            The progress of the present run.
        """
        parts = [part for parts in self._parts for part in parts]
        return map_progress([*parts, running] if running else parts, self.plan.requested)

    def sent_progress(self, number: int) -> MapProgress:
        """Return the progress of one model, without rows that needed no request."""
        parts = self._parts[number][2:] or [RunProgress()]
        return map_progress(parts, len(self.plan.plans[number].positions))

    def batch_progress(self, number: int) -> RunProgress:
        """Return the progress of one model's rows that came from the batch engine."""
        return self._parts[number][1]

    def in_batch(self, number: int) -> Collection[str]:
        """Return the keys of the rows of one model that wait in batch jobs."""
        return self._context.batch[number].waiting.keys()

    def _add_known(self, number: int) -> None:
        """Add the rows that need no request; ■ stops this, too."""
        known, rows = self._context.known[number], self._context.batch[number]
        refused = {**self._context.too_long[number], **rows.errors}
        self._add(number, {**refused, **rows.waiting}.items())
        self._add_fetched(number, {key: known[key] for key in rows.answered})
        part = RunProgress(failed=len(refused), in_batch=len(rows.waiting))
        self._parts[number][0] = part
        before = len(self.answers[number])
        others = ((key, answer) for key, answer in known.items() if key not in rows.answered)
        while not self.reason and (some := list(islice(others, _AT_ONCE))):
            self._add(number, some)
            found = len(self.answers[number]) - before
            self._parts[number][0] = replace(part, done=found, from_journal=found)
            self._draw()
            if self._asks_to_stop():
                self.reason, self.is_stopped = "Stopped.", True

    def _add_fetched(self, number: int, answers: Mapping[str, RowAnswer]) -> None:
        """Add answers that were just fetched from the batch engine, at its price."""
        self._add(number, answers.items())
        failed = self._context.batch[number].errors
        part = RunProgress(done=len(answers))
        if usage := total_usage(each.usage for each in (*answers.values(), *failed.values())):
            price = cost(self.plan.plans[number].model, usage, in_batch=True)
            part = replace(part, usage=usage, cost=price)
        self._parts[number][1] = part

    def _ask(self, number: int) -> None:
        """Ask one model; the first few answers set the limit on the length of the others."""
        plan, model = self.plan.plans[number], self.plan.models[number][1]
        done = self._context.without_request(number)
        if len(done) == len(plan.positions):
            return
        if not plan.has_limit:
            sample: Sequence[Sequence[str]] = [(key,) for key in self._context.known[number]]
            if plan.pack > 1 or len(sample) < SAMPLED:
                sample = [keys for keys, _ in islice(plan.packs(done), SAMPLED)]
                self._send(number, plan, map(plan.request_for, sample))
                done.update(key for keys in sample for key in keys)
            plan = plan.with_max_tokens(max_tokens_from(self._usages(number, sample), model))
        if len(done) < len(plan.positions) and not self.reason:
            self._send(number, plan, plan.requests(done))

    def _usages(self, number: int, requests: Sequence[Sequence[str]]) -> list[Usage | None]:
        """Return the tokens of each request."""
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
            request_for=plan.request_for,
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
            self.reason, self.error = run.reason, run.error
            self.is_out_of_budget = run.is_out_of_budget
            self.is_stopped = self.is_stopped and bool(run.reason)

    def _spent(self, budget: Budget) -> float:
        progress = self.progress()
        return progress.cost or 0.0 if budget.in_dollars else progress.usage.total_tokens

    def _add(self, number: int, rows: Iterable[tuple[str, RowAnswer]]) -> None:
        plan = self.plan.plans[number]
        for key, answer in rows:
            self.answers[number][key] = answer
            # Now rather than at the end, where the user waits for the frame.
            self.cells[number][key] = cells_of(plan, key, answer)
            has_room = number == 0 and len(self._shown_keys) < SHOWN
            if has_room and key not in self._context.batch[0].waiting:
                self._shown_keys.append(key)

    def _draw(self, running: RunProgress | None = None) -> None:
        now, is_over = time.monotonic(), running is not None and running.is_over
        if now - self._drawn_at < _DRAWN_EVERY and not is_over:
            return
        self._drawn_at = now
        self.latest = self.progress(running)
        if self._view is None:
            return
        self._view.progress(self.latest)
        answered = sum(key in cells for cells in self.cells for key in self._shown_keys)
        if answered != self._drawn_rows:
            self._drawn_rows = answered
            positions = sorted(self.plan.plans[0].positions[key] for key in self._shown_keys)
            self._view.rows([row_facts(self.plan, each, self.cells) for each in positions])
