"""The session's usage and quota, for `%groq_usage`."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.ledger.ledger import sum_of
from groq_magic.ledger.usage import PRICES_AS_OF, dollars
from groq_magic.views.meter import meter_html
from groq_magic.views.phrase import phrase_html, phrase_plain
from groq_magic.views.plot import bar, column_chart, columns
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.ledger.ledger import Entry, Ledger, Sum
    from groq_magic.views.session_facts import Meter

__all__ = ["usage"]

_UNKNOWN_LIMITS = "Limits appear after the next answer."
_NO_ASKS = "Nothing was asked in this session yet."
_UNKNOWN = "unknown"
_SHOWN = 60
_COLUMNS = ("model", "asks", "tokens sent", "tokens received", "first token", "tok/s", "cost")
_SOURCES = MappingProxyType({"service": "", "cache": " · from the cache", "replay": " · replayed"})


def usage(
    meters: Sequence[tuple[str, str, Meter]], ledger: Ledger, at: str, *, practice: bool = False
) -> tuple[str, str]:
    """Return usage and quota as HTML and as plain text.

    Parameters
    ----------
    meters : sequence of (str, str, Meter)
        A model, the name of a limit, and its meter.
    ledger : Ledger
    at : str
        The time of the meters: "2026-10-02 14:32".
    practice : bool
        Whether they are the practice server's limits.

    Returns
    -------
    html, plain : str
        Safe HTML that reads well without CSS and scripts, and plain text.
    """
    whose = "Practice limits" if practice else "Limits"
    parts = _limits(meters, f"{whose} at {at}; the limits per minute refill within a minute")
    real, practised = (_asks(ledger, practice=side) for side in (False, True))
    if real:
        real = [_heading("Asks of this session"), *real]
    if practised:
        practised = [_heading("Practice mode: no model, no cost"), *practised]
    parts += [*real, *practised] or [_line(_NO_ASKS)]
    html = "".join(part[0] for part in parts)
    return (
        f'<div class="groq-listing groq-usage mathjax_ignore tex2jax_ignore">{html}</div>',
        "\n\n".join(part[1] for part in parts),
    )


def _limits(meters: Sequence[tuple[str, str, Meter]], heading: str) -> list[tuple[str, str]]:
    if not meters:
        return [_line(_UNKNOWN_LIMITS)]
    html, rows, before = [], [], ""
    for model, name, meter in meters:
        if model != before:
            html.append(f'<tr><th colspan="2" style="text-align: left">{escape(model)}</th></tr>')
            before = model
        html.append(
            f'<tr><td style="text-align: left">{escape(name)}</td>'
            f'<td style="text-align: left">{meter_html(meter)}</td></tr>'
        )
        used = bar(meter.used / max(meter.limit, 1))
        rows.append((model, name, used, meter.label))
    table = Table(("model", "limit", "", ""), tuple(rows))
    title, plain = _heading(heading)
    body = f'<table class="groq-limits"><tbody>{"".join(html)}</tbody></table>'
    return [(f"{title}{body}", f"{plain}\n{table.plain()}")]


def _asks(ledger: Ledger, *, practice: bool) -> list[tuple[str, str]]:
    entries = [entry for entry in ledger.entries if entry.practice == practice]
    counted = [entry for entry in entries if entry.counted]
    left_out = len(entries) - len(counted)
    parts = [_line(_left_out(left_out))] if left_out else []
    if cut := sum(entry.is_unmeasured for entry in counted):
        parts.append(_line(_unmeasured(cut)))
    if not counted:
        return parts
    table = _by_model(ledger, counted, practice=practice)
    return [(table.html(), table.plain()), *parts, _charts(entries)]


def _left_out(count: int) -> str:
    asks, are = ("asks were", "are") if count > 1 else ("ask was", "is")
    return f"{count:,} {asks} refused, stopped or cut off unanswered, and {are} not counted."


def _unmeasured(count: int) -> str:
    asks, their = ("asks", "their") if count > 1 else ("ask", "its")
    return f"{count:,} {asks} ended before {their} tokens were counted: the sums leave them out."


def _by_model(ledger: Ledger, counted: Sequence[Entry], *, practice: bool) -> Table:
    groups = {
        (model, source): found
        for (model, of_practice, source), found in ledger.by_model().items()
        if of_practice == practice
    }
    rows = [
        _row(f"{model}{_SOURCES[source]}", found, free=practice or source != "service")
        for (model, source), found in groups.items()
    ]
    if len(rows) > 1:
        sent = [entry for entry in counted if entry.source == "service"]
        total = "total" if len(sent) == len(counted) else "total without cached and replayed"
        rows.append(_row(total, sum_of(sent), free=practice))
    costs = "" if practice else f" Cost is based on Groq's prices as of {PRICES_AS_OF}."
    note = f"First token is the time until it arrives; it and tok/s are medians.{costs}"
    return Table(_COLUMNS, tuple(rows), note, name="groq-sums")


def _row(called: str, found: Sum, *, free: bool) -> tuple[str, ...]:
    speed = found.tokens_per_second
    return (
        called,
        f"{found.asks:,}",
        _with_part(found.prompt_tokens, found.cached_tokens, "cached"),
        _with_part(found.completion_tokens, found.reasoning_tokens, "reasoning"),
        f"{found.first_token:.2f} s" if found.first_token is not None else "\N{EN DASH}",
        f"{speed:,.0f}" if speed else "\N{EN DASH}",
        "none" if free else _cost(found),
    )


def _with_part(whole: int, part: int, name: str) -> str:
    return f"{whole:,}" + (f" ({part:,}\N{NO-BREAK SPACE}{name})" if part else "")


def _cost(found: Sum) -> str:
    if not found.unpriced:
        return dollars(found.cost)
    least = dollars(found.cost)
    return f"≥ {least}" if least.startswith("$") and found.cost else _UNKNOWN


def _charts(entries: Sequence[Entry]) -> tuple[str, str]:
    shown = entries[-_SHOWN:]
    tokens = [float(e.usage.completion_tokens) if e.usage else None for e in shown]
    speeds = [e.tokens_per_second for e in shown]
    first, last = shown[0].number, shown[-1].number
    asks = f"asks {first} to {last}" if len(shown) > 1 else f"ask {first}"
    ends = [f"ask {first}", *([str(last)] if len(shown) > 1 else [])]
    html, plain = [], []
    for what, values in (("Tokens received", tokens), ("Tokens a second", speeds)):
        if any(values):
            numbers = ", ".join("none" if each is None else f"{each:,.0f}" for each in values)
            html.append(
                f"<div><div><small>{what}, {asks}</small></div>"
                f"{column_chart(values, f'{what}, {asks}: {numbers}', ends)}</div>"
            )
            plain.append("\n".join((f"{what}, {asks}:", *columns(values))))
    return f'<div class="groq-charts">{"".join(html)}</div>', "\n\n".join(plain)


def _heading(text: str) -> tuple[str, str]:
    return f"<div><b>{escape(text)}</b></div>", text


def _line(text: str) -> tuple[str, str]:
    return f"<div>{phrase_html(text)}</div>", phrase_plain(text)
