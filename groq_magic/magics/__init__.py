"""The IPython face: a file for each family of magics. They parse, delegate and show."""

from __future__ import annotations

from groq_magic.magics.loading import load, session_of, unload

__all__ = ["load", "session_of", "unload"]
