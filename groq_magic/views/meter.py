"""A quota as a bar with its label, in the panel and in `%groq_usage`."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.views.session_facts import Meter

__all__ = ["meter_html"]


def meter_html(meter: Meter, name: str = "") -> str:
    """Return a meter as safe HTML; one with a name is updated by the page."""
    label = escape(meter.label)
    classes = f"groq-meter groq-meter-{name}" if name else "groq-meter"
    return (
        f'<progress class="{classes}" max="{max(meter.limit, 1)}" value="{meter.used}" '
        f'aria-label="{label}"></progress><div>{label}</div>'
    )
