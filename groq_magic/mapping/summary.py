"""The facts that a view gets at the start of a map, and at its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain
from groq_magic.ledger.usage import cost
from groq_magic.mapping.requests.answer_type import quote_name
from groq_magic.mapping.results.agreement import agreement, as_category
from groq_magic.mapping.results.frame import ERROR, is_invented
from groq_magic.mapping.shown_rows import (
    SHOWN,
    cell_words,
    error_columns,
    row_facts,
    shown_columns,
)
from groq_magic.views.map.facts import CheckFacts, MapEnd, MapField, MapQuotes, MapStart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from groq_magic.mapping.map_run import MapRun
    from groq_magic.mapping.plan import MapPlan

__all__ = ["map_end", "map_start"]

_MOST_DISAGREEING, _LONGEST = 10, 200
_THOUSAND, _MINUTE = 1_000, 60.0


def map_start(plan: MapPlan, name: str, notices: Sequence[str]) -> MapStart:
    """Return the facts at the start.

    Parameters
    ----------
    plan : MapPlan
    name : str
        The variable for the result, "" for none.
    notices : sequence of str
    """
    given, new = shown_columns(plan)
    return MapStart(
        name,
        tuple(model for model, _ in plan.models),
        len(plan.rows),
        plan.requested,
        (*given, *new),
        len(given),
        plan.practice,
        (*notices, *([] if len(plan.rows) else ["The data has no rows."])),
        error_columns(plan),
    )


def map_end(run: MapRun, remedy: str, notices: Sequence[str], *, is_raised: bool = False) -> MapEnd:
    """Return the facts at the end.

    Parameters
    ----------
    run : MapRun
    remedy : str
        What to do if the map ended before its last row, or rows failed.
    notices : sequence of str
    is_raised : bool
        Whether an error follows that states the reason and the remedy.
    """
    plan = run.plan
    shown = range(min(SHOWN, len(plan.rows)))
    return MapEnd(
        run.progress(),
        tuple(row_facts(plan, position, run.cells, is_over=True) for position in shown),
        tuple(_fields(run)),
        _errors(run),
        tuple(_checks(run) if plan.checks else _comparisons(run)),
        run.reason,
        remedy,
        tuple(notices),
        tuple(_quotes(run)),
        is_raised,
    )


def _values(run: MapRun, number: int, name: str) -> list[Any]:
    """Return the cells of one new column, without secrets."""
    cells = run.cells[number]
    return _hidden(run, [cells.get(key, {}).get(name) for key in run.plan.plans[number].keys])


def _hidden(run: MapRun, values: Iterable[Any]) -> list[Any]:
    secrets = run.plan.prompts.secrets
    return [secrets.hide(plain(each)) if is_a(each, str) else each for each in values]


def _fields(run: MapRun) -> Iterator[MapField]:
    for number, columns in enumerate(run.plan.columns):
        for name in run.plan.plans[number].answer_type.fields:
            kind = columns.types[name]
            yield MapField(columns.column_names[name], kind, _values(run, number, name))


def _quotes(run: MapRun) -> Iterator[MapQuotes]:
    for number, columns in enumerate(run.plan.columns):
        plan, cells = run.plan.plans[number], run.cells[number]
        rows = [cells[key] for key in plan.keys if key in cells]
        answered = [row for row in rows if not row.get(ERROR)]
        for name in map(quote_name, plan.answer_type.fields if plan.answer_type.evidence else ()):
            missing = sum(not row.get(name, "").strip() for row in answered)
            invented = sum(is_invented(row, name) for row in answered)
            found = len(answered) - missing - invented
            yield MapQuotes(columns.column_names[name], found, invented, missing)


def _errors(run: MapRun) -> tuple[tuple[str, int], ...]:
    lines = (
        cells[ERROR]
        for number, found in enumerate(run.cells)
        for key, cells in found.items()
        if cells.get(ERROR) and key not in run.in_batch(number)
    )
    return tuple(Counter(_hidden(run, lines)).most_common())


def _checks(run: MapRun) -> Iterator[CheckFacts]:
    for check in run.plan.checks:
        column = run.plan.rows.columns[check.position]
        for number in range(len(run.plan.plans)):
            yield _compared(run, number, check.name, column.name, _hidden(run, column.cells))


def _comparisons(run: MapRun) -> Iterator[CheckFacts]:
    first, *others = range(len(run.plan.plans))
    for number in others:
        for name in run.plan.plans[number].answer_type.fields:
            expected = run.plan.plans[first].model
            yield _compared(run, number, name, expected, _values(run, first, name), is_model=True)


def _compared(  # noqa: PLR0913 - what is compared, and with what
    run: MapRun,
    number: int,
    name: str,
    expected: str,
    values: Sequence[Any],
    *,
    is_model: bool = False,
) -> CheckFacts:
    plan = run.plan
    found = agreement(values, _values(run, number, name))

    def shown(value: Any) -> str:
        # A whole number in a column with gaps is a float, and would be shown as "4.0".
        each = as_category(value) if found.is_of_numbers else value
        return clip(cell_words(plan, each), _LONGEST)

    rows = (
        (
            plan.prompts.secrets.hide(plan.rows.label(each.position)),
            shown(each.expected),
            shown(each.answer),
        )
        for each in found.disagreements[:_MOST_DISAGREEING]
    )
    return CheckFacts(
        name,
        plan.plans[number].model,
        expected,
        "model" if is_model else "column",
        found,
        tuple(rows),
        _cost(run, number),
        _rate(run, number),
    )


def _cost(run: MapRun, number: int) -> float | None:
    """Return the cost of 1,000 rows at the prices of this run, journal answers included."""
    usages = [each.usage for each in run.answers[number].values() if each.usage is not None]
    model = run.plan.plans[number].model
    costs = [cost(model, usage, in_batch=run.plan.options.batch) for usage in usages]
    known = [each for each in costs if each is not None]
    if run.plan.practice or not known:
        return None
    return sum(known) / len(known) * _THOUSAND


def _rate(run: MapRun, number: int) -> float | None:
    progress = run.sent_progress(number)
    asked = progress.done + progress.failed - progress.from_journal
    return asked / progress.seconds * _MINUTE if asked and progress.seconds else None
