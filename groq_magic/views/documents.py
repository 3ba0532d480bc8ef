"""Answers while they stream, as documents that a page draws."""

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
    """One answer while it streams: its text, its reasoning and the facts around them.

    Parameters
    ----------
    stopped : threading.Event
        Set when the reader presses Stop, in whichever thread that arrives.
    send : callable
        Sends a message to the pages.

    Attributes
    ----------
    slot : str
        Its id: elements of the class ``groq-doc-<slot>`` show it.

    Notes
    -----
    Each change is sent as a numbered message; a page that misses a number asks for the whole.
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
        self._thought = MarkdownStream()
        self._count = 0
        self._shown: dict[str, Any] = {}
        self._sending = threading.RLock()

    def begin(self, notices: tuple[str, ...], model: str = "") -> None:
        """Show it on the pages: from now on the reader can stop it.

        Parameters
        ----------
        notices : tuple of str
            The lines above the answer.
        model : str
            The id of the model that is asked.
        """
        self.show({"notices": notices_html(notices), **({"model": model} if model else {})})

    def feed(self, text: str, thought: str) -> None:
        """Draw new text of the answer and of the reasoning; either may be empty."""
        with self._sending:
            self._send(
                text=self._text.feed(text) if text else [],
                thought=self._thought.feed(thought) if thought else [],
            )

    def show(self, facts: Mapping[str, Any]) -> None:
        """Draw facts by name: figures, notices and waiting (HTML), summary, stop."""
        with self._sending:
            new = {k: v for k, v in facts.items() if self._shown.get(k) != v}
            self._shown.update(new)
            if new:
                self._send(show=new)

    def send_also(self, send: Callable[[dict[str, Any]], None]) -> None:
        """Send messages to one more widget's pages from now on."""
        self._pages.append(send)

    def stop(self) -> None:
        """Stop the answer, and confirm that to the pages."""
        self._stopped.set()
        self.show({"stop": "received"})

    def end(self, how: Literal["complete", "stopped", "failed"]) -> None:
        """Announce that the static output follows."""
        with self._sending:
            self._send_message({"ended": self.slot, "how": how})

    def html(self) -> str:
        """Return the safe HTML of what has come of the answer."""
        return self._text.html()

    def thought(self) -> tuple[str, str] | None:
        """Return heading and safe HTML of the reasoning, None without reasoning."""
        summary = self._shown.get("summary")
        return (summary, self._thought.html()) if summary else None

    def send_whole(self) -> None:
        """Send everything so far: a page missed a message."""
        with self._sending:
            self._send_message(self.whole())

    def whole(self) -> dict[str, Any]:
        """Return the message that gives a page everything so far."""
        with self._sending:
            return {
                "doc": self.slot,
                "whole": True,
                "count": self._count,
                "text": self._text.patches_from_start(),
                "thought": self._thought.patches_from_start(),
                "show": dict(self._shown),
            }

    def _send_message(self, message: dict[str, Any]) -> None:
        for send in self._pages:
            send(message)

    def _send(self, **changes: Any) -> None:
        self._count += 1
        self._send_message({"doc": self.slot, "count": self._count, **changes})


class Documents:
    """The documents of one session, each from its first text until its static output stands."""

    def __init__(self) -> None:
        self._by_slot: dict[str, Document] = {}

    def add(self, document: Document) -> None:
        """Add a document, which pages can ask for from now on."""
        self._by_slot[document.slot] = document

    def remove(self, document: Document) -> None:
        """Remove a document."""
        self._by_slot.pop(document.slot, None)

    def whole(self) -> list[dict[str, Any]]:
        """Return the messages that give a page all documents."""
        return [document.whole() for document in tuple(self._by_slot.values())]

    def receive(self, content: Mapping[str, Any]) -> None:
        """Do what a page asks for.

        Parameters
        ----------
        content : mapping
            With a slot as `stop` or `whole`; one that is gone is ignored. It comes from a
            page, and in any thread.
        """
        stopped = self._by_slot.get(str(content.get("stop")))
        if stopped is not None:
            stopped.stop()
        wanted = self._by_slot.get(str(content.get("whole")))
        if wanted is not None:
            wanted.send_whole()
