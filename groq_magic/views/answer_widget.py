"""The widget of one streaming answer: what it is told, and what it sends back."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from groq_magic.rendering import MarkdownStream
from groq_magic.views.comm_routing import (
    answer_while_busy,
    ignore_on_control,
    receive_on_control,
)
from groq_magic.views.page_code import page_code
from groq_magic.views.static import notices_html

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AnswerWidget"]


class AnswerWidget(anywidget.AnyWidget):
    """One streaming answer, drawn by page/answer.mjs.

    Parameters
    ----------
    picker : str
        The model id of the session's picker.
    notices : tuple of str
        The lines above the answer.
    stopped : threading.Event
        Set when the reader presses Stop, from whichever thread brings that.

    Notes
    -----
    What has come goes out as numbered custom messages; the trait `present` is
    never sent on a change, but holds everything so far for a page that loads
    in mid-stream. A page that finds a number missing asks for the whole.

    What a page sends comes twice: as a message of the widget, and on the
    kernel's control channel under a name of this answer's own, so that a press
    of Stop that comes late stops nothing else. A stop is confirmed, once.
    """

    _esm = page_code("answer")

    picker = traitlets.Unicode().tag(sync=True)
    present = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        picker: str,
        notices: tuple[str, ...],
        stopped: threading.Event,
    ) -> None:
        self._text = MarkdownStream()
        self._thought = MarkdownStream()
        self._count = 0
        self._shown: dict[str, Any] = {"notices": notices_html(notices)}
        self._on_control = f"groq_answer_{uuid.uuid4().hex}"
        self._drawing = threading.RLock()
        self._stopped = stopped
        super().__init__(picker=picker)
        answer_while_busy(self)
        self.on_msg(lambda _widget, content, _buffers: self._heard(content))
        receive_on_control(self, self._on_control, self._heard)

    def close(self) -> None:
        """Close it; its name on the control channel goes with it."""
        ignore_on_control(self, self._on_control)
        super().close()

    def feed(self, text: str, thought: str) -> None:
        """Draw what has come of the answer and of the reasoning."""
        with self._drawing:
            self._tell(
                text=self._text.feed(text) if text else [],
                thought=self._thought.feed(thought) if thought else [],
            )

    def show(self, facts: Mapping[str, Any]) -> None:
        """Draw facts by name: figures, waiting (HTML) or summary."""
        with self._drawing:
            new = {k: v for k, v in facts.items() if self._shown.get(k) != v}
            self._shown.update(new)
            if new:
                self._tell(show=new)

    def html(self) -> str:
        """Return the safe HTML of what has come of the answer."""
        return self._text.html()

    def thought(self) -> tuple[str, str] | None:
        """Return heading and safe HTML of the reasoning, None where there was none."""
        summary = self._shown.get("summary")
        return (summary, self._thought.html()) if summary else None

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002 - ipywidgets' signature
        """Return the synced state, the present document included."""
        state = super().get_state(key, drop_defaults)
        if "present" in state:
            with self._drawing:
                state["present"] = self._whole()
        return state

    def _whole(self) -> dict[str, Any]:
        return {
            "count": self._count,
            "text": self._text.patches_from_start(),
            "thought": self._thought.patches_from_start(),
            "show": dict(self._shown),
            "onControl": self._on_control,
        }

    def _tell(self, **told: Any) -> None:
        self._count += 1
        self.send({"count": self._count, **told})

    def _heard(self, content: Mapping[str, Any]) -> None:
        if content.get("stop"):
            self._stopped.set()
            self.show({"stop": "received"})
        if content.get("tell") == "whole":
            with self._drawing:
                self.send({"whole": True, **self._whole()})
