"""The agreement of answers with a column of the data, or with another model, as HTML and text."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from groq_magic.clipping import clip
from groq_magic.ledger.usage import dollars
from groq_magic.views.part import Part, heading, joined, line, of_table
from groq_magic.views.phrase import SEPARATOR
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.map.facts import Agreement, CheckFacts

__all__ = ["check_part"]

# For more categories a table is too large: the most frequent confusions are listed.
_MOST_CATEGORIES = 10
_CONFUSIONS = 10
_LONGEST = 24
_NONE = "\N{EN DASH}"
_DARKEST = 0.45  # opacity of a cell's background: text stays readable in light and dark themes


def check_part(checks: Sequence[CheckFacts]) -> Part:
    """Return for each field a table of the models, then the confusions of each model."""
    fields = {check.field: [one for one in checks if one.field == check.field] for check in checks}
    # With several comparisons the rows are folded: else they would push the numbers out of sight.
    is_one = len(checks) == 1
    parts = [
        part
        for field, found in fields.items()
        for part in _field_parts(field, found, is_open=is_one)
    ]
    return joined(parts, '<div class="groq-check">', "</div>")


def _field_parts(field: str, checks: Sequence[CheckFacts], *, is_open: bool) -> list[Part]:
    details = (
        # With one model the table above already names it.
        _details(check, f"{_pair(check)}{SEPARATOR}" if len(checks) > 1 else "", is_open=is_open)
        for check in checks
    )
    return [
        heading(field, _against(checks)),
        of_table(_models_table(checks)),
        *(part for part in details if part.plain),
    ]


def _details(check: CheckFacts, whose: str, *, is_open: bool) -> Part:
    """Return the confusions and the rows of one model, side by side where there is room."""
    parts = [_confusions(check, whose)]
    if check.rows:
        parts.append(_disagreements(check, whose, is_open=is_open))
    each = [joined([part], "<div>", "</div>") for part in parts if part is not None]
    return joined(each, '<div class="groq-check-details">', "</div>")


def _against(checks: Sequence[CheckFacts]) -> str:
    if all(check.kind == "model" for check in checks):
        return "agreement of the models with each other"
    columns = dict.fromkeys(check.expected for check in checks)
    return f"agreement with {', '.join(columns)}"


def _pair(check: CheckFacts) -> str:
    if check.kind == "column":
        return _short(check.model)
    return f"{_short(check.expected)} and {_short(check.model)}"


def _short(model: str) -> str:
    return model.rpartition("/")[2]


def _models_table(checks: Sequence[CheckFacts]) -> Table:
    """Return a row for each model; empty columns are left out."""
    rows = [_measures(check) for check in checks]
    names = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(row.get(name) for row in rows)
    ]
    cells = (tuple(row.get(name) or _NONE for name in names) for row in rows)
    return Table(tuple(names), tuple(cells), name="groq-check-models", is_verbatim=True)


def _measures(check: CheckFacts) -> dict[str, str]:
    found = check.agreement
    who = "model" if check.kind == "column" else "models"
    measures = {who: check.model if check.kind == "column" else _pair(check)}
    measures["agree"] = _share(found)
    measures["no answer"] = f"{found.unanswered:,}" if found.unanswered else ""
    measures["mean error"] = _signed(found.mean_error)
    measures["mean absolute error"] = _decimals(found.mean_absolute_error)
    measures["within ±1"] = _percent(found.within_one)
    measures["weighted kappa"] = _decimals(found.kappa)
    if check.kind == "column":
        measures["$ per 1,000 rows"] = "" if check.cost is None else dollars(check.cost)
        rate = check.rows_a_minute
        # The rate depends on the limits more than on the model.
        measures["rows/min with waits"] = "" if rate is None else f"{rate:,.0f}"
    return measures


def _share(found: Agreement) -> str:
    if found.share is None:
        return "nothing to compare"
    return f"{100 * found.share:.0f} % ({found.agreed:,} of {found.compared:,})"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _decimals(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    # Not "-0.00".
    return f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"  # noqa: PLR2004 - two decimals


def _confusions(check: CheckFacts, whose: str) -> Part | None:
    """Return the table of confusions, or the most frequent ones; None if all rows agree."""
    found = check.agreement
    if found.agreed == found.compared:
        return None
    if len(found.categories) > _MOST_CATEGORIES:
        return _confusion_list(check, whose)
    return _confusion_table(check, whose)


def _confusion_table(check: CheckFacts, whose: str) -> Part:
    found = check.agreement
    names = found.categories
    counts = {pair: found.table.get(pair, 0) for pair in ((a, b) for a in names for b in names)}
    most = max(counts.values(), default=0) or 1
    down, across = _sides(check)
    title = line(f"{whose}rows by {down} (down) and {across} (across)")
    head = "".join(f'<th dir="auto">{escape(clip(_named(name), _LONGEST))}</th>' for name in names)
    body = "".join(
        f'<tr><th dir="auto" style="text-align: start">{escape(clip(_named(a), _LONGEST))}</th>'
        + "".join(_cell(counts[a, b], most, agrees=a == b) for b in names)
        + "</tr>"
        for a in names
    )
    html = (
        '<div class="groq-listing groq-confusion mathjax_ignore tex2jax_ignore">'
        f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    shown = [clip(_named(name), _LONGEST) for name in names]
    rows = tuple((shown[at], *(f"{counts[a, b]:,}" for b in names)) for at, a in enumerate(names))
    table = Table(("", *shown), rows, is_verbatim=True)
    return joined([title, Part(html, table.plain(), table.markdown())])


def _cell(count: int, most: int, *, agrees: bool) -> str:
    shade = round(_DARKEST * count / most, 2)
    colour = f"; background: rgba(74, 143, 216, {shade})" if agrees else ""
    if not agrees and count:
        colour = f"; background: rgba(217, 110, 31, {max(0.12, shade)})"
    number = f"{count:,}" if count else _NONE
    # Bold, so that the diagonal is visible without colours.
    shown = f"<b>{number}</b>" if agrees else number
    return f'<td style="text-align: right{colour}">{shown}</td>'


def _confusion_list(check: CheckFacts, whose: str) -> Part:
    found = check.agreement
    wrong = Counter({(a, b): count for (a, b), count in found.table.items() if a != b})
    shown = wrong.most_common(_CONFUSIONS)
    title = line(f"{whose}the most frequent of {len(wrong):,} kinds of disagreement")
    rows = tuple(
        (clip(_named(a), 60), clip(_named(b), 60), f"{count:,}") for (a, b), count in shown
    )
    table = Table((*_sides(check), "rows"), rows, is_verbatim=True)
    return joined([title, of_table(table)])


def _sides(check: CheckFacts) -> tuple[str, str]:
    """Return the names of the expected values and of the answers."""
    if check.kind == "column":
        return clip(check.expected, 60), "answer"
    return _short(check.expected), _short(check.model)


def _disagreements(check: CheckFacts, whose: str, *, is_open: bool) -> Part:
    found = check.agreement
    count = max(len(check.rows), found.compared - found.agreed)
    shown = ""
    if len(check.rows) < count:
        which = "furthest apart" if found.is_of_numbers else "of them"
        shown = f", {'the ' * found.is_of_numbers}{len(check.rows):,} {which}"
    disagree = "row disagrees" if count == 1 else "rows disagree"
    title = f"{whose}{count:,} {disagree}{shown}"
    table = of_table(Table(("row", *_sides(check)), check.rows, is_verbatim=True))
    html = (
        f'<details class="groq-folded"{" open" * is_open}><summary>{escape(title)}</summary>'
        f"{table.html}</details>"
    )
    above = line(title)
    return Part(html, f"{above.plain}\n{table.plain}", f"{above.markdown}\n\n{table.markdown}")


def _named(category: str) -> str:
    return category or "(empty)"
