from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import comm
import pytest

from groq_magic.views.documents import Document, Documents
from groq_magic.views.session_widget import ON_CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.live import Live


class DocumentStream:
    """A document and what it sent."""

    def __init__(self, *notices: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.stopped = threading.Event()
        self.document = Document(self.stopped, self.sent.append)
        self.document.begin(notices)


def test_what_has_come_goes_out_numbered_without_a_gap() -> None:
    streamed = DocumentStream("`df` is stale")
    streamed.document.feed("Hello", "")
    streamed.document.show({"figures": "1 s"})
    streamed.document.show({"figures": "1 s"})
    streamed.document.feed(" you", "")

    assert [message["count"] for message in streamed.sent] == [1, 2, 3, 4]
    assert {message["doc"] for message in streamed.sent} == {streamed.document.slot}
    assert "<code>df</code>" in streamed.sent[0]["show"]["notices"]


def test_a_page_that_missed_something_gets_the_whole() -> None:
    streamed, documents = DocumentStream(), Documents()
    documents.add(streamed.document)
    streamed.document.feed("Hello\n\nyou", "")
    streamed.sent.clear()
    documents.receive({"whole": streamed.document.slot})

    (message,) = streamed.sent
    assert message["whole"] is True
    assert message["count"] == 2
    assert "".join(patch.html for patch in message["text"]).count("<p>") == 2
    assert documents.whole() == [message]


def test_stop_is_confirmed_once_and_stops_no_other_answer() -> None:
    one, other, documents = DocumentStream(), DocumentStream(), Documents()
    documents.add(one.document)
    documents.add(other.document)
    one.sent.clear()
    for _ in range(2):
        documents.receive({"stop": one.document.slot})

    assert one.stopped.is_set()
    assert not other.stopped.is_set()
    assert one.sent == [
        {"doc": one.document.slot, "count": 2, "show": {"stop": "received"}},
    ]


@pytest.mark.parametrize("content", [{"stop": True}, {"stop": ["x"]}, {"whole": "gone"}, {}])
def test_what_names_no_document_is_ignored(content: dict[str, Any]) -> None:
    streamed, documents = DocumentStream(), Documents()
    documents.add(streamed.document)
    streamed.sent.clear()
    documents.receive(content)

    assert not streamed.stopped.is_set()
    assert streamed.sent == []


def test_a_press_on_the_control_channel_that_comes_late_stops_nothing(
    make_live: Callable[[], Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    receivers: dict[str, Any] = {}

    class Comm(comm.DummyComm):
        kernel = SimpleNamespace(control_handlers=receivers)

    monkeypatch.setattr(comm, "create_comm", Comm)
    live = make_live()
    stopped = [threading.Event() for _ in range(2)]
    first = live.open_document((), stopped[0])
    live.remove_document(first)
    second = live.open_document((), stopped[1])

    receivers[ON_CONTROL](None, [], {"content": {"stop": first.slot}})
    assert not any(event.is_set() for event in stopped)
    receivers[ON_CONTROL](None, [], {"content": {"stop": second.slot}})
    assert stopped[1].is_set()

    live.close()
    assert receivers == {}


def test_a_press_of_stop_right_after_the_first_message_counts(
    live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    live.start()
    monkeypatch.setattr(
        live._session, "send", lambda message: live._session.receive({"stop": message.get("doc")})
    )
    live.open_document((), stopped)

    assert stopped.is_set()
