"""The cache: the same request is answered at once, at no cost, and as before."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import ApiKeyError, NotebookError, OptionError
from groq_magic.ledger.cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def static(served: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Make shells with static outputs."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    return served


def models_and_chats(practice: Any) -> int:
    return len(practice.requests()) + len(practice.requests("/openai/v1/models"))


def test_ten_asks_again_send_no_request_and_give_the_same_outputs(
    static: Callable[..., Any], practice: Any
) -> None:
    sources = [f"%%groq\nQuestion {number}" for number in range(9)]
    sources.append("%%groq -t 0.2 -f text -s 'Be brief'\nQuestion 9")
    practice.script([{"reply": f"Answer **{number}**.", "times": 1} for number in range(10)])
    outputs = []
    for _ in range(2):
        cells = static(cache=True)
        outputs.append([cells.fine(s, f"c{n}").outputs for n, s in enumerate(sources)])
        if len(outputs) == 1:
            assert len(practice.requests()) == 10
            cells.session.close()  # its look for the models is over
            practice.forget_requests()
    assert models_and_chats(practice) == 0
    assert outputs[0] == outputs[1]
    assert outputs[0][9][0]["data"]["text/plain"] == "Answer **9**."
    assert [entry.source for entry in cells.session.ledger.entries] == ["cache"] * 10
    assert {entry.cost for entry in cells.session.ledger.entries} == {0.0}
    assert cells.reply.source == "cache"
    assert len(cells.turns) == 10


def test_it_is_off_unless_asked_for(cells: Any, practice: Any) -> None:
    for _ in range(2):
        cells.fine("%%groq --once\nHi", "a")
    assert len(practice.requests()) == 2
    assert not cache_folder().exists()


def test_an_option_uses_it_for_one_ask(cells: Any, practice: Any) -> None:
    for _ in range(2):
        cells.fine("%%groq --once --cache\nHi", "a")
    assert len(practice.requests()) == 1
    assert cells.reply.source == "cache"


def test_no_cache_asks_again_although_the_cache_is_on(cells: Any, practice: Any) -> None:
    cells.fine("%groq_cache on")
    for _ in range(2):
        cells.fine("%%groq --once --no-cache\nHi", "a")
    assert len(practice.requests()) == 2
    assert cells.session.stored_answers.cache.info().answers == 0


def test_retry_asks_again_and_keeps_the_new_answer(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "One.", "times": 1}, {"reply": "Two."}])
    cells.fine("%groq_cache on")
    cells.fine("%%groq\nHi", "a")
    assert cells.fine("%groq_retry", "b").plain == "Two."
    assert cells.fine("%%groq\nHi", "a").plain == "Two."
    assert len(practice.requests()) == 2


def test_another_parameter_is_another_request(cells: Any, practice: Any) -> None:
    cells.fine("%groq_cache on")
    for options in ("", "-t 0.1", "-t 0.2", "--seed 1", "-m openai/gpt-oss-20b", "-s Brief"):
        cells.fine(f"%%groq --once {options}\nHi", "a")
    assert len(practice.requests()) == 6


def test_streaming_or_not_is_the_same_request(cells: Any, practice: Any) -> None:
    cells.fine("%groq_cache on")
    cells.fine("%%groq --once\nHi", "a")
    cells.fine("%%groq --once --no-stream\nHi", "a")
    assert len(practice.requests()) == 1


@pytest.mark.parametrize("fault", ["cut:bytes=900", "eof:after=3", "event-error:after=3"])
def test_an_answer_that_was_cut_short_is_not_kept(cells: Any, practice: Any, fault: str) -> None:
    practice.faults(fault)
    cells.run("%%groq --once --cache\nHi", "a")
    assert cells.session.stored_answers.cache.info().answers == 0


def test_an_answer_that_ended_at_the_token_limit_is_not_kept(cells: Any) -> None:
    cells.fine("%%groq --once --cache --max-tokens 5\nHi", "a")
    assert cells.reply.finish_reason == "length"
    assert cells.session.stored_answers.cache.info().answers == 0


def test_reasoning_usage_and_ending_come_back(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Two.", "reasoning": "One and one."}])
    cells.fine("%%groq --once --cache --reasoning show\nHi", "a")
    first = cells.reply
    cells.fine("%%groq --once --cache --reasoning show\nHi", "a")
    again = cells.reply
    assert again.source == "cache"
    assert (again.text, again.reasoning) == (first.text, first.reasoning) != ("", "")
    assert again.usage.counts == first.usage.counts
    assert again.finish_reason == first.finish_reason
    assert again.timing.tokens_per_second is None


def test_a_hit_needs_no_key(
    static: Callable[..., Any], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = static(cache=True)
    cells.fine("%%groq\nHi", "a")
    monkeypatch.delenv("GROQ_API_KEY")
    assert cells.fine("%%groq\nHi", "a").plain == cells.reply.text
    ran = cells.run("%%groq\nSomething else", "b")
    assert isinstance(ran.error, ApiKeyError)
    assert len(practice.requests()) == 1


def test_the_bar_names_the_cache_while_the_session_lives(cells: Any) -> None:
    cells.fine("%groq_cache on")
    for _ in range(2):
        cells.fine("%%groq\nHi", "a")
    ((facts, _),) = cells.session.bars._facts.values()
    assert facts.figures.endswith(" received · from the cache")


def test_neither_the_key_nor_the_prompt_is_in_the_file_in_the_clear(cells: Any, key: str) -> None:
    cells.fine("%%groq --cache\nA very private question", "a")
    held = cells.session.stored_answers.cache.path.read_bytes()
    assert key.encode() not in held
    with sqlite3.connect(cells.session.stored_answers.cache.path) as file:
        rows = file.execute("SELECT key FROM answers").fetchall()
    file.close()
    assert "private" not in rows[0][0]


def test_a_damaged_file_is_reported_in_a_line_and_the_ask_goes_on(
    cells: Any, practice: Any
) -> None:
    cells.fine("%%groq --once --cache\nHi", "a")
    cells.session.stored_answers.cache.path.write_bytes(b"damaged" * 1000)
    ran = cells.fine("%%groq --once --cache\nHi", "a")
    assert "damaged" in ran.data["text/html"]
    assert len(practice.requests()) == 2
    assert "damaged" not in cells.fine("%%groq --once --cache\nHi", "a").data["text/html"]
    assert len(practice.requests()) == 2


def test_a_folder_in_the_way_is_reported_in_a_line_and_the_ask_goes_on(
    cells: Any, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("no folder")
    ran = cells.fine("%%groq --once --cache\nHi", "a")
    assert "asks continue without it" in ran.data["text/html"]


def test_an_answer_that_no_cache_can_keep_is_shown_and_kept_as_a_turn(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells.fine("%%groq\nHi", "a")
    _without_a_home(monkeypatch)
    ran = cells.fine("%groq_retry --cache", "a")
    assert ran.plain == cells.reply.text
    assert len(cells.turns) == 1


def _without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Any:
        raise RuntimeError("no home")

    monkeypatch.setattr("groq_magic.session.stored_answers.cache_folder", nowhere)


def test_without_a_place_it_is_not_turned_on_and_an_ask_goes_on(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_a_home(monkeypatch)
    ran = cells.run("%groq_cache on")
    assert isinstance(ran.error, NotebookError)
    assert "home folder is unknown" in str(ran.error)
    assert cells.session.settings.cache is False
    for lines in (1, 0):
        ran = cells.fine("%%groq --once --cache\nHi", "a")
        assert cells.reply.text in ran.plain
        assert ran.data["text/html"].count("asks continue without it") == lines
    cells.fine("%groq_cache off")


def test_a_folder_that_cannot_be_read_is_reported_and_the_ask_goes_on(
    cells: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 300)))
    reported = "The cache can't be used (File name too long); asks continue without it. It is "
    assert cells.fine("%groq_cache").plain.startswith(f"{reported}off, in ")
    assert cells.fine("%groq_cache on").plain.startswith(f"{reported}on, in ")
    for lines in (1, 0):
        ran = cells.fine("%%groq --once\nHi", "a")
        assert ran.data["text/html"].count("asks continue without it") == lines
    for _ in range(2):
        assert "File name too long" in cells.fine("%groq_cache info").plain
        ran = cells.run("%groq_cache clear")
        assert isinstance(ran.error, NotebookError)
        assert "not cleared: it can't be used (File name too long)" in str(ran.error)


def test_clear_says_each_time_that_it_failed(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groq_magic.ledger.cache._WAIT", 0.0)
    cells.fine("%%groq --once --cache\nHi", "a")
    other = sqlite3.connect(cells.session.stored_answers.cache.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        ran = cells.run("%groq_cache clear")
        assert isinstance(ran.error, NotebookError)
        assert "locked" in str(ran.error)
    other.close()
    assert cells.fine("%groq_cache clear").plain == "1 answer removed."


def test_info_and_clear(cells: Any) -> None:
    cells.fine("%groq_cache on")
    cells.fine("%%groq\nHi", "a")
    assert cells.fine("%groq_cache info").plain.startswith("The cache is on: 1 answer,")
    assert "1 answer" in cells.fine("%groq_cache clear").plain
    assert "0 answers" in cells.fine("%groq_cache").plain
    cells.fine("%groq_cache off")
    assert cells.session.settings.cache is False
    assert isinstance(cells.run("%groq_cache of").error, OptionError)


def test_practice_answers_have_their_own_keys(cells: Any, practice: Any) -> None:
    cells.fine("%groq_cache on")
    cells.fine("%groq_practice on")
    cells.fine("%%groq\nHi", "a")
    cells.fine("%groq_practice off")
    cells.fine("%%groq\nHi", "a")
    assert len(practice.requests()) == 1
    cells.fine("%groq_practice on")
    ran = cells.fine("%%groq\nHi", "a")
    assert cells.reply.source == "cache"
    assert ran.record["practice"] is True
