"""A summary of the answers in one column: counts, a histogram, or the lengths of texts."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from html import escape
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, flat
from groq_magic.printable import printable
from groq_magic.views.part import Part, heading, joined
from groq_magic.views.phrase import SEPARATOR
from groq_magic.views.plot import bar, bar_image, column_chart, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.map.facts import MapField, MapQuotes

__all__ = ["FieldSummary", "field_summary", "fields_part", "quotes_part"]

# With more different values, a column is not counted; the most frequent ones are shown.
_MOST_DIFFERENT, _SHOWN = 30, 8
# With more different numbers, a column has a histogram.
_MOST_NUMBERS = 7
# A column with longer values, in characters, is free text.
_LONGEST = 40
_BINS = 20
_BAR = 20
# Larger numbers are identifiers, and their sums overflow.
_LARGEST = 1e15
_OTHERS = "others"


@dataclass(frozen=True)
class FieldSummary:
    """The answers in one column.

    Parameters
    ----------
    name : str
        The column's name.
    facts : tuple of str
        Phrases such as "mean 3.2" or "4 missing".
    counts : tuple of (str, int)
        Values and their counts; empty for many different numbers, and for free text.
    others : tuple of (str, int) or None
        A label for the values that are not shown, and their count.
    answers : int
        The number of answers; an answer that is a list has several values.
    bins : tuple of (str, str, int)
        The bins of a histogram: from, to, count.
    """

    name: str
    facts: tuple[str, ...]
    counts: tuple[tuple[str, int], ...] = ()
    others: tuple[str, int] | None = None
    answers: int = 0
    bins: tuple[tuple[str, str, int], ...] = ()


def field_summary(field: MapField) -> FieldSummary:
    """Return the summary of a column's answers."""
    values = [value for value in field.values if value is not None]
    missing = len(field.values) - len(values)
    ends = (f"{missing:,} missing",) if missing else ()
    if not values:
        return FieldSummary(field.name, ("no answers",))
    numbers = [found for found in map(_number, values) if found is not None]
    if len(numbers) == len(values):
        return _of_numbers(field.name, numbers, ends)
    return _of_texts(field, values, ends)


def fields_part(fields: Sequence[MapField]) -> Part:
    """Return the summaries of columns as text, some with a chart."""
    found = [(field_summary(field), len(field.values)) for field in fields]
    # Charts come first, side by side; the other summaries follow as lines.
    found.sort(key=lambda one: not (one[0].counts or one[0].bins))
    parts = (_field_part(summary, rows) for summary, rows in found)
    return joined(parts, '<div class="groq-fields">', "</div>")


def quotes_part(quotes: Sequence[MapQuotes]) -> Part:
    """Return a line for each column of quotes: how many quotes are not in their rows."""
    return joined(heading(each.name, _quotes_words(each)) for each in quotes)


def _quotes_words(quotes: MapQuotes) -> str:
    count = quotes.found + quotes.invented
    if quotes.invented:
        verb = "is" if quotes.invented == 1 else "are"
        words = f"✗ {quotes.invented:,} of {count:,} quotes {verb} not in their row"
    elif count == 1:
        words = "the quote is in its row"
    else:
        words = f"all {count:,} quotes are in their row" if count else ""
    missing = f"{quotes.missing:,} without a quote" if quotes.missing else ""
    return SEPARATOR.join(filter(None, (words, missing)))


def _field_part(summary: FieldSummary, rows: int) -> Part:
    parts = []
    if summary.counts:
        parts.append(_counts_part(summary))
    elif summary.bins:
        parts.append(_histogram_part(summary))
    counted = (f"{rows:,} row{'s' * (rows != 1)}",) if parts else ()
    parts.insert(0, heading(summary.name, SEPARATOR.join((*counted, *summary.facts))))
    kind = "groq-field" if len(parts) > 1 else "groq-field groq-field-words"
    return joined(parts, f'<div class="{kind}">', "</div>")


def _of_numbers(name: str, numbers: list[float], ends: tuple[str, ...]) -> FieldSummary:
    low, high = min(numbers), max(numbers)
    counted = Counter(numbers)
    facts = (f"mean {fmean(numbers):,.4g}", f"median {median(numbers):,.4g}")
    if len(counted) <= _MOST_NUMBERS:
        counts = tuple((_digits(each), counted[each]) for each in sorted(counted))
        return FieldSummary(name, (*facts, *ends), counts, answers=len(numbers))
    whole = all(each == int(each) for each in counted)
    spread = f"{_digits(low)} to {_digits(high)}"
    return FieldSummary(name, (spread, *facts, *ends), bins=_bins(numbers, low, high, whole=whole))


