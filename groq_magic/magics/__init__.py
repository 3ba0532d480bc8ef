"""The IPython interface: a module for each group of magics. They parse, call and display."""

from __future__ import annotations

from groq_magic.magics.extension import load, session_of, unload

__all__ = ["load", "session_of", "unload"]
