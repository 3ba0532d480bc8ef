"""Rows of a map as a table shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, plain, tried
from groq_magic.errors import PromptError
from groq_magic.mapping.results.frame import ERROR
from groq_magic.views.map.facts import MapRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.results.frame import RowCells

__all__ = ["SHOWN", "cell_words", "row_facts", "shown_columns"]

# Rows, columns of the data, and characters of a cell.
SHOWN = 5
_MOST_GIVEN, _LONGEST = 3, 200


def shown_columns(plan: MapPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the headings of the rows that are shown: columns of the data, and new ones."""
    given = tuple(clip(part.text, 60) for part in plan.prompts.parts[:_MOST_GIVEN])
    new = tuple(columns.column_names[name] for columns, name in _new(plan))
    return given, new


def row_facts(plan: MapPlan, place: int, cells: Sequence[dict[str, RowCells]]) -> MapRow:
    """Return one row of the frame as a table shows it.

    Parameters
    ----------
    plan : MapPlan
    place : int
        Of the row.
    cells : sequence of dict
        For each model what stands in the new columns, by the rows' keys.
    """
    try:
        texts = [text for _, text in plan.prompts.row(place).texts[:_MOST_GIVEN]]
    except PromptError:
        texts = [""] * len(plan.prompts.parts[:_MOST_GIVEN])
    found = {
        columns.model: answers.get(requests.keys[place], {})
        for columns, requests, answers in zip(plan.columns, plan.plans, cells, strict=True)
    }
    texts += [cell_words(plan, found[columns.model].get(name)) for columns, name in _new(plan)]
    return MapRow(
        plan.prompts.secrets.hidden(plan.rows.label(place)),
        tuple(clip(text, _LONGEST) for text in texts),
        any(row.get(ERROR) for row in found.values()),
    )


def cell_words(plan: MapPlan, value: Any) -> str:
    """Return a value as text, without secrets."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = plain(value)
    else:
        text = tried(lambda: json.dumps(value, ensure_ascii=False, default=str), "")
    return plan.prompts.secrets.hidden(text)


def _new(plan: MapPlan) -> list[tuple[Any, str]]:
    """Return the new columns to show, each with its field, quote or error."""
    found = []
    for columns, requests in zip(plan.columns, plan.plans, strict=True):
        quotes = [f"{name}_quote" for name in requests.answer_type.fields]
        names = [*requests.answer_type.fields, *quotes, ERROR]
        found += [(columns, name) for name in names if name in columns.column_names]
    return found
