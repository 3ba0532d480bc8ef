"""Closing a widget with everything that was made for it."""

from __future__ import annotations

from typing import Any

__all__ = ["close_whole"]


def close_whole(widget: Any) -> None:
    """Close a widget, its children, and the layouts and styles of all of them.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Closing it alone would leave its layout and its style in the kernel.
    """
    for child in getattr(widget, "children", ()):
        close_whole(child)
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None and hasattr(part, "close"):
            part.close()
    widget.close()
