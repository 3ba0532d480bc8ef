"""The static output of a finished map, which is saved with the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import adler32

from groq_magic.clipping import clip
from groq_magic.durations import in_words
from groq_magic.ledger.usage import dollars
from groq_magic.printable import printable
from groq_magic.views.bar import Bar
from groq_magic.views.map.check import check_part
from groq_magic.views.map.fields import fields_part, quotes_part
from groq_magic.views.map.progress import (
    answered_words,
    from_journal_words,
    in_batch_words,
    unit_of,
)
from groq_magic.views.part import Part, heading, joined, line, of_table
from groq_magic.views.static import notices_html, warning_lines
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.map.facts import MapEnd, MapRow, MapStart

__all__ = ["map_bundle", "rows_part"]

# More columns don't fit on a wide page.
_MOST_COLUMNS = 16
_LONGEST = 90
_MOST_ERRORS = 6


def map_bundle(start: MapStart, end: MapEnd) -> tuple[dict[str, str], str]:
    """Return the output of a finished map.

    Returns
    -------
    data : dict
        ``text/html`` (safe, reads well without CSS), ``text/markdown`` and ``text/plain``. The
        same facts give the same bytes.
    slot : str
        The CSS class of its element, by which the page finds it.
    """
    # Rendering is slow to import.
    from groq_magic.rendering import safe_markdown

    whole = joined(_parts(start, end))
    slot = f"groq-map-{adler32(whole.html.encode('utf-8', 'replace'))}"
    classes = f"groq-answer groq-map mathjax_ignore tex2jax_ignore {slot}"
    data = {
        "text/html": f'<div class="{classes}">{whole.html}</div>',
        "text/markdown": safe_markdown(whole.markdown),
        "text/plain": printable(whole.plain),
    }
    return data, slot


def rows_part(start: MapStart, rows: Sequence[MapRow], title: str) -> Part:
    """Return rows as a table under a heading: columns of the data, then new columns."""
    columns = _columns(start, rows)
    # If there are too many, columns of the data are left out first.
    shown = sorted(sorted(columns, key=lambda at: at < start.data_columns)[:_MOST_COLUMNS])
    cells = tuple(
        (clip(row.label, 40), *(clip(row.cells[at], _LONGEST) for at in shown)) for row in rows
    )
    names = ("", *(clip(start.columns[at], 60) for at in shown))
    table = of_table(Table(names, cells, name="groq-map-rows", is_verbatim=True))
    left_out = len(columns) - len(shown)
    note = [line(f"{left_out} more columns are in the frame.")] if left_out else []
    # `groq_magic.map` sets no variable.
    head = heading(start.name, title) if start.name else heading(title.capitalize())
    return joined([head, table, *note])


def _parts(start: MapStart, end: MapEnd) -> list[Part]:
    parts = [_warnings(start, end), _notices((*start.notices, *end.notices))]
    if end.checks:
        parts.append(check_part(end.checks))
    if end.rows:
        parts.append(rows_part(start, end.rows, _title(start, len(end.rows))))
    if end.fields and end.progress.done:
        parts += [fields_part(end.fields), quotes_part(end.quotes)]
    if end.errors:
        parts.append(_errors(start, end))
    return [*parts, _bar(start, end)]


def _columns(start: MapStart, rows: Sequence[MapRow]) -> list[int]:
    """Return the positions of the columns; error columns only if one of the rows has an error."""
    return [
        at
        for at in range(len(start.columns))
        if at not in start.error_columns or any(row.cells[at] for row in rows)
    ]


def _title(start: MapStart, shown: int) -> str:
    count = f"{start.rows:,} row{'s' * (start.rows != 1)}"
    different = start.requested // max(1, len(start.models))
    if different < start.rows:
        count += f", {different:,} different"
    if shown >= start.rows:
        return count
    first = "the first row" if shown == 1 else f"the first {shown}"
    return f"{count}, {first}:"


def _warnings(start: MapStart, end: MapEnd) -> Part:
    """Return the reason of an early end, the number of rows left, and what to do."""
    left = end.progress.left
    failed = end.progress.failed
    sentences = []
    # If an error follows, it states the reason and the remedy, and the bar has the counts.
    if end.reason and not end.is_raised:
        verb = "is" if left == 1 else "are"
        of = f"{left:,} of {end.progress.total:,} {unit_of(start)}"
        rest = f"{of} {verb} not asked yet." if left else ""
        sentences.append(" ".join(filter(None, (end.reason, rest, end.remedy))))
    elif failed and not end.is_raised:
        rows, these = f"{failed:,} {unit_of(start)}", "these"
        if failed == 1:
            rows, these = rows.removesuffix("s"), "this one"
        again = end.remedy or f"Run the cell again: it asks only {these}."
        sentences.append(f"{rows} failed. {again}")
    parts = [line(each) for each in sentences]
    return Part(warning_lines(tuple(sentences)), *_texts(parts))


def _notices(notices: tuple[str, ...]) -> Part:
    return Part(notices_html(notices), *_texts([line(each) for each in notices]))


def _texts(parts: Sequence[Part]) -> tuple[str, str]:
    return "\n".join(part.plain for part in parts), "\n\n".join(part.markdown for part in parts)


def _errors(start: MapStart, end: MapEnd) -> Part:
    shown = end.errors[:_MOST_ERRORS]
    rows = [(clip(text, 200), f"{count:,}") for text, count in shown]
    if rest := end.errors[_MOST_ERRORS:]:
        rows.append((f"{len(rest):,} other errors", f"{sum(count for _, count in rest):,}"))
    names = ("error", unit_of(start))
    table = Table(names, tuple(rows), name="groq-map-errors", is_verbatim=True)
    return joined([heading("Failed"), of_table(table)])


def _bar(start: MapStart, end: MapEnd) -> Part:
    """Return the line of figures at the end."""
    progress = end.progress
    usage = progress.usage
    facts = (
        answered_words(progress, start),
        f"{progress.failed:,} failed" if progress.failed else "",
        f"{progress.left:,} not asked yet" if progress.left else "",
        from_journal_words(progress),
        in_batch_words(progress),
        dollars(progress.cost) if progress.cost and not start.practice else "",
        in_words(progress.seconds),
        "practice mode" if start.practice else "",
    )
    bar = Bar(
        ", ".join(start.models),
        usage.words if usage.total_tokens else "",
        marks=tuple(filter(None, facts)),
    )
    return Part(bar.html(""), *_texts([line(bar.plain())]))
