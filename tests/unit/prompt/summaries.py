"""The text of a value as a prompt shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.prompt import describe

if TYPE_CHECKING:
    from groq_magic.prompt import Extent

__all__ = ["summarise"]


def summarise(value: Any, extent: Extent | None = None) -> str:
    """Return a value as text that stands alone."""
    return describe(value, extent).text
