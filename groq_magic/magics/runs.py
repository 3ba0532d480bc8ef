"""`%groq_runs`: the runs of `%%groq_map`, finished, in the background and in batch jobs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import count_of
from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.jobs import cancel_jobs, current_jobs, fetch_jobs, jobs_table, known_jobs
from groq_magic.magics.line_parser import parse_with_target
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.mapping.sending.journal import Journal
from groq_magic.views.show import show, show_lines
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from groq_magic.session.session import Session

__all__ = ["groq_runs"]

_MAGIC, _OPTIONS = "%groq_runs", OPTIONS_OF["groq_runs"]
_COMMANDS = ("status", "fetch", "cancel", "clear")
_KILO = 1_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_CLEARS = "`%groq_runs clear` removes all, `%groq_runs clear N` one."
_EQUAL = "Equal rows share one answer, listed with the run that asked for it."


def groq_runs(session: Session, line: str) -> None:
    """List the runs of `%%groq_map`, and their jobs at Groq's batch engine.

    The list shows runs in the background, batch jobs as last known, and runs
    whose answers are in the journal. These commands take one run or job, or
    all of them:

        %groq_runs status [JOB]         asks Groq for the state of jobs
        %groq_runs fetch [JOB]          gets the answers of finished jobs
        %groq_runs cancel [NAME|JOB]    stops background runs, cancels jobs
        %groq_runs clear [N]            removes the answers of runs

    JOB is the beginning of a job's id. Answers given before a run or job was
    cancelled are kept. Fetching deletes a job's files at Groq.

    Options:
    """
    given, command, target = _parsed(line)
    session.background_runs.deliver()
    journal = Journal(given.get("journal"), session.unwritten)
    try:
        if command in {"", "status"}:
            _show(session, journal, command, target)
            return
        if command == "clear":
            lines = [_clear(session, journal, target)]
        elif command == "fetch":
            lines = fetch_jobs(session, journal, target)
        else:
            lines = _cancel(session, journal, target)
        show_lines("\n".join((*lines, *journal.lines())))
    finally:
        journal.close()


def _parsed(line: str) -> tuple[dict[str, Any], str, str]:
    """Return the options, the command, and its run or job; options may stand anywhere."""
    given, command, rest = parse_with_target(line, _OPTIONS, _MAGIC, _COMMANDS.__contains__)
    more, target, unexpected = parse_with_target(
        rest, _OPTIONS, _MAGIC, lambda _first: bool(command)
    )
    if rest and not command:
        raise OptionError(
            f"%groq_runs takes status, fetch, cancel or clear, not `{rest.split()[0][:40]}`.",
            "`%groq_runs` lists the runs.",
        )
    if unexpected:
        raise OptionError(
            f"Unexpected `{unexpected[:40]}` after `%groq_runs {command} {target[:40]}`.",
            "Name one run or job, or none for all.",
        )
    return {**given, **more}, command, target


def _show(session: Session, journal: Journal, command: str, target: str) -> None:
    if command == "status":
        jobs = current_jobs(session, journal, target)
        tables = [jobs_table(session, jobs, _age)] if jobs else []
    else:
        tables = _tables(session, journal)
    for table in tables:
        show(table.html(), table.plain())
    lines = journal.lines()
    if not tables and not lines:
        no_jobs = "No batch jobs yet; `%%groq_map --batch` starts one."
        lines = (no_jobs if command else "No runs yet; `%%groq_map` starts one.",)
    if lines:
        show_lines("\n".join(lines))


def _tables(session: Session, journal: Journal) -> list[Table]:
    hide = session.secrets().hide
    tables = []
    if running := session.background_runs.lines():
        tables.append(Table(("background run", "progress"), running))
    if jobs := known_jobs(journal):
        tables.append(jobs_table(session, jobs, _age))
    if runs := journal.runs():
        rows = tuple(
            (
                str(run.id),
                hide(run.name),
                run.model,
                f"{run.rows:,}",
                _size(run.size),
                f"{_age(run.used)} ago",
            )
            for run in runs
        )
        note = f"{_EQUAL} {_CLEARS} {_size(journal.size())} in {journal.path}."
        tables.append(Table(("N", "run", "model", "answers", "size", "last used"), rows, note))
    return tables


def _clear(session: Session, journal: Journal, target: str) -> str:
    found = None
    if target:
        found = next((run for run in journal.runs() if str(run.id) == target), None)
        if found is None:
            raise OptionError(f"There is no run number {target[:40]}.", "`%groq_runs` lists them.")
    for run in session.background_runs.running():
        if run.writes(journal.path, found.name if found else None):
            raise NotebookError(
                f"The run for `{run.name}` is still running in the background.",
                f"Stop it first: `%groq_runs cancel {run.name}`.",
            )
    count = journal.clear(found.id if found else None)
    if not found:
        session.background_runs.clear()
    return f"{count_of(count, 'answer')} removed."


def _cancel(session: Session, journal: Journal, target: str) -> list[str]:
    """Stop background runs and cancel jobs: all, the runs of a variable, or one job."""
    found = session.background_runs.running(target)
    for run in found:
        run.stop()
    session.background_runs.deliver()
    lines = [f"`{run.name}`: {run.words}" for run in found]
    has_jobs = any(not job.is_fetched for job in known_jobs(journal))
    if found and (target or not has_jobs):
        return lines
    if not target and not has_jobs:
        raise NotebookError("No run or job to cancel.", "`%groq_runs` lists the runs.")
    if lines:
        # Before the jobs, whose cancelling may fail.
        show_lines("\n".join(lines))
    return cancel_jobs(session, journal, target)


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < _KILO:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= _KILO
    return f"{count:,.1f} GB"


def _age(then: float) -> str:
    seconds = max(0.0, time.time() - then)
    for unit, size in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if seconds >= size:
            return count_of(int(seconds // size), unit)
    return "a moment"
