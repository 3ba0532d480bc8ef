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
    from groq_magic.views.finished_outputs import CellExecution, FinishedOutputs
    from groq_magic.views.page_reports import PageReports
    from groq_magic.views.session_facts import KeyFacts, QuotaFacts
    from groq_magic.views.shown_answers import ReasoningFold

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
        The id of the next ask's model.
    make_panel : callable
        Makes the panel and returns its model id; called when a page first shows a panel's slot.
    quota : callable
        Returns the remaining quota.
    key : callable
        Returns the key's state.
    enter_key : callable
        Takes a key that was entered on the page; returns why it is not used, "" if it is.
    documents : Documents
        The streaming answers.
    finished : FinishedOutputs
        The outputs that no notebook file has yet.
    pages : PageReports
        Receives the reports of pages.
    cells_changed : callable
        Receives a notebook's path and the ids of its cells, in any thread.
    hand_over : callable
        Runs a call in the session's thread: messages of pages can arrive in any thread.

    Notes
    -----
    It is never displayed, and has the style sheet of all views. Facts by turn, and documents
    by slot, are sent as custom messages; the trait `present` has all of them for a page that
    loads later. The remaining quota is sent once after an ask, for all bars and the panel:
    the page updates it by the clock, and an idle kernel sends nothing.

    Messages to a busy kernel are sent twice: as messages of the widget, and on the kernel's
    control channel. They name the document, so that a late press of Stop stops no other
    answer.
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
        self._key_sent = key()
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
        """Close it, also for messages of the control channel."""
        ignore_on_control(self, ON_CONTROL)
        super().close()

    def send_facts(
        self,
        slot: str,
        facts: LiveFacts,
        reasoning: ReasoningFold | Literal["same"] | None = "same",
    ) -> None:
        """Send the facts in a finished answer's bar.

        Parameters
        ----------
        slot : str
            The class of the bar.
        facts : LiveFacts
        reasoning : (str, str), "same" or None
            Heading and safe HTML of the reasoning, if the output doesn't contain it;
            "same" keeps the present one.
        """
        with self._lock:
            before = self._facts["turns"].get(slot)
            kept = (before or {}).get("reasoning") if reasoning == "same" else reasoning
            sent = {**asdict(facts), "reasoning": kept}
            if before != sent:
                self._facts["turns"][slot] = sent
                self.send({"turns": {slot: sent}})

    def begin(self, run: CellExecution, place: str) -> None:
        """Report that an answer's first output is displayed.

        Parameters
        ----------
        run : CellExecution
            The execution that displayed it.
        place : str
            The class of its placeholder; "" if it was displayed finished.
        """
        began = {"cell": run.cell, "request": run.request, "client": run.client, "place": place}
        self.send({"began": began})

    def send_next(self, cell: str, code: str, replaces: Replacement | None) -> None:
        """Send the code that is inserted below a cell, in place of the one inserted before.

        Parameters
        ----------
        cell : str
            The id of the cell that asked.
        code : str
        replaces : Replacement or None
            The cell that the code replaces at once.
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
        """Send the next ask's model."""
        with self._lock:
            self._facts["current"] = model
            self.send({"current": model})

    def send_quota(self) -> None:
        """Send the remaining quota."""
        self.send({"quota": asdict(self._quota())})

    def send_key(self, error: str = "") -> None:
        """Send the key's state, or why an entered key is not used."""
        self._key_sent = self._key()
        self.send({"key": {**asdict(self._key_sent), "error": error}})

    def refresh_key(self) -> None:
        """Send the key's state if it has changed, as when an ask found one in the environment."""
        if self._key() != self._key_sent:
            self.send_key()

    def send_speeds(self, speeds: Mapping[str, str]) -> None:
        """Send the speeds of models, by the class of their rows in a listing."""
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
        """Handle a page's message, in any thread; unknown content is ignored."""
        if not isinstance(content, dict):
            return
        self._documents.receive(content)
        if lacked := self._finished.mark_lacked(content.get("lacks")):
            self.send({"confirm": lacked})
        if wanted := self._finished.full_offers(content.get("want")):
            self.send({"finished": wanted})
        self._finished.mark_shown(content.get("shown"))
        self._finished.mark_absent(content.get("absent"))
        self._finished.remove_saved(content.get("stands"))
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
