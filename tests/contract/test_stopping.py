"""Stop, in every state: the text stays, the service stops, nothing is left behind."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groq_magic.errors import InterruptedAskError

PIECES = [f"word{n} " for n in range(400)]
# Longer than any test: an ask that isn't stopped would run into it.
LONG = 30


def has_text(view: Any, _practice: Any) -> bool:
    return bool(view.fed)


def has_waited(view: Any, _practice: Any) -> bool:
    return bool(view.waits)


def has_been_sent(_view: Any, practice: Any) -> bool:
    return any(r["fault"] for r in practice.requests(running=True))


def at_once(_view: Any, _practice: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("fault", "when", "text"),
    [
        ("stall-before-headers", at_once, ""),
        ("stall-before-headers", has_been_sent, ""),
        ("stall:after=0", has_been_sent, ""),
        ("429:retry-after=40", has_waited, ""),
        ("503:retry-after=40", has_waited, ""),
        ("stall:after=3", has_text, "word0 word1 word2 "),
        ("pause:after=3:seconds=30", has_text, "word0 word1 word2 "),
    ],
)
@pytest.mark.parametrize("pooled", [False, True])
def test_stop_keeps_what_came_and_ends_the_request(  # noqa: PLR0913 - a row of the table
    notebook: Any, practice: Any, fault: Any, when: Any, text: Any, *, pooled: Any
) -> None:
    practice.script([{"match": "Count", "pieces": PIECES}, {"reply": "Well."}])
    if pooled:
        notebook.ask("Hello", "before")
        notebook.session.undo()
        practice.forget_requests()
    practice.faults(fault)
    began = time.monotonic()
    asked = notebook.ask(stop_when=lambda view: when(view, practice), timeout=LONG)
    assert time.monotonic() - began < LONG / 2
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == text
    assert notebook.turns == ([("Count", text, "interrupted")] if text else [])
    # The service has seen it: nothing runs on.
    records = practice.requests()
    assert len(records) <= 1
    assert all(r["closed_early"] for r in records if not r["fault"].startswith(("429", "503")))

    practice.faults()
    after = notebook.ask("And now?", "after")
    assert (after.error, after.reply.text) == (None, "Well.")


def test_stop_in_a_fast_stream_stops_the_service(
    notebook_factory: Any, practice_factory: Any
) -> None:
    slow = practice_factory(tokens_per_second=200)
    slow.script([{"pieces": PIECES}])
    asked = notebook_factory(slow.url).ask(stop_when=lambda view: bool(view.fed))
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == asked.view.settled.text
    assert "".join(PIECES).startswith(asked.reply.text)
    (record,) = slow.requests()
    assert record["closed_early"]
    assert record["pieces"] < len(PIECES)


def test_stopping_an_answer_that_has_ended_changes_nothing(notebook: Any, practice: Any) -> None:
    practice.script([{"reply": "Short."}])
    asked = notebook.ask(stop_when=lambda view: view.fed == "Short.")
    assert asked.reply.text == "Short."
    assert asked.reply.finish_reason in {"stop", "interrupted"}
    assert (asked.error is None) == (asked.reply.finish_reason == "stop")
