from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.views import live as live_module
from groq_magic.views import live_output
from groq_magic.views.answer import AnswerView, StaticUpdates
from groq_magic.views.answer_facts import AnswerStart
from groq_magic.views.static import bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.live import Live

METADATA = {"groq_magic": {"finish_reason": None}}
OPENING = AnswerStart(
    "groq-turn-a-1", "m", practice=False, notices=("Mind `x`.",), metadata=METADATA
)
TEXT = "Some **bold** words, `code` and [a link](https://example.org/).\n\n" * 200


@pytest.mark.parametrize("piece", [1, 7, 150, 1_000])
def test_an_output_is_due_each_time_the_text_has_doubled(piece: int) -> None:
    updates = StaticUpdates(lambda: True)
    due = [n for n in range(piece, 20_000, piece) if updates.is_due("x" * piece)]
    assert 200 <= due[0] < 200 + piece
    assert all(2 * one <= two < 2 * one + piece for one, two in itertools.pairwise(due))


def test_none_is_due_while_a_page_draws_the_answer() -> None:
    pages: list[str] = []
    updates = StaticUpdates(lambda: not pages)
    assert updates.is_due("x" * 300)
    pages.append("page")
    assert not updates.is_due("x" * 3_000)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for name in ("display", "update_display"):
        monkeypatch.setattr(
            live_output,
            name,
            lambda data, *, metadata, **_: shown.append({**data, "meta": metadata}),
        )
    return shown


def stream(live: Live, text: str, finished: FinishedAnswer) -> None:
    view = AnswerView(live)
    view.open(OPENING)
    for start in range(0, len(text), 12):
        view.feed(text[start : start + 12], "")
    view.finish(finished)


def test_without_a_page_the_answer_grows_as_static_output(
    live: Live,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_module, "LOADED_AFTER", 0)
    whole = finished(TEXT)
    stream(live, TEXT, whole)

    placeholder, *grown, last = shown
    assert last["text/html"] == bundle(whole)[0]["text/html"]
    assert len(grown) == 6
    for each in grown:
        html = each["text/html"]
        assert "■ in the toolbar stops it" in html
        assert "<strong>bold</strong>" in html
        assert "**" not in html  # marks that are still open are held back
        assert "Mind <code>x</code>." in html
        assert each["text/plain"] == ""
        assert each["meta"] == METADATA
        slot = 'class="groq-slot-stream '
        assert slot in html
        assert html.index(slot) < html.index("bold")
    assert "bold" not in placeholder["text/html"]
    total = sum(len(each["text/html"]) for each in shown)
    assert total < 3 * len(last["text/html"])


@pytest.mark.parametrize("is_early", [True, False], ids=["it is being loaded", "it is there"])
def test_with_a_page_there_is_no_static_output_before_the_last(
    live: Live,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_early: bool,
) -> None:
    monkeypatch.setattr(live_module, "LOADED_AFTER", math.inf if is_early else 0)
    if not is_early:
        live.start()
        live._session._handle_custom_msg({"hello": {"notebook": "a.ipynb", "missing": []}}, [])
    stream(live, TEXT, finished(TEXT))
    assert len(shown) == 2


@pytest.mark.parametrize("text", ["<script>alert(1)</script> ", "[x](javascript:alert(1)) "])
def test_static_output_of_a_stream_is_safe(
    live: Live,
    shown: list[dict[str, Any]],
    finished: Callable[..., FinishedAnswer],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    monkeypatch.setattr(live_module, "LOADED_AFTER", 0)
    stream(live, text * 100, finished(text))
    assert len(shown) > 3
    for each in shown:
        assert "<script" not in each["text/html"]
        assert 'href="javascript' not in each["text/html"]
