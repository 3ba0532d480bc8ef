from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.views.answer_facts import LiveFacts, Replacement
from groq_magic.views.finished_outputs import CellExecution, FinishedOutput
from groq_magic.views.session_facts import KeyFacts

if TYPE_CHECKING:
    from groq_magic.views.live import Live

FACTS = LiveFacts("318 tokens", "Hello", "", "groq-answer-1")


def test_facts_of_the_slots_come_with_the_state_of_a_page_that_loads_again(live: Live) -> None:
    live.send_facts("groq-turn-a-1", FACTS, ("Reasoning · 0.4 s", "<p>hm</p>"))
    live.send_facts("groq-turn-a-1", LiveFacts("318 tokens", "Hello", "stale", "groq-answer-1"))

    turns = live._session.get_state()["present"]["turns"]
    assert set(turns) == {"groq-turn-a-1"}
    assert turns["groq-turn-a-1"]["stale"] == "stale"
    assert turns["groq-turn-a-1"]["reasoning"] == ("Reasoning · 0.4 s", "<p>hm</p>")


def sent_by(live: Live, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    live.start()
    monkeypatch.setattr(live._session, "send", sent.append)
    return sent


def test_what_is_left_is_sent_once_however_many_answers_there_are(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 9):
        live.send_facts(f"groq-turn-a-{number}", FACTS)
    sent = sent_by(live, monkeypatch)
    live.quota_changed()

    (message,) = sent
    minute = {"limit": 8000, "left": 7320, "window": 60.0, "full_in": 5.1, "unit": "tokens"}
    assert message == {"quota": {"model": "openai/gpt-oss-120b", "minute": minute, "day": None}}


def test_a_page_that_loads_again_gets_what_is_left_then(live: Live, settings: Any) -> None:
    live.start()
    settings.model = "other"

    assert live._session.get_state()["present"]["quota"]["model"] == "other"


def test_pages_get_the_model_that_the_next_ask_goes_to(
    live: Live, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_by(live, monkeypatch)
    settings.model = "other"

    assert sent == [{"current": "other"}]
    assert live._session.get_state()["present"]["current"] == "other"


@pytest.mark.parametrize(
    "content",
    [None, 1, "want", [["want"]]]
    + [{name: value} for name in ("want", "shown", "absent", "stands") for value in (1, "12", {})]
    + [{"stop": []}, {"hello": 1}, {"make": ["panel"]}],
)
def test_what_no_page_of_ours_sends_changes_nothing(live: Live, content: Any) -> None:
    live.start()
    live.finish(
        FinishedOutput(CellExecution("a", "r"), "", "groq-turn-a-1", {"text/html": "x"}, {})
    )
    before = live._session.get_state()["present"]
    live._session.receive(content)

    assert live._session.get_state()["present"] == before
    assert live._panel is None


def test_an_ask_outside_of_cells_leaves_nothing_on_the_page(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_by(live, monkeypatch)
    live.begin(CellExecution(), "groq-doc-1")
    live.finish(
        FinishedOutput(CellExecution(), "groq-doc-1", "groq-turn-1", {"text/html": "x"}, {})
    )

    assert sent == []


def test_a_key_from_the_page_goes_on_and_is_in_no_state(
    make_live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed: list[str] = []

    def enter(key: str) -> str:
        typed.append(key)
        return "It is refused."

    live = make_live(key=lambda: KeyFacts("no key yet", wanted=True), enter_key=enter)
    sent = sent_by(live, monkeypatch)
    live._session.receive({"key": "gsk_made_up"})
    live._session.receive({"key": 3})

    assert typed == ["gsk_made_up"]
    assert sent == [{"key": {"state": "no key yet", "wanted": True, "error": "It is refused."}}]
    state = live._session.get_state()
    assert state["present"]["key"] == {"state": "no key yet", "wanted": True, "error": ""}
    assert "gsk_made_up" not in str(state)
    live.close()


def test_pages_get_the_state_of_a_key_that_an_ask_found(
    make_live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [KeyFacts("no key yet", wanted=True)]
    live = make_live(key=lambda: states[-1])
    sent = sent_by(live, monkeypatch)

    live.refresh()
    states.append(KeyFacts("key from GROQ_API_KEY", wanted=False))
    live.refresh()
    live.refresh()

    assert sent == [{"key": {"state": "key from GROQ_API_KEY", "wanted": False, "error": ""}}]
    live.close()


def test_pages_get_the_code_that_is_inserted_below_a_cell_the_latest_of_each(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_by(live, monkeypatch)
    live.send_next("a", "x = 1")
    fixed = Replacement("a", "b", 3, "cell 3", "x = 0", "x = 2")
    live.send_next("a", "x = 2", fixed)

    assert sent == [
        {"next": {"a": {"code": "x = 1", "replaces": None}}},
        {"next": {"a": {"code": "x = 2", "replaces": asdict(fixed)}}},
    ]
    for number in range(60):
        live.send_next(f"cell-{number}", "y")
    codes = live._session.get_state()["present"]["next"]
    assert len(codes) == 50
    assert "a" not in codes
    assert "cell-59" in codes
