"""`--batch`: fetch answers from the batch engine, and submit the other rows to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.api.batches import BatchService
from groq_magic.interrupts import interruptible
from groq_magic.ledger.request_log import record_of
from groq_magic.mapping.batch.batch_run import batch_line, run_batch
from groq_magic.mapping.batch.fetching import BatchRows
from groq_magic.mapping.known_rows import with_answers
from groq_magic.mapping.prepare import account_now
from groq_magic.mapping.results.frame import NOT_ASKED
from groq_magic.mapping.sending.row_request import RowAnswer
from groq_magic.views.show import show_lines

if TYPE_CHECKING:
    from groq_magic.mapping.batch.batch_run import BatchRun
    from groq_magic.mapping.prepare import PreparedMap
    from groq_magic.session.session import Session

__all__ = ["submit_map"]

_PRACTICE = "Practice mode: the rows go to the practice server, not to Groq."
_AGAIN_IGNORED = "`--again` was ignored: rows are in a batch job or were just fetched from one."


def submit_map(session: Session, prepared: PreparedMap) -> PreparedMap:
    """Fetch answers from the batch engine, and submit the other rows to it.

    Returns
    -------
    PreparedMap
        With all answers so far, and no row left to send.

    Raises
    ------
    GroqMagicError
        When the engine or the journal can't be used; rows submitted before stay submitted.
    """
    try:
        if _is_answered(session, prepared):
            return prepared
        runs = interruptible(
            lambda: _run_models(session, prepared), "Stopped.", "Run the cell again to continue."
        )
        return _with_results(prepared, runs)
    except BaseException:
        prepared.journal.close()
        raise


def _is_answered(session: Session, prepared: PreparedMap) -> bool:
    """Return whether all rows are answered and no job can be fetched: then no key is needed."""
    if sum(map(len, prepared.known)) < prepared.plan.requested:
        return False
    service = session.service
    return service.key_now() is None or not prepared.journal.jobs.jobs(service.base_url())


def _run_models(session: Session, prepared: PreparedMap) -> list[BatchRun]:
    plan, journal, settings = prepared.plan, prepared.journal, prepared.settings
    account = prepared.account or account_now(session)
    service = BatchService(account.client, settings.timeout)
    shown: list[str] = []

    def on_upload(line: str) -> None:
        if not shown:
            shown.append(_PRACTICE if plan.practice else line)
            show_lines(shown[0])

    runs: list[BatchRun] = []
    for requests, too_long in zip(plan.plans, prepared.too_long, strict=True):
        before = {job.id for job in journal.jobs.jobs(service.url)}
        try:
            runs.append(
                run_batch(
                    requests,
                    journal=journal,
                    service=service,
                    name=settings.name,
                    left_out=too_long,
                    again=settings.again,
                    on_upload=on_upload,
                )
            )
        finally:
            # Here, to log the jobs that were submitted before a failure, too.
            for job in journal.jobs.jobs(service.url):
                if job.id not in before:
                    size = ("a job of the batch engine", f"{job.requests:,} requests")
                    included = (size, *prepared.included)
                    session.request_log.write(
                        record_of(service.url, job.model, included, None, tries=1)
                    )
    return runs


def _with_results(prepared: PreparedMap, runs: list[BatchRun]) -> PreparedMap:
    """Return the map with the results of the batch runs for its models."""
    plans, again = prepared.plan.plans, prepared.settings.again
    found = []
    for plan, run in zip(plans, runs, strict=True):
        rows = BatchRows(run.answered, run.failed, run.waiting)
        # With --again, a submitted row shows no answer until the new one is fetched.
        open_rows = {*run.failed, *run.waiting} if again else ()
        known, rows = with_answers(
            rows, prepared.journal.get_all(plan.positions.keys() - open_rows)
        )
        # No row is sent now, not even one whose answer another kernel has just removed.
        left = plan.positions.keys() - known.keys() - rows.errors.keys()
        not_asked = RowAnswer.failure(plan.model, NOT_ASKED)
        waiting = {key: rows.waiting.get(key, not_asked) for key in left}
        found.append((known, replace(rows, waiting=waiting)))
    is_ignored = again and not any(run.jobs for run in runs)
    lines = (batch_line(plans, runs), _AGAIN_IGNORED if is_ignored else "")
    return replace(
        prepared,
        known=tuple(known for known, _ in found),
        too_long=tuple({} for _ in plans),
        batch=tuple(rows for _, rows in found),
        notices=(*filter(None, lines), *prepared.notices),
    )
