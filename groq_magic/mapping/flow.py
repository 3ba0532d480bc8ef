"""One map from start to end: prepare, run, set the variable, show the summary."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from groq_magic.errors import InterruptedAskError, NotebookError
from groq_magic.interrupts import Interrupts, interruptible, uninterrupted
from groq_magic.ledger.ledger import Entry
from groq_magic.ledger.request_log import record_of
from groq_magic.ledger.usage import usage_of
from groq_magic.mapping.background import BackgroundMap
from groq_magic.mapping.batch_map import submit_map
from groq_magic.mapping.map_run import MapRun, RunContext
from groq_magic.mapping.prepare import account_now, prepare_map
from groq_magic.mapping.requests.request_plan import NOT_SCRIPTED
from groq_magic.mapping.summary import map_end, map_start
from groq_magic.views.map.progress import unit_of
from groq_magic.views.map.view import GuardedMapView

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.account import Account
    from groq_magic.api.send import Outcome
    from groq_magic.mapping.prepare import MapAsk, PreparedMap
    from groq_magic.mapping.sending.row_request import RowRequest
    from groq_magic.session.session import Session
    from groq_magic.views.map.view import MapView

__all__ = ["map_in_background", "map_rows"]

_SCRIPT = (
    "Add entries to the script (`%groq_practice --script FILE on`), or ask a model (`%groq_key`)."
)


def map_rows(session: Session, ask: MapAsk, view_of: Callable[[], MapView]) -> Any:
    """Ask every row, set the variable for the result, and return the frame.

    Parameters
    ----------
    session : Session
    ask : MapAsk
    view_of : callable
        Returns a new view; called before the first row is sent.

    Raises
    ------
    GroqMagicError
        When nothing could be sent, or the map ended before its last row: then the variable has
        the answers so far.
    """
    prepared = _prepare(session, ask)
    flow = _Flow(session, prepared)
    with Interrupts() as interrupts:
        view = GuardedMapView(view_of())
        run = MapRun(
            prepared.plan,
            flow.context,
            view,
            lambda: interrupts.came or view.stopped.is_set(),
        )
        try:
            start = map_start(prepared.plan, ask.options.out or "", prepared.notices)
            view.open(start)
            run.run()
            frame = run.frame()
        except BaseException:
            # A bug, or the third interrupt: keep the answers so far.
            with contextlib.suppress(Exception):
                flow.set_variable(ask.options.out, run.frame())
            view.discard()
            prepared.journal.close()
            raise
        has_result = any(run.answers) or run.error is None
        is_stopped = bool(run.reason) and not run.is_out_of_budget
        if has_result:
            flow.set_variable(ask.options.out, frame)
        flow.record_usage(run)
        prepared.journal.close(is_stopped=interrupts.came or view.stopped.is_set())
        if has_result:
            is_raised = run.error is not None or is_stopped
            view.finish(map_end(run, _remedy(run), flow.lines(run), is_raised=is_raised))
        else:
            view.discard()
    if run.error is not None:
        raise run.error
    if is_stopped:
        raise InterruptedAskError(_end_words(run, unit_of(start)), _remedy(run))
    if interrupts.came:
        # The interrupt came after the last answer, and has to stop Run All.
        raise InterruptedAskError("Stopped; all rows are answered.")
    return frame


def map_in_background(session: Session, ask: MapAsk) -> tuple[str, ...]:
    """Ask every row in a thread, which sets the variable at the end; return lines to show now.

    Raises
    ------
    GroqMagicError
        When nothing could be sent.
    NotebookError
        When another run for that variable is running.
    """
    name = ask.options.out or ""
    if session.background_runs.running(name):
        raise NotebookError(
            f"A run for `{name}` is still running.", f"`%groq_runs cancel {name}` stops it."
        )
    prepared = _prepare(session, ask)
    flow = _Flow(session, prepared)

    def finish(run: MapRun, frame: Any) -> None:
        if frame is not None:
            flow.set_variable(name, frame)
        flow.record_usage(run)

    background = BackgroundMap(name, prepared, flow.context, finish)

    def begin() -> None:
        background.start(session.background_runs.end)
        session.background_runs.add(background)

    uninterrupted(begin)
    return prepared.plan.notices


def _prepare(session: Session, ask: MapAsk) -> PreparedMap:
    session.executions.refuse_in_tool()
    with session.service.key_found_once():
        prepared = interruptible(lambda: prepare_map(session, ask))
        return submit_map(session, prepared) if ask.options.batch else prepared


class _Flow:
    """Connects a map to its session: the variable, the ledger and the log."""

    def __init__(self, session: Session, prepared: PreparedMap) -> None:
        self._session, self._prepared = session, prepared
        self._account = prepared.account
        self._last: tuple[RowRequest, Outcome] | None = None
        self.context = RunContext(
            prepared.journal,
            self._account_now,
            prepared.settings,
            session.service.nearest,
            self._log_request,
            prepared.known,
            prepared.too_long,
            prepared.batch,
        )

    def _account_now(self) -> Account:
        # None if all answers were known: then another kernel has just removed some of them.
        self._account = self._account or account_now(self._session)
        return self._account

    def set_variable(self, name: str | None, frame: Any) -> None:
        """Set the user's variable to the frame."""
        if name:
            self._session.namespace[name] = frame
            self._session.map_results[name] = frame

    def record_usage(self, run: MapRun) -> None:
        """Record the tokens for `%groq_usage`, for limits and for estimates."""
        session, practice = self._session, run.plan.practice
        for number, plan in enumerate(run.plan.plans):
            for progress in (run.batch_progress(number), run.sent_progress(number)):
                if not progress.usage.total_tokens:
                    continue
                session.ledger.add(
                    Entry(
                        number=len(session.ledger) + 1,
                        at=time.time(),
                        model=plan.model,
                        source="service",
                        practice=practice,
                        finish_reason="interrupted" if run.reason else "stop",
                        usage=progress.usage,
                        queue=None,
                        first_token=None,
                        total=progress.seconds,
                        tokens_per_second=None,
                        cost=0.0 if practice else progress.cost,
                    )
                )
        if self._last is not None:
            request, outcome = self._last
            usage = usage_of(outcome.usage)
            if usage is not None and not practice:
                session.estimate.learn(request.request, usage.prompt_tokens)
            session.note(str(request.request["model"]), outcome)

    def lines(self, run: MapRun) -> tuple[str, ...]:
        """Return the notices about the run: of the journal, and about the models."""
        news = (line for plan in run.plan.plans for line in self._session.due_notices(plan.model))
        return (*self._prepared.journal.lines(), *news)

    def _log_request(self, request: RowRequest, outcome: Outcome) -> None:
        """Log a request; in a thread of the run."""
        account = self._account
        self._last = request, outcome
        self._session.request_log.write(
            record_of(
                account.base_url if account is not None else "",
                str(request.request["model"]),
                self._prepared.included,
                usage_of(outcome.usage),
                tries=outcome.tries,
            )
        )


def _end_words(run: MapRun, unit: str) -> str:
    progress = run.progress()
    answered = f"{progress.done:,} of {progress.total:,} {unit} are answered"
    return f"{run.reason.removesuffix('.')}: {answered}."


def _remedy(run: MapRun) -> str:
    if run.error is not None:
        return run.error.remedy
    if run.reason:
        return "Run the cell again to ask the rest."
    errors = {answer.error for answers in run.answers for answer in answers.values()} - {""}
    return _SCRIPT if errors == {NOT_SCRIPTED} else ""
