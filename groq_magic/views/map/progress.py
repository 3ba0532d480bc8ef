"""The progress of a map, as text and as HTML with a progress bar."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from groq_magic.durations import in_words
from groq_magic.ledger.usage import dollars
from groq_magic.views.phrase import SEPARATOR, phrase_html

if TYPE_CHECKING:
    from groq_magic.views.map.facts import MapProgress, MapStart

__all__ = [
    "answered_words",
    "count_words",
    "end_words",
    "from_journal_words",
    "in_batch_words",
    "progress_html",
    "progress_words",
    "unit_of",
    "waiting_words",
]

# Below this rate, which would show as "0.0 rows/s", the rate is per minute.
_SLOW = 0.1
# From this rate on there are no decimals, which would only flicker.
_FAST = 10


def unit_of(start: MapStart) -> str:
    """Return what the progress counts: rows, different rows, or answers of several models."""
    if start.requested == start.rows:
        return "rows"
    return "answers" if len(start.models) > 1 else "different rows"


def progress_words(progress: MapProgress, start: MapStart) -> str:
    """Return the progress in one line: `412 of 1,000 rows · 21 rows/s · about 28 s left`."""
    parts = (
        count_words(progress, start),
        f"{progress.failed:,} failed" if progress.failed else "",
        from_journal_words(progress),
        in_batch_words(progress),
        _rate(progress),
        f"{progress.usage.total_tokens:,} tokens" if progress.usage.total_tokens else "",
        _cost(progress, start),
        _left(progress),
    )
    return SEPARATOR.join(filter(None, parts))


def count_words(progress: MapProgress, start: MapStart) -> str:
    """Return the number of finished rows: `412 of 1,000 rows`."""
    return f"{progress.done + progress.failed:,} of {progress.total:,} {unit_of(start)}"


def answered_words(progress: MapProgress, start: MapStart) -> str:
    """Return the number of rows with an answer: `997 of 1,000 rows answered`."""
    done, total = progress.done, progress.total
    of = f" of {total:,}" if done < total else ""
    unit = unit_of(start)
    if unit == "answers":
        return f"{done:,}{of} {unit}"
    return f"{done:,}{of} {unit.removesuffix('s') if done == 1 and not of else unit} answered"


def end_words(progress: MapProgress, start: MapStart, *, is_stopped: bool) -> str:
    """Return the end of a map in one line for screen readers: `Map finished: 9 rows answered`."""
    counts = (
        answered_words(progress, start),
        f"{progress.failed:,} failed" if progress.failed else "",
        in_batch_words(progress),
    )
    return f"Map {'stopped' if is_stopped else 'finished'}: {', '.join(filter(None, counts))}"


def from_journal_words(progress: MapProgress) -> str:
    """Return the number of answers from the journal, "" for 0."""
    return f"{progress.from_journal:,} from the journal" if progress.from_journal else ""


def in_batch_words(progress: MapProgress) -> str:
    """Return the number of rows in batch jobs, "" for 0."""
    return f"{progress.in_batch:,} in a batch job" if progress.in_batch else ""


def waiting_words(progress: MapProgress) -> str:
    """Return the reason and the length of the present wait, "" for no wait."""
    if not progress.waiting_for or progress.is_over:
        return ""
    return f"{progress.waiting_for} Continues in {in_words(progress.waits)}. ■ stops."


def progress_html(progress: MapProgress, start: MapStart) -> str:
    """Return a progress bar and the progress in one line, as safe HTML."""
    finished = progress.done + progress.failed
    # The label lets screen readers read the progress on demand, not five times a second.
    return (
        '<div class="groq-map-progress"><progress class="groq-meter" '
        f'max="{max(1, progress.total)}" value="{finished}" '
        f'aria-label="{escape(count_words(progress, start))}"></progress>'
        f'<div class="groq-map-figures">{phrase_html(progress_words(progress, start))}</div></div>'
    )


def _rate(progress: MapProgress) -> str:
    rate = progress.rows_a_second
    if rate < _SLOW:
        per_minute = rate * 60
        return f"{per_minute:.1f} rows/min" if per_minute >= _SLOW else ""
    return f"{rate:,.0f} rows/s" if rate >= _FAST else f"{rate:.1f} rows/s"


def _cost(progress: MapProgress, start: MapStart) -> str:
    if start.practice:
        return "practice mode"
    return dollars(progress.cost) if progress.cost else ""


def _left(progress: MapProgress) -> str:
    if progress.seconds_left is None or not progress.left:
        return ""
    return f"about {in_words(progress.seconds_left)} left"
