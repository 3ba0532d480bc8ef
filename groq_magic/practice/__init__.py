"""A server that speaks Groq's API on loopback, with no model behind it."""

from __future__ import annotations

__all__: list[str] = []
