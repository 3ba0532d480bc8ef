"""The line that a view shows while it waits."""

from __future__ import annotations

from groq_magic.api.durations import in_words

__all__ = ["line_of"]


def line_of(reason: str, left: float, next_try: int, tries: int) -> str:
    """Return why is waited, how long yet, and which try comes next."""
    return f"{reason} Trying again in {in_words(left)} (try {next_try} of {tries}). ■ stops."
