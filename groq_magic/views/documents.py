"""Answers while they stream, as documents that a page draws."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.rendering import MarkdownStream
from groq_magic.views.static import notices_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Document", "Documents"]


class Document:
    """One answer while it streams: its text, its reasoning and the facts around them.

    Parameters
    ----------
    notices : tuple of str
        The lines above the answer.
    stopped : threading.Event
        Set when the reader presses Stop, in whichever thread that arrives.
    send : callable
        Sends a message to the pages.

    Attributes
    ----------
    slot : str
        What the element on the page names: ``groq-doc-<slot>``.
    is_loaded : bool
        Whether a page was loaded since the document began: it knows no display of before, so
        that the finished output does not reach it by `update_display`.

    Notes
    -----
    What changes goes out as numbered messages; a page that finds a number missing asks for the
    whole.
    """

    def __init__(
        self,
        notices: tuple[str, ...],
        stopped: threading.Event,
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        self.slot = uuid.uuid4().hex
        self.is_loaded = False
        self._stopped = stopped
        self._send_message = send
        self._text = MarkdownStream()
        self._thought = MarkdownStream()
        self._count = 0
        self._shown: dict[str, Any] = {}
        self._sending = threading.RLock()
        self.show({"notices": notices_html(notices)})

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

    def stop(self) -> None:
        """Stop the answer, and confirm that to the pages."""
        self._stopped.set()
        self.show({"stop": "received"})

    def end(self, how: Literal["complete", "stopped", "failed"]) -> None:
        """Announce that the static output follows."""
        with self._sending:
            self._send_message({"ended": self.slot, "how": how})

    def thought(self) -> tuple[str, str] | None:
        """Return heading and safe HTML of the reasoning, None where there was none."""
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

    def _send(self, **changes: Any) -> None:
        self._count += 1
        self._send_message({"doc": self.slot, "count": self._count, **changes})


class Documents:
    """The documents of one session, each from its first text until its static output stands."""

    def __init__(self) -> None:
        self._by_slot: dict[str, Document] = {}

    def add(self, document: Document) -> None:
        """Hold a document."""
        self._by_slot[document.slot] = document

    def remove(self, document: Document) -> None:
        """Hold it no longer."""
        self._by_slot.pop(document.slot, None)

    def whole(self) -> list[dict[str, Any]]:
        """Return the messages that give a page all documents."""
        return [document.whole() for document in tuple(self._by_slot.values())]

    def loaded(self, slots: Iterable[str]) -> None:
        """Note that a page was loaded which received these documents whole."""
        for slot in slots:
            if slot in self._by_slot:
                self._by_slot[slot].is_loaded = True

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
