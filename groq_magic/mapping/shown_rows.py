"""The rows that a view shows as a table: headings, and the text of cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, plain, tried
from groq_magic.errors import PromptError
from groq_magic.mapping.requests.answer_type import quote_name
from groq_magic.mapping.results.frame import EMPTY, ERROR, is_invented
from groq_magic.views.map.facts import MapRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.results.frame import ResultColumns, RowCells

__all__ = ["SHOWN", "cell_words", "error_columns", "row_facts", "shown_columns"]

# The most rows, columns of the data, and characters of a cell.
SHOWN = 5
_MOST_DATA_COLUMNS, _LONGEST = 3, 200


def shown_columns(plan: MapPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the headings: columns of the data that the prompt names, and new columns."""
    given = tuple(clip(part.text, 60) for part in plan.prompts.parts[:_MOST_DATA_COLUMNS])
    new = tuple(columns.column_names[name] for columns, name, _ in _new_columns(plan))
    return given, new


def error_columns(plan: MapPlan) -> tuple[int, ...]:
    """Return the positions of the error columns among all headings."""
    given = len(plan.prompts.parts[:_MOST_DATA_COLUMNS])
    return tuple(given + at for at, (_, name, _) in enumerate(_new_columns(plan)) if name == ERROR)


def row_facts(
    plan: MapPlan, position: int, cells: Sequence[dict[str, RowCells]], *, is_over: bool = False
) -> MapRow:
    """Return one row of the frame as a table shows it.

    Parameters
    ----------
    plan : MapPlan
    position : int
        The row's position.
    cells : sequence of dict
        For each model the cells of the new columns, by the rows' keys.
    is_over : bool
        Whether a row without an answer shows "Not asked yet."
    """
    try:
        texts = [text for _, text in plan.prompts.row(position).texts[:_MOST_DATA_COLUMNS]]
    except PromptError:
        texts = [""] * len(plan.prompts.parts[:_MOST_DATA_COLUMNS])
    empty = EMPTY if is_over else {}
    found: dict[str, RowCells] = {
        columns.model: answers.get(requests.keys[position], empty)
        for columns, requests, answers in zip(plan.columns, plan.plans, cells, strict=True)
    }
    texts += [
        _new_cell(plan, found[columns.model], name, is_quote=is_quote)
        for columns, name, is_quote in _new_columns(plan)
    ]
    return MapRow(
        plan.prompts.secrets.hide(plan.rows.label(position)),
        tuple(clip(text, _LONGEST) for text in texts),
        any(row.get(ERROR) for row in found.values()),
    )


def _new_cell(plan: MapPlan, cells: RowCells, name: str, *, is_quote: bool) -> str:
    words = cell_words(plan, cells.get(name))
    return f"✗ not in its row: {words}" if is_quote and is_invented(cells, name) else words


def cell_words(plan: MapPlan, value: Any) -> str:
    """Return a value as text, without secrets."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = plain(value)
    else:
        text = tried(lambda: json.dumps(value, ensure_ascii=False, default=str), "")
    return plan.prompts.secrets.hide(text)


def _new_columns(plan: MapPlan) -> list[tuple[ResultColumns, str, bool]]:
    """Return for each new column its model's columns, its content, and whether it has quotes."""
    found = []
    for columns, requests in zip(plan.columns, plan.plans, strict=True):
        fields = tuple(requests.answer_type.fields)
        quotes = tuple(map(quote_name, fields if requests.answer_type.evidence else ()))
        found += [(columns, name, name in quotes) for name in (*fields, *quotes, ERROR)]
    return found
