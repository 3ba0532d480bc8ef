"""The style sheet of the views: the files of `page/`, one after the other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["page_style"]

_PAGE = Path(__file__).parent / "page"


@cache
def page_style() -> str:
    """Return the CSS of all views; no file depends on another's place, but for the theme's."""
    files = ("theme", *sorted(file.stem for file in _PAGE.glob("*.css") if file.stem != "theme"))
    return "\n".join((_PAGE / f"{name}.css").read_text(encoding="utf-8") for name in files)
