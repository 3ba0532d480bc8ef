"""`%groq_runs`: the runs of `%%groq_map`, in journals and in the background."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.line import parsed_line
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.mapping.journal import Journal
from groq_magic.views.show import say, show
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from groq_magic.ledger.journal_file import RunRecord
    from groq_magic.session.session import Session

__all__ = ["groq_runs"]

_KILO = 1_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_CLEARS = "`%groq_runs clear` removes all, `%groq_runs clear N` one."


def groq_runs(session: Session, line: str) -> None:
    """List the runs of `%%groq_map`: `%groq_runs [clear [N]|cancel [NAME]]`.

    The list has the runs in the background, and those whose answers are in
    the journal, with their size and age. `clear` removes the answers of all
    runs or of one, by its number; `cancel` ends those in the background: the
    rows answered so far go into their variable.

    Options:
    """
    given, text = parsed_line(line, OPTIONS_OF["groq_runs"], "%groq_runs")
    session.background_runs.deliver()
    word, _, target = text.partition(" ")
    target = target.strip()
    if word == "cancel":
        say("\n".join(_cancelled(session, target)))
        return
    if word not in {"", "clear"} or (target and not word):
        raise OptionError(
            f"%groq_runs takes clear or cancel, not `{word[:40]}`.", "`%groq_runs` lists the runs."
        )
    journal = Journal(given.get("journal"))
    try:
        if word == "clear":
            say("\n".join((_cleared(session, journal, target), *journal.lines())))
        else:
            _show(session, journal)
    finally:
        journal.close()


def _show(session: Session, journal: Journal) -> None:
    hidden = session.secrets().hidden
    tables = []
    if running := session.background_runs.lines():
        tables.append(Table(("variable", "in the background"), running))
    runs = journal.runs()
    if runs:
        rows = tuple(
            (
                hidden(run.name),
                str(run.id),
                run.model,
                f"{run.rows:,}",
                _size(run.size),
                f"{_age(run)} ago",
            )
            for run in runs
        )
        note = f"{_size(journal.size())} in {journal.path}. {_CLEARS}"
        tables.append(Table(("run", "N", "model", "rows", "size", "last used"), rows, note))
    for table in tables:
        show(table.html(), table.plain())
    lines = journal.lines()
    if not tables and not lines:
        lines = ("No runs yet: `%%groq_map` makes them.",)
    if lines:
        say("\n".join(lines))


def _cleared(session: Session, journal: Journal, target: str) -> str:
    if session.background_runs.running():
        raise NotebookError(
            "A run is under way in the background.", "`%groq_runs cancel` ends it first."
        )
    number = None
    if target:
        ids = {str(run.id): run.id for run in journal.runs()}
        if target not in ids:
            raise OptionError(f"There is no run {target[:40]}.", "`%groq_runs` lists them.")
        number = ids[target]
    count = journal.clear(number)
    return f"{count:,} answer{'s' * (count != 1)} removed."


def _cancelled(session: Session, name: str) -> list[str]:
    found = session.background_runs.running(name)
    if not found:
        of_name = f" into `{name[:40]}`" if name else ""
        raise NotebookError(f"No run{of_name} is under way.", "`%groq_runs` lists the runs.")
    for run in found:
        run.stop()
    session.background_runs.deliver()
    return [f"`{run.name}`: {run.words}" for run in found]


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < _KILO:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= _KILO
    return f"{count:,.1f} GB"


def _age(run: RunRecord) -> str:
    seconds = max(0.0, time.time() - run.used)
    for unit, size in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if seconds >= size:
            whole = int(seconds // size)
            return f"{whole:,} {unit}{'s' * (whole != 1)}"
    return "a moment"
