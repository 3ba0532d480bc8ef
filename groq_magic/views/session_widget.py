"""The session widget, without a view: it fills slots of outputs and streams answers there."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import anywidget
import traitlets

from groq_magic.views.comm_routing import answer_while_busy, ignore_on_control, receive_on_control
from groq_magic.views.page_code import page_code, page_style
from groq_magic.views.slots import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.views.answer_facts import LiveFacts, Replacement
    from groq_magic.views.documents import Documents
    from groq_magic.views.finished_outputs import FinishedOutputs, Run
    from groq_magic.views.page_reports import PageReports
    from groq_magic.views.session_facts import KeyFacts, QuotaFacts
    from groq_magic.views.shown_answers import Thought

__all__ = ["SessionWidget"]

# The type of the messages on the kernel's control channel.
ON_CONTROL = f"groq_session_{TOKEN}"
_MOST_NEXT = 50  # codes of next cells that a page which loads later gets


class SessionWidget(anywidget.AnyWidget):
    """Fills the slots of this session's outputs and streams its answers, by page/session.mjs.

    Parameters
    ----------
    picker : str
        The model id of the session's picker.
    current : str
        The id of the model that the next ask goes to.
    make_panel : callable
        Makes the panel and returns its model id; called when an output with a
        panel's slot is first seen.
    quota : callable
        Returns what is left of the limits now.
    documents : Documents
        The answers that stream.
    finished : FinishedOutputs
        The outputs that no notebook file has yet.
    pages : PageReports
        Receives what pages report of themselves.
    cells_changed : callable
        Receives a notebook's path and the ids of its cells, in any thread.
    hand_over : callable
        Runs a call in the session's thread: what a page sends can arrive in any.

    Notes
    -----
    It is never displayed, and carries the style sheet of all views. Facts go out by turn, and
    documents by slot, as custom messages; the trait `present` holds all of them for a page
    that loads again. What is left of the limits goes out once after an ask, for all bars and
    the panel: the page counts it on by the clock, and an idle kernel sends nothing.

    What a busy kernel must receive comes twice: as a message of the widget, and on the
    kernel's control channel. It names the document, so that a late press of Stop stops no
    other answer.
    """

    _esm = page_code("session")
    _css = page_style()

    picker = traitlets.Unicode().tag(sync=True)
    token = traitlets.Unicode(TOKEN).tag(sync=True)
    present = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - values and callables, so that no view knows the session
        self,
        picker: str,
        current: str,
        *,
        make_panel: Callable[[], str],
        quota: Callable[[], QuotaFacts],
        key: Callable[[], KeyFacts],
        enter_key: Callable[[str], str],
        documents: Documents,
        finished: FinishedOutputs,
        pages: PageReports,
        cells_changed: Callable[[object, object], None],
        hand_over: Callable[[Callable[[], None]], None],
    ) -> None:
        self._make_panel = make_panel
        self._pages = pages
        self._cells_changed = cells_changed
        self._quota = quota
        self._key = key
        self._enter_key = enter_key
        self._documents = documents
        self._hand_over = hand_over
        self._facts: dict[str, Any] = {"current": current, "panel": "", "speeds": {}, "turns": {}}
        self._facts["next"] = {}
        self._finished = finished
        self._lock = threading.RLock()
        super().__init__(picker=picker)
        answer_while_busy(self)
        self.on_msg(lambda _widget, content, _buffers: self.receive(content))
        receive_on_control(self, ON_CONTROL, self.receive)

    def close(self) -> None:
        """Close it; the control channel brings it nothing more."""
        ignore_on_control(self, ON_CONTROL)
        super().close()

    def put(
        self, slot: str, facts: LiveFacts, thought: Thought | Literal["same"] | None = "same"
    ) -> None:
        """Send what a finished answer's bar shows.

        Parameters
        ----------
        slot : str
            The class of the bar.
        facts : LiveFacts
        thought : (str, str), "same" or None
            Heading and safe HTML of the reasoning, where the output doesn't contain it;
            "same" keeps what was given before.
        """
        with self._lock:
            before = self._facts["turns"].get(slot)
            kept = (before or {}).get("thought") if thought == "same" else thought
            sent = {**asdict(facts), "thought": kept}
            if before != sent:
                self._facts["turns"][slot] = sent
                self.send({"turns": {slot: sent}})

    def begin(self, run: Run, place: str) -> None:
        """Send that an answer's first output is displayed.

        Parameters
        ----------
        run : Run
            The execution that displayed it.
        place : str
            The class of its placeholder; "" where it was displayed finished. Another
            notebook's page may not have known the placeholder's model yet.
        """
        began = {"cell": run.cell, "request": run.request, "client": run.client, "place": place}
        self.send({"began": began})

    def send_next(self, cell: str, code: str, replaces: Replacement | None = None) -> None:
        """Send which code is inserted below a cell: it replaces what was inserted there before.

        Parameters
        ----------
        cell : str
            The id of the cell that asked.
        code : str
        replaces : Replacement or None
            The cell whose place it is to take at once.
        """
        added = {"code": code, "replaces": asdict(replaces) if replaces is not None else None}
        with self._lock:
            codes = self._facts["next"]
            codes.pop(cell, None)
            codes[cell] = added
            if len(codes) > _MOST_NEXT:
                codes.pop(next(iter(codes)))
            self.send({"next": {cell: added}})

    def send_current(self, model: str) -> None:
        """Send which model the next ask goes to."""
        with self._lock:
            self._facts["current"] = model
            self.send({"current": model})

    def send_quota(self) -> None:
        """Send what is left of the limits now."""
        self.send({"quota": asdict(self._quota())})

    def send_key(self, error: str = "") -> None:
        """Send where the key is from, or why the one that was entered is not used."""
        self.send({"key": {**asdict(self._key()), "error": error}})

    def send_speeds(self, speeds: Mapping[str, str]) -> None:
        """Send how quick models were, by the class of their rows in a listing."""
        with self._lock:
            if self._facts["speeds"] != speeds:
                self._facts["speeds"] = dict(speeds)
                self.send({"speeds": dict(speeds)})

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:  # noqa: FBT001, FBT002 - ipywidgets' signature
        """Return the synced state, the facts of all turns included."""
        state = super().get_state(key, drop_defaults)
        if "present" in state:
            with self._lock:
                state["present"] = {
                    **self._facts,
                    "turns": dict(self._facts["turns"]),
                    "next": dict(self._facts["next"]),
                    "quota": asdict(self._quota()),
                    "key": {**asdict(self._key()), "error": ""},
                    "finished": self._finished.offers(),
                    "docs": self._documents.whole(),
                }
        return state

    def receive(self, content: object) -> None:
        """Receive what a page sends, in any thread; what no page of ours sends changes nothing."""
        if not isinstance(content, dict):
            return
        self._documents.receive(content)
        if lacked := self._finished.lacked(content.get("lacks")):
            self.send({"confirm": lacked})
        if wanted := self._finished.wanted(content.get("want")):
            self.send({"finished": wanted})
        self._finished.shown(content.get("shown"))
        self._finished.absent(content.get("absent"))
        self._finished.stand(content.get("stands"))
        if "hello" in content:
            self._pages.receive(content["hello"])
        if isinstance(cells := content.get("cells"), dict):
            self._cells_changed(cells.get("notebook"), cells.get("order"))
        if content.get("make") == "panel":
            self._hand_over(self._send_panel)
        if isinstance(typed := content.get("key"), str):
            self._hand_over(lambda: self.send_key(self._enter_key(typed)))

    def _send_panel(self) -> None:
        with self._lock:
            self._facts["panel"] = self._make_panel()
            self.send({"panel": self._facts["panel"]})
