from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest

from groq_magic.views import live_output
from groq_magic.views.answer import AnswerView
from groq_magic.views.answer_facts import AnswerStart
from groq_magic.views.static import bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.live import Live

VIEW = "application/vnd.jupyter.widget-view+json"
OPENING = AnswerStart("groq-turn-a-1", "m", practice=False, notices=(), metadata={})


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(live_output, "has_frames", lambda _shell: True)
    for name in ("display", "update_display"):
        monkeypatch.setattr(live_output, name, lambda data, **_: shown.append(data))
    return shown


@pytest.fixture
def view(live: Live, shown: list[dict[str, Any]]) -> AnswerView:  # noqa: ARG001 - shown takes what is displayed
    live.start()
    view = AnswerView(live)
    view.open(OPENING)
    return view


@pytest.mark.parametrize("ending", ["finish", "discard"])
def test_an_answer_in_a_frame_streams_in_a_view_beside_static_output(
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    open_widgets: Callable[[], int],
    ending: str,
) -> None:
    before = open_widgets()
    view.feed("Hello ", "")
    framed = view._output._framed
    assert framed is not None
    assert shown[0][VIEW]["model_id"] == framed.model_id
    assert "not finished" in shown[0]["text/html"]
    sent: list[dict[str, Any]] = []
    view._output.document._pages[-1] = sent.append  # type: ignore[union-attr]  # the framed widget's
    view.feed("**you**", "")

    assert sent[0]["doc"] in framed.place
    assert [each["count"] for each in sent] == [3]
    (document,) = framed.get_state()["present"]["docs"]
    assert "Hello <strong>you</strong>" in document["text"][0].html
    framed._handle_custom_msg({"stop": document["doc"]}, [])
    assert view.stopped.is_set()
    assert sent[-1]["show"] == {"stop": "received"}

    view.finish(finished()) if ending == "finish" else view.discard()
    assert VIEW not in shown[-1]
    if ending == "finish":
        assert shown[-1] == bundle(finished())[0]
    assert open_widgets() == before


def test_a_page_that_runs_the_frames_widget_needs_no_static_updates(
    view: AnswerView, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.views.live.LOADED_AFTER", 0)
    view.feed("word " * 60, "")
    assert VIEW in shown[-1]
    assert "word word" in shown[-1]["text/html"]
    assert len(shown) == 2
    view._output._framed._handle_custom_msg({"hello": {"missing": []}}, [])  # type: ignore[union-attr]  # it is shown
    view.feed("word " * 600, "")
    assert len(shown) == 2


def test_closing_all_widgets_costs_no_finished_output(
    live: Live,
    view: AnswerView,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
) -> None:
    view.feed("Hello ", "")
    ipywidgets.Widget.close_all()
    view.feed("you", "")
    view.finish(finished())
    assert shown[-1] == bundle(finished())[0]
    assert live._session.comm is not None
