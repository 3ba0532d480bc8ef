"""The session's token, by which a page knows outputs of this kernel from forged ones."""

from __future__ import annotations

from IPython import get_ipython

from groq_magic.page.cell import TOKEN
from groq_magic.page.front_end import front_end

__all__ = ["TOKEN", "TOKEN_CLASS", "slot_classes"]

TOKEN_CLASS = f"groq-token-{TOKEN}"


def slot_classes(name: str) -> str:
    """Return the classes of a slot that acts.

    The token is among them only where a page can fill the slot: elsewhere the
    same output has the same text in every run.
    """
    has_page = front_end(get_ipython()) == "widgets"
    return f"{name} {TOKEN_CLASS}" if has_page else name