def _bins(
    numbers: list[float], low: float, high: float, *, whole: bool
) -> tuple[tuple[str, str, int], ...]:
    """Return bins of equal size, with whole bounds for whole numbers."""
    # The division underflows to 0 for the smallest floats.
    size, most = (high - low) / _BINS or 1.0, _BINS
    if whole:
        size = math.ceil((high - low + 1) / _BINS)
        most = math.ceil((high - low + 1) / size)
    counts = [0] * most
    for each in numbers:
        counts[min(most - 1, int((each - low) / size))] += 1
    return tuple(
        (
            _digits(low + at * size),
            _digits(min(high, low + (at + 1) * size - (1 if whole else 0))),
            count,
        )
        for at, count in enumerate(counts)
    )


def _of_texts(field: MapField, values: Sequence[Any], ends: tuple[str, ...]) -> FieldSummary:
    texts = [text for value in values for text in _texts(value)]
    counted = Counter(texts)
    if not counted:
        return FieldSummary(field.name, ("all empty", *ends))
    longest = max(map(len, counted))
    what = "entries" if any(isinstance(value, list) for value in values) else "values"
    kinds = f"{len(counted):,} different {what}" if len(counted) > 1 else "always the same"
    repeats = len(counted) <= max(_SHOWN, len(texts) // 3)
    if longest <= _LONGEST and len(counted) <= _MOST_DIFFERENT and repeats:
        first = counted.most_common(_SHOWN if len(counted) > _SHOWN else None)
        rest = len(texts) - sum(count for _, count in first)
        others = (f"{len(counted) - len(first)} {_OTHERS}", rest) if rest else None
        facts = (kinds, *ends) if others else ends
        return FieldSummary(field.name, facts, tuple(first), others, len(values))
    if field.kind == "date":
        return FieldSummary(field.name, (f"{min(counted)} to {max(counted)}", kinds, *ends))
    shortest = min(map(len, counted))
    lengths = f"{shortest:,} to {longest:,} characters" if shortest < longest else ""
    facts = (kinds, lengths or f"{longest:,} characters each", *ends)
    return FieldSummary(field.name, facts)


def _texts(value: Any) -> list[str]:
    """Return the texts to count: one for each entry of a list, or one for any other value."""
    items = value if isinstance(value, list) else [value]
    return [_text(item) for item in items]


def _text(value: Any) -> str:
    if isinstance(value, str):
        # Long texts are never shown.
        return (" ".join(value.split()) or "empty") if len(value) <= 2 * _LONGEST else value
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return clip(json.dumps(value, ensure_ascii=False), 200)
    except (TypeError, ValueError, RecursionError):
        return flat(value, 200)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if abs(found) < _LARGEST else None


def _digits(value: float) -> str:
    """Return a whole number in full, another number with four digits."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def _counts_part(summary: FieldSummary) -> Part:
    most = max(count for _, count in summary.counts)
    others = [summary.others] if summary.others else []
    # The bar of the others would be longer than the bar of any value.
    shares = [*(count / most for _, count in summary.counts), *(0.0 for _ in others)]
    rows = [
        (
            printable(clip(label, _LONGEST)),
            share,
            f"{count:,}",
            f"{100 * count / summary.answers:.0f} %",
        )
        for share, (label, count) in zip(shares, (*summary.counts, *others), strict=True)
    ]
    html = "".join(
        f'<tr><td dir="auto" style="text-align: start">{escape(label)}</td>'
        f"<td>{bar_image(share) if share else ''}</td>"
        f'<td style="text-align: right">{count}</td><td style="text-align: right">{part}</td></tr>'
        for label, share, count, part in rows
    )
    width = max(len(label) for label, *_ in rows)
    digits = max(len(count) for _, _, count, _ in rows)
    lines = [
        f"{label:<{width}}  {drawn:<{_BAR}}  {count:>{digits}}  {part:>5}"
        for label, drawn, count, part in (
            (label, bar(share, _BAR) if share else "", *rest) for label, share, *rest in rows
        )
    ]
    return Part(f"<table><tbody>{html}</tbody></table>", "\n".join(lines), _fenced(lines))


def _histogram_part(summary: FieldSummary) -> Part:
    counts = [float(count) for _, _, count in summary.bins]
    ends = (summary.bins[0][0], summary.bins[-1][1])
    described = ", ".join(
        f"{count:,} from {low} to {high}" for low, high, count in summary.bins if count
    )
    alt = f"Histogram of {clip(printable(summary.name), 60)}: {described}"
    lines = columns(counts)
    margin = " " * (lines[0].index("┤") + 1)
    gap = max(1, max(map(len, lines)) - len(margin) - len(ends[0]) - len(ends[1]))
    lines.append(f"{margin}{ends[0]}{' ' * gap}{ends[1]}")
    return Part(f"<div>{column_chart(counts, alt, ends)}</div>", "\n".join(lines), _fenced(lines))


def _fenced(lines: Sequence[str]) -> str:
    from groq_magic.rendering import fenced

    return fenced("\n".join(lines))
