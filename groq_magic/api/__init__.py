"""Groq's API: the only room that imports `groq` and `httpx`, and both at first use."""

from __future__ import annotations
