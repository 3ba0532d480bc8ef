"""Talk to Groq's models from Jupyter cells: the notebook is the conversation."""

from __future__ import annotations

__version__ = "0.1.0"
