"""Views: all that is displayed, above all answers.

The only package that imports ipywidgets and anywidget, and only when a widget is
made: importing it is light. Views get values and callables, never the session.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from groq_magic.printable import encodable

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer import AnswerView
    from groq_magic.views.live import Live
    from groq_magic.views.static import StaticView
    from groq_magic.views.terminal import TerminalView

__all__ = ["for_front_end"]


def for_front_end(
    kind: Literal["widgets", "static", "terminal"],
    live: Callable[[], Live] | None = None,
) -> AnswerView | StaticView | TerminalView:
    """Return the view of one ask.

    Parameters
    ----------
    kind : {"widgets", "static", "terminal"}
        What the front end can show: widgets, static outputs, or text.
    live : callable, optional
        Returns the session's widgets; required for widgets.

    Returns
    -------
    AnswerView, StaticView or TerminalView
        A view, not yet open.

    Raises
    ------
    ValueError
        When widgets are asked for without `live`.
    """
    if kind == "terminal":
        from groq_magic.views.terminal import TerminalView

        return TerminalView(_write)
    if kind == "static":
        from groq_magic.views.static import StaticView

        return StaticView()
    if live is None:
        raise ValueError("a view with widgets needs live")
    from groq_magic.views.answer import AnswerView

    return AnswerView(live())


def _write(text: str) -> None:
    sys.stdout.write(encodable(text, getattr(sys.stdout, "encoding", None)))
    sys.stdout.flush()
