"""The class that marks elements which act as this kernel's own."""

from __future__ import annotations

import secrets

__all__ = ["TOKEN", "TOKEN_CLASS"]

# Nobody knows it beforehand: no element of a foreign notebook can have it.
TOKEN = secrets.token_hex(8)
TOKEN_CLASS = f"groq-token-{TOKEN}"
