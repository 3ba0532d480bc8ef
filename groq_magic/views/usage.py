"""What the session used, and what is left."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.ledger.ledger import sum_of
from groq_magic.ledger.usage import PRICES_AS_OF, dollars
from groq_magic.views.phrase import phrase_html, phrase_plain
from groq_magic.views.plot import bar, columns
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.ledger.ledger import Entry, Ledger, Source, Sum
    from groq_magic.views.session_facts import Meter

__all__ = ["usage"]

_NO_LIMITS = "Limits appear after the next answer."
_NO_ASKS = "Nothing was asked in this session yet."
_UNKNOWN = "unknown"
_SHOWN = 60
_SOURCES = MappingProxyType({"service": "", "cache": " · from the cache", "replay": " · replayed"})


def usage(meters: Sequence[tuple[str, str, Meter]], ledger: Ledger, at: str) -> tuple[str, str]:
    """Return what the session used and what is left as HTML and as plain text.

    Parameters
    ----------
    meters : sequence of (str, str, Meter)
        A model, what its limit is called, and where it stands.
    ledger : Ledger
    at : str
        The time for which the meters hold: "2026-10-02 14:32".

    Returns
    -------
    html, plain : str
        Safe HTML that reads well without CSS and scripts, and plain text.
    """
    parts = [_quota(meters, at), *_asks(ledger)]
    html = "".join(part[0] for part in parts)
    return (
        f'<div class="groq-listing groq-usage mathjax_ignore tex2jax_ignore">{html}</div>',
        "\n\n".join(part[1] for part in parts),
    )


def _quota(meters: Sequence[tuple[str, str, Meter]], at: str) -> tuple[str, str]:
    if not meters:
        return _line(_NO_LIMITS)
    rows = tuple(
        (
            model,
            name,
            f"{meter.limit - meter.used:,}",
            f"`{bar(meter.used / max(meter.limit, 1))}`",
            meter.label,
        )
        for model, name, meter in meters
    )
    table = Table(("model", "limit", "left", f"used at {at}", ""), rows)
    return table.html(), table.plain()


def _asks(ledger: Ledger) -> list[tuple[str, str]]:
    counted = [entry for entry in ledger.entries if entry.counted]
    left_out = len(ledger) - len(counted)
    parts = [_line(_left_out(left_out))] if left_out else []
    if cut := sum(entry.is_unmeasured for entry in counted):
        parts.append(_line(_unmeasured(cut)))
    if not counted:
        return parts or [_line(_NO_ASKS)]
    table = _by_model(ledger)
    return [(table.html(), table.plain()), *parts, _plot(ledger.entries)]


def _left_out(count: int) -> str:
    asks, are = ("asks were", "are") if count > 1 else ("ask was", "is")
    return f"{count:,} {asks} refused, stopped or broken off unanswered, and {are} not counted."


def _unmeasured(count: int) -> str:
    asks, they = ("asks", "they") if count > 1 else ("ask", "it")
    return f"{count:,} {asks} came without a count of tokens: what {they} used is not known here."


def _by_model(ledger: Ledger) -> Table:
    groups = ledger.by_model()
    rows = [_row(_called(*key), found, free=_is_free(*key)) for key, found in groups.items()]
    if len(rows) > 1:
        spent = [e for e in ledger.entries if e.counted and e.source == "service"]
        rows.append(_row("from the service", sum_of(spent), free=all(e.practice for e in spent)))
    return Table(
        (
            "model",
            "asks",
            "prompt",
            "answer",
            "reasoning",
            "queue",
            "first token",
            "tok/s",
            "cost",
        ),
        tuple(rows),
        f"In tokens; reasoning is part of the answer. Times and speeds are medians, "
        f"cost is by Groq's prices of {PRICES_AS_OF}.",
    )


def _called(model: str, practice: bool, source: Source) -> str:  # noqa: FBT001 - a part of the sum's key
    return f"{model}{' · practice' if practice else ''}{_SOURCES[source]}"


def _is_free(_model: str, practice: bool, source: Source) -> bool:  # noqa: FBT001 - as above
    return practice or source != "service"


def _row(called: str, found: Sum, *, free: bool) -> tuple[str, ...]:
    speed = found.tokens_per_second
    return (
        called,
        f"{found.asks:,}",
        f"{found.prompt_tokens:,}"
        + (f" ({found.cached_tokens:,} cached)" if found.cached_tokens else ""),
        f"{found.completion_tokens:,}",
        f"{found.reasoning_tokens:,}",
        _seconds(found.queue),
        _seconds(found.first_token),
        f"{speed:,.0f}" if speed else "\N{EN DASH}",
        "none" if free else _cost(found),
    )


def _cost(found: Sum) -> str:
    if not found.unpriced:
        return dollars(found.cost)
    return f"{dollars(found.cost)} + {_UNKNOWN}" if found.cost else _UNKNOWN


def _seconds(seconds: float | None) -> str:
    return f"{seconds:.2f} s" if seconds is not None else "\N{EN DASH}"


def _plot(entries: Sequence[Entry]) -> tuple[str, str]:
    shown = entries[-_SHOWN:]
    tokens = [float(e.usage.completion_tokens) if e.usage else None for e in shown]
    speeds = [e.tokens_per_second for e in shown]
    which = (
        f"asks {shown[0].number} to {shown[-1].number}"
        if len(shown) > 1
        else f"ask {shown[0].number}"
    )
    html, plain = [], []
    for what, values in (("Tokens of the answer", tokens), ("Tokens a second", speeds)):
        if any(values):
            lines = "\n".join(columns(values))
            title = f"{what}, {which}:"
            html.append(
                f"<div><small>{escape(title)}</small></div>"
                f'<pre class="groq-plot" style="line-height: 1.1">{lines}</pre>'
            )
            plain.append(f"{title}\n{lines}")
    return "".join(html), "\n\n".join(plain)


def _line(text: str) -> tuple[str, str]:
    return f"<div>{phrase_html(text)}</div>", phrase_plain(text)
