"""The widget that streams one answer where each output has a frame of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from groq_magic.views.comm_routing import answer_while_busy
from groq_magic.views.page_code import page_code, page_style
from groq_magic.views.picker import close_whole
from groq_magic.views.slots import TOKEN, TOKEN_CLASS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.views.documents import Document

__all__ = ["FramedAnswer"]

# Seconds that a slow front end may still need the widget.
CLOSED_AFTER = 2.0


class FramedAnswer(anywidget.AnyWidget):
    """Streams one answer in a view of its own, by page/framed.mjs.

    Parameters
    ----------
    document : Document
        The answer.
    receive : callable
        Called with each message of the page, in any thread.

    Notes
    -----
    VS Code and Colab show each output in a frame, where the session widget can't draw. The
    output has both this view and static HTML, and the front end shows one of them.
    """

    _esm = page_code("framed")
    _css = page_style()

    token = traitlets.Unicode(TOKEN).tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    present = traitlets.Dict().tag(sync=True)

    def __init__(self, document: Document, receive: Callable[[Mapping[str, Any]], None]) -> None:
        self._document = document
        place = f"groq-slot-stream groq-doc-{document.slot} {TOKEN_CLASS}"
        super().__init__(place=place)
        document.send_also(self.send)
        answer_while_busy(self)
        self.on_msg(lambda _widget, content, _buffers: receive(content))

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002 - ipywidgets' signature
        """Return the synced state, the whole document included."""
        state = super().get_state(key, drop_defaults)
        if "present" in state:
            state["present"] = {"docs": [self._document.whole()]}
        return state

    def view(self) -> dict[str, Any]:
        """Return the view for a MIME bundle."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view}

    def close_soon(self) -> None:
        """Close it, a little later if a loop runs."""
        try:
            asyncio.get_running_loop().call_later(CLOSED_AFTER, close_whole, self)
        except RuntimeError:  # no loop runs
            close_whole(self)
