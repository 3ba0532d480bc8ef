"""Documents: answers while they stream, drawn by pages."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.rendering import MarkdownStream
from groq_magic.views.static import notices_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Document", "Documents"]


class Document:
    """One answer while it streams: text, reasoning and facts.

    Parameters
    ----------
    stopped : threading.Event
        Set when the user presses Stop, in any thread.
    send : callable
        Sends a message to the pages.

    Attributes
    ----------
    slot : str
        The document's id: elements of the class ``groq-doc-<slot>`` show it.

    Notes
    -----
    Each change is sent as a numbered message; a page that misses a number requests the whole.
    """

    def __init__(
        self,
        stopped: threading.Event,
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        self.slot = uuid.uuid4().hex
        self._stopped = stopped
        self._pages = [send]
        self._text = MarkdownStream()
        self._reasoning = MarkdownStream()
        self._count = 0
        self._shown: dict[str, Any] = {}
        self._sending = threading.RLock()

    def begin(self, notices: tuple[str, ...], model: str = "") -> None:
        """Show the document on the pages: from now on the user can stop it.

        Parameters
        ----------
        notices : tuple of str
            The lines above the answer.
        model : str
            The id of the model that is asked.
        """
        self.show({"notices": notices_html(notices), **({"model": model} if model else {})})

    def feed(self, text: str, reasoning: str) -> None:
        """Draw new text of the answer and of the reasoning; either may be empty."""
        with self._sending:
            self._send(
                text=self._text.feed(text) if text else [],
                reasoning=self._reasoning.feed(reasoning) if reasoning else [],
            )

    def show(self, facts: Mapping[str, Any]) -> None:
        """Draw facts by name: figures, notices and waiting (HTML), summary, stop."""
        with self._sending:
            new = {k: v for k, v in facts.items() if self._shown.get(k) != v}
            self._shown.update(new)
            if new:
                self._send(show=new)

    def send_also(self, send: Callable[[dict[str, Any]], None]) -> None:
        """Also send messages to another widget's pages from now on."""
        self._pages.append(send)

    def stop(self) -> None:
        """Stop the answer, and confirm that to the pages."""
        self._stopped.set()
        self.show({"stop": "received"})

    def end(self, how: Literal["complete", "stopped", "failed"], words: str = "") -> None:
        """Announce that the static output follows.

        Parameters
        ----------
        how : {"complete", "stopped", "failed"}
        words : str
            What screen readers announce, "" for how an answer ended.
        """
        message = {"ended": self.slot, "how": how, **({"words": words} if words else {})}
        with self._sending:
            self._send_message(message)

    def html(self) -> str:
        """Return the safe HTML of the answer's text so far."""
        return self._text.html()

    def reasoning(self) -> tuple[str, str] | None:
        """Return heading and safe HTML of the reasoning, None without reasoning."""
        summary = self._shown.get("summary")
        return (summary, self._reasoning.html()) if summary else None

    def send_whole(self) -> None:
        """Send everything so far, for a page that missed a message."""
        with self._sending:
            self._send_message(self.whole())

    def whole(self) -> dict[str, Any]:
        """Return a message with everything so far."""
        with self._sending:
            return {
                "doc": self.slot,
                "whole": True,
                "count": self._count,
                "text": self._text.patches_from_start(),
                "reasoning": self._reasoning.patches_from_start(),
                "show": dict(self._shown),
            }

    def _send_message(self, message: dict[str, Any]) -> None:
        for send in self._pages:
            send(message)

    def _send(self, **changes: Any) -> None:
        self._count += 1
        self._send_message({"doc": self.slot, "count": self._count, **changes})


class Documents:
    """The documents of one session, each until its static output is displayed."""

    def __init__(self) -> None:
        self._by_slot: dict[str, Document] = {}

    def add(self, document: Document) -> None:
        """Add a document, which pages can request from now on."""
        self._by_slot[document.slot] = document

    def remove(self, document: Document) -> None:
        """Remove a document."""
        self._by_slot.pop(document.slot, None)

    def whole(self) -> list[dict[str, Any]]:
        """Return messages with everything so far of all documents."""
        return [document.whole() for document in tuple(self._by_slot.values())]

    def receive(self, content: Mapping[str, Any]) -> None:
        """Handle a page's message, in any thread.

        Parameters
        ----------
        content : mapping
            Has a slot as `stop` or `whole`; an unknown slot is ignored.
        """
        if (document := self._by_slot.get(str(content.get("stop")))) is not None:
            document.stop()
        if (document := self._by_slot.get(str(content.get("whole")))) is not None:
            document.send_whole()
