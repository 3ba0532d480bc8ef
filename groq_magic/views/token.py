"""The class that marks elements which act as this kernel's own."""

from __future__ import annotations

from groq_magic.notebook import TOKEN

__all__ = ["TOKEN", "TOKEN_CLASS"]

TOKEN_CLASS = f"groq-token-{TOKEN}"
