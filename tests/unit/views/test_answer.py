from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest

from groq_magic.views import live_output
from groq_magic.views.answer import AnswerView
from groq_magic.views.answer_facts import AnswerStart, Progress
from groq_magic.views.finished_outputs import CellExecution
from groq_magic.views.slots import TOKEN_CLASS
from groq_magic.views.static import UNFINISHED, bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.live import Live


OPENING = AnswerStart(
    "groq-turn-cell-1-1",
    "openai/gpt-oss-120b",
    practice=False,
    notices=(),
    metadata={"groq_magic": {"finish_reason": None}},
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    shown: list[dict] = []

    def put(data: Any, *, metadata: Any, update: bool, **_others: Any) -> None:
        shown.append({"data": data, "metadata": metadata, "update": update})

    monkeypatch.setattr(
        live_output, "display", lambda data, **more: put(data, update=False, **more)
    )
    monkeypatch.setattr(
        live_output, "update_display", lambda data, **more: put(data, update=True, **more)
    )
    return shown


@pytest.fixture
def view(live: Live, shown: list[dict[str, Any]]) -> AnswerView:  # noqa: ARG001 - shown takes what is displayed
    view = AnswerView(live)
    view.open(OPENING)
    return view


def stream_in(html: str) -> str | None:
    found = re.search(rf'class="groq-slot-stream groq-doc-(\w+) {TOKEN_CLASS}"', html)
    return found and found[1]


def documents(live: Live) -> list[dict[str, Any]]:
    """Return what a page that loads now receives of the answers that stream."""
    docs: list[dict[str, Any]] = live._session.get_state()["present"]["docs"]
    return docs


def sent_by(live: Live, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    live.start()
    monkeypatch.setattr(live._session, "send", sent.append)
    return sent


def test_the_first_text_shows_a_place_for_the_document_which_reads_as_unfinished(
    live: Live, view: AnswerView, shown: list[dict[str, Any]]
) -> None:
    view.feed("Hello", "")

    (document,) = documents(live)
    assert set(shown[0]["data"]) == {"text/html", "text/plain"}
    assert stream_in(shown[0]["data"]["text/html"]) == document["doc"]
    assert shown[0]["metadata"] == OPENING.metadata
    assert shown[0]["data"]["text/plain"] == ""
    assert UNFINISHED in shown[0]["data"]["text/html"]


def test_finishing_makes_the_same_output_static(
    view: AnswerView, shown: list[dict[str, Any]], finished: Callable[..., FinishedAnswer]
) -> None:
    view.feed("Hello **you**", "")
    view.finish(finished())

    data, metadata = bundle(finished())
    assert shown[1:] == [{"data": data, "metadata": metadata, "update": True}]


def test_an_answer_makes_no_widget_and_leaves_no_document(
    live: Live,
    view: AnswerView,
    finished: Callable[..., FinishedAnswer],
    open_widgets: Callable[[], int],
) -> None:
    live.start()
    before = open_widgets()
    view.feed("Hello **you**", "hm")
    assert len(documents(live)) == 1
    view.finish(finished())

    assert open_widgets() == before
    assert documents(live) == []


def test_pages_learn_that_an_answer_ended_before_its_static_output_comes(
    live: Live,
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = sent_by(live, monkeypatch)
    view.feed("Hello **you**", "hm")
    monkeypatch.setattr(
        live_output,
        "update_display",
        lambda data, **_more: shown.append({"data": data, "sent": list(sent)}),
    )
    view.finish(finished())

    slot = stream_in(shown[0]["data"]["text/html"])
    assert {"ended": slot, "how": "complete"} in shown[1]["sent"]


def test_pages_learn_that_an_answer_is_incomplete(
    live: Live,
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = sent_by(live, monkeypatch)
    view.feed("Hello", "")
    view.finish(finished(metadata={"groq_magic": {"finish_reason": "error"}}))
    assert {"ended": stream_in(shown[0]["data"]["text/html"]), "how": "failed"} in sent


def test_an_answer_that_never_streamed_makes_no_widget(
    view: AnswerView, shown: list[dict[str, Any]], finished: Callable[..., FinishedAnswer]
) -> None:
    view.finish(finished())

    assert len(shown) == 1
    assert stream_in(shown[0]["data"]["text/html"]) is None
    assert not shown[0]["update"]


def test_a_failure_at_once_leaves_no_output(view: AnswerView, shown: list[dict[str, Any]]) -> None:
    view.progress(Progress(0, 0.1, None, ""))
    view.discard()

    assert shown == []


def test_a_failure_after_a_wait_leaves_an_empty_output(
    view: AnswerView, shown: list[dict[str, Any]], live: Live
) -> None:
    view.progress(Progress(0, 0.1, None, "Trying again in 4 s."))
    view.discard()

    assert stream_in(shown[0]["data"]["text/html"])
    assert shown[1]["data"] == {"text/html": "", "text/plain": ""}
    assert documents(live) == []


def test_reasoning_that_is_not_saved_stays_in_a_live_slot(
    live: Live, view: AnswerView, finished: Callable[..., FinishedAnswer]
) -> None:
    view.feed("", "Let *me* see")
    view.feed("Hello", "")
    view.finish(finished())

    turns = live._session.get_state()["present"]["turns"]
    summary, html = turns["groq-turn-cell-1-1"]["reasoning"]
    assert summary.startswith("Reasoning")
    assert "<em>me</em>" in html


IN_CELL_A = CellExecution("cell-a", "request-1", "book.ipynb")


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "at once"])
def test_a_finished_output_is_offered_without_its_text(
    live: Live,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
    *,
    streams: bool,
) -> None:
    monkeypatch.setattr(live_output, "run_of", lambda _shell: IN_CELL_A)
    sent = sent_by(live, monkeypatch)
    view = AnswerView(live)
    view.open(OPENING)
    if streams:
        view.feed("Hello **you**", "")
    view.finish(finished())

    data, metadata = bundle(finished())
    (began,) = [each["began"] for each in sent if "began" in each]
    ((offer,),) = [each["finished"] for each in sent if "finished" in each]
    assert (began["cell"], began["request"]) == ("cell-a", "request-1")
    assert began["place"] == offer["place"]
    assert bool(offer["place"]) is streams
    assert offer["place"] in shown[0]["data"]["text/html"]
    assert offer["turn"] == OPENING.slot
    assert "Hello" not in str(offer)
    assert live._session.get_state()["present"]["finished"] == [offer]

    live._session._handle_custom_msg({"want": [offer["id"], "x", None]}, [])
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    assert sent[-1] == {"finished": [{**offer, "output": output, "save": True}]}
    live._session._handle_custom_msg({"stands": [offer["id"]]}, [])
    assert live._session.get_state()["present"]["finished"] == []


def test_an_output_that_is_in_no_cell_is_not_kept(
    live: Live, view: AnswerView, finished: Callable[..., FinishedAnswer]
) -> None:
    view.feed("Hello", "")
    view.finish(finished())
    assert len(live.finished) == 0


def test_the_extension_unloaded_in_mid_stream_costs_no_finished_output(
    live: Live,
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
) -> None:
    view.feed("Hello ", "")
    live.close()
    view.feed("you", "")
    view.progress(Progress(1, 1.0, None, "Waiting."))
    view.finish(finished())

    assert shown[-1]["data"] == bundle(finished())[0]
    assert live._session is None


def test_exporting_the_widgets_state_marks_no_answer_as_missed(
    live: Live,
    view: AnswerView,
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_output, "run_of", lambda _shell: IN_CELL_A)
    view.feed("Hello", "")
    for _ in range(2):
        ipywidgets.Widget.get_manager_state()
        live._session.send_state()
        if not len(live.finished):
            view.finish(finished())

    assert live.finished.missed() == frozenset()
    assert len(live.finished) == 1


def test_an_answer_goes_on_and_is_finished_though_all_widgets_are_closed(
    live: Live,
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
) -> None:
    view.feed("Hello ", "")
    first = live._session
    ipywidgets.Widget.close_all()
    view.feed("you", "")

    assert live._session is not first
    (document,) = documents(live)
    assert document["doc"] == stream_in(shown[0]["data"]["text/html"])
    assert "Hello you" in document["text"][0].html
    view.finish(finished())
    assert shown[-1]["data"] == bundle(finished())[0]
    assert documents(live) == []


def test_all_widgets_closed_in_mid_stream_cost_no_finished_output(
    live: Live,
    view: AnswerView,
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_output, "run_of", lambda _shell: IN_CELL_A)
    live.start()
    view.feed("Hello", "")
    ipywidgets.Widget.close_all()
    view.finish(finished())

    (offer,) = live._session.get_state()["present"]["finished"]
    assert offer["cell"] == "cell-a"


@pytest.mark.parametrize("ending", ["finish", "discard"])
def test_what_an_output_widget_captured_is_finished_there(
    live: Live,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    monkeypatch.setattr(live_output, "capturing_outputs", lambda _shell: ("out1", "out2"))
    sent: list[Any] = []
    live.start()
    live._session.send = sent.append
    view = AnswerView(live)
    view.open(OPENING)
    view.feed("Hello **you**", "")
    view.finish(finished()) if ending == "finish" else view.discard()

    ((message,),) = [each["finished"] for each in sent if "finished" in each]
    assert message["place"] == f"groq-doc-{stream_in(shown[0]['data']['text/html'])}"
    assert message["captured"] == ["out1", "out2"]
    assert message["output"]["data"] == shown[-1]["data"]
    assert message["output"]["metadata"] == shown[-1]["metadata"]
