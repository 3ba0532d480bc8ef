"""Each row of the fault tables, streamed and not, through the whole flow of an ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import (
    ApiKeyError,
    ConnectionLostError,
    GroqMagicError,
    ModelError,
    RateLimitError,
    RequestError,
    ServiceError,
    TooLargeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PIECES = ["one", " two", " three", " four", " five"]
WHOLE = "".join(PIECES)
STREAMED, NOT = (True,), (False,)
BOTH = STREAMED + NOT


@dataclass(frozen=True)
class Row:
    """A fault and what comes of it.

    Parameters
    ----------
    fault : str
    error : type or None
    says : tuple of str
        What the error's line (without one: the bar) says.
    text : str
    finish_reason : str
    tries : int
    modes : tuple of bool
        Whether it is streamed: some faults are those of streams alone.
    folded : str
        What is shown folded.
    """

    fault: str
    error: type[GroqMagicError] | None = None
    says: tuple[str, ...] = ()
    text: str = ""
    finish_reason: str = "error"
    tries: int = 1
    modes: tuple[bool, ...] = BOTH
    folded: str = ""


AGAIN = "`%groq_retry` asks again"
REFUSED = (
    Row("400", RequestError, ("'temperature' : number must be at most 2", "`%%groq?`")),
    Row("401", ApiKeyError, ("from GROQ_API_KEY", "`%groq_key`", "console.groq.com/keys")),
    Row("403", RequestError, ("Access denied", "VPN")),
    Row("404", ModelError, ("openai/gpt-oss-120b is not", "-m openai/gpt-oss-20b")),
    Row("decommissioned", ModelError, ("is retired", "`%groq_models`")),
    Row("409", RequestError, ("Conflict",)),
    Row("413", TooLargeError, ("12,328 tokens asked for", "6,000 tokens a minute", "Shorten it")),
    Row("context", TooLargeError, ("reduce the length", "`%groq_reset`")),
    Row("422", RequestError, ("well-formed",)),
    Row("spend-cap", RateLimitError, ("spend limit", "billing")),
    Row("json-validate-failed", RequestError, ("reasoning used up the tokens", "--max-tokens")),
    Row(
        "json-validate-failed:generation={x",
        RequestError,
        ("not valid JSON", AGAIN),
        folded="{x",
    ),
    Row(
        "tool-use-failed:generation=<look_up>",
        RequestError,
        ("tool call", AGAIN),
        folded="<look_up>",
    ),
    Row("html-200", ServiceError, ("web page", "GROQ_BASE_URL")),
    Row("wrong-json", ServiceError, ("not a chat completion",)),
    Row("malformed-200", ServiceError, ("not a chat completion",)),
)
TRIED_AGAIN = (
    Row("408", ServiceError, ("(408): Request timed out.", AGAIN), tries=4),
    Row("429:retry-after=0.01", RateLimitError, ("6,000 tokens a minute", AGAIN), tries=4),
    Row("429:retry-after-ms=5", RateLimitError, ("6,000 tokens a minute",), tries=4),
    Row("429:date=0", RateLimitError, ("6,000 tokens a minute",), tries=4),
    Row("498", ServiceError, ("flex tier", "(498)"), tries=4),
    Row("500", ServiceError, ("(500): Internal Server Error.", AGAIN), tries=4),
    Row("502", ServiceError, ("(502): Bad Gateway.",), tries=4),
    Row("503", ServiceError, ("over capacity (503)", "4 tries failed."), tries=4),
    Row("504", ServiceError, ("(504): Gateway Timeout.",), tries=4),
    Row("empty-500", ServiceError, ("(500): no details were given.",), tries=4),
    Row("str-500", ServiceError, ("(500): something went wrong.",), tries=4),
    Row("html-502", ServiceError, ("(502): 502 Bad Gateway. 4 tries",), tries=4),
    Row("text-502", ServiceError, ("(502): upstream connect error.",), tries=4),
    Row("drop-before-headers", ConnectionLostError, ("can't be reached", "network"), tries=4),
    Row("reset-before-headers", ConnectionLostError, ("can't be reached", "reset"), tries=4),
    Row("stall-before-headers", ConnectionLostError, ("0.2 s", "--timeout"), tries=4),
    Row("drop:after=0", ConnectionLostError, ("connection broke",), tries=4),
    Row("reset:after=0", ConnectionLostError, ("connection broke",), tries=4),
    Row("stall:after=0", ConnectionLostError, ("0.2 s",), tries=4),
    Row("eof:after=0", ConnectionLostError, ("before any text", AGAIN), tries=4, modes=STREAMED),
    Row("x-groq-error:after=0", ServiceError, ("over capacity",), tries=4, modes=STREAMED),
    # A reply that isn't streamed has brought nothing until it is whole.
    Row("drop:after=2", ConnectionLostError, ("connection broke",), tries=4, modes=NOT),
    Row("cut:bytes=60", ConnectionLostError, ("connection broke",), tries=4, modes=NOT),
)
BROKEN_CONNECTION = (
    Row("drop:after=2", ConnectionLostError, ("connection broke", "above", AGAIN), "one two"),
    Row("reset:after=2", ConnectionLostError, ("connection broke",), "one two"),
    Row("stall:after=2", ConnectionLostError, ("0.2 s", "above"), "one two"),
    Row("malformed-json:after=2", ServiceError, ("can't be read", AGAIN), "one two"),
    Row("event-error:after=2", RequestError, ("tool call",), "one two", folded='"look_up"'),
    Row("data-error:after=2", RequestError, ("tool call",), "one two", folded='"look_up"'),
    Row("event-error-bare:after=2", ServiceError, ("over capacity",), "one two"),
    Row("event-error:after=0", RequestError, ("tool call",), folded='"look_up"'),
)
CUT_OFF = (
    Row("eof:after=2", None, ("cut off", AGAIN), "one two", "truncated"),
    Row("no-finish-reason", None, ("cut off", AGAIN), WHOLE, "truncated"),
    Row("x-groq-error:after=2", None, ("cut off", AGAIN), "one two", "truncated"),
    Row("bad-utf8:after=2", None, ("cut off",), "one two\ufffd\ufffd", "truncated"),
)
ODD_BUT_WHOLE = tuple(
    Row(fault, None, (), WHOLE, "stop")
    for fault in (
        "no-done",
        "no-blank-line",
        "ping:every=1",
        "comments",
        "crlf",
        "bytes",
        "usage-apart",
        "old-usage",
        "idle:seconds=0.3",
        "pause:after=2:seconds=0.05",
    )
)


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    # test_waits.py shows how long they are.
    monkeypatch.setattr("groq_magic.api.send._SHORTEST_WAIT", 0.01)


def rows() -> Iterable[Any]:
    for row in REFUSED + TRIED_AGAIN:
        yield from (pytest.param(row, s, id=f"{row.fault}-{s}") for s in row.modes)
    for row in BROKEN_CONNECTION + CUT_OFF + ODD_BUT_WHOLE:
        yield pytest.param(row, True, id=f"{row.fault}-True")
    for fault in ("ok", "delay:seconds=0.05"):
        yield from (
            pytest.param(Row(fault, None, (), WHOLE, "stop"), s, id=f"{fault}-{s}") for s in BOTH
        )


@pytest.mark.parametrize(("row", "streamed"), tuple(rows()))
def test_a_fault_is_reported_and_loses_nothing(
    notebook: Any, practice: Any, key: str, row: Row, streamed: Any
) -> None:
    practice.script([{"match": "Earlier", "reply": "An answer."}, {"pieces": PIECES}])
    notebook.ask("Earlier", "before")
    practice.forget_requests()
    practice.faults(f"{row.fault}:times={row.tries}")

    asked = notebook.ask(stream=streamed, timeout=0.2)

    assert type(asked.error) is (row.error or type(None)), asked.error
    assert asked.reply.text == row.text
    assert asked.reply.finish_reason == row.finish_reason
    assert asked.reply.error is asked.error
    line = str(asked.error) if asked.error else asked.warnings
    assert "\n" not in line
    assert [words for words in row.says if words not in line] == [], line
    # What was shown is what is kept, and what failed before any text changes nothing.
    expected = [("Earlier", "An answer.", "stop")]
    if row.text:
        expected.append(("Count", row.text, row.finish_reason))
        assert asked.view.settled.text == row.text
    assert asked.view.endings == ["settled" if row.text else "discarded"]
    assert notebook.turns == expected
    assert [row.folded in text for text in notebook.folded] == [True] * bool(row.folded)
    if streamed and row.fault not in {"comments", "crlf"}:
        assert len(practice.requests()) == row.tries
    assert key not in asked.everything

    practice.reset()
    after = notebook.ask("And now?", "after")
    assert after.error is None
    assert [prompt for prompt, _, _ in notebook.turns][-1] == "And now?"


@pytest.mark.parametrize("fault", ["401", "403", "404", "413", "422", "400"])
def test_what_can_not_help_is_not_tried_again(notebook: Any, practice: Any, fault: Any) -> None:
    practice.faults(fault, "ok")
    assert notebook.ask().error is not None
    assert len(practice.requests()) == 1


def test_a_failed_ask_leaves_the_answer_it_would_have_replaced(
    notebook: Any, practice: Any
) -> None:
    practice.script([{"reply": "First."}])
    notebook.ask("Say it")
    practice.faults("401")
    assert notebook.ask("Say it again").error is not None
    assert notebook.turns == [("Say it", "First.", "stop")]


def test_a_broken_answer_replaces_and_undo_brings_the_whole_one_back(
    notebook: Any, practice: Any
) -> None:
    practice.script([{"pieces": PIECES}])
    notebook.ask("Say it")
    practice.faults("drop:after=2")
    notebook.ask("Say it")
    assert notebook.turns == [("Say it", "one two", "error")]
    notebook.session.undo()
    assert notebook.turns == [("Say it", WHOLE, "stop")]


def test_a_partial_answer_is_sent_onward(notebook: Any, practice: Any) -> None:
    practice.script([{"pieces": PIECES}])
    practice.faults("drop:after=2")
    notebook.ask("Say it")
    notebook.ask("Go on", "b")
    sent = practice.requests()[-1]["body"]["messages"]
    assert [message["content"] for message in sent] == ["Say it", "one two", "Go on"]


def test_the_length_is_said_with_the_way_to_more(notebook: Any, practice: Any) -> None:
    practice.script([{"reply": "One", "finish_reason": "length"}])
    asked = notebook.ask()
    assert asked.error is None
    assert "--max-tokens" in asked.warnings


def test_why_the_service_ended_early_is_reported_above_the_answer(
    notebook: Any, practice: Any
) -> None:
    practice.script([{"pieces": PIECES}])
    practice.faults("x-groq-error:after=2:message=worker gsk_leaked_by_the_service died")
    (notice,) = notebook.ask().view.settled.notices
    assert "worker [key] died" in notice


def test_keys_in_what_the_service_says_are_hidden(notebook: Any, practice: Any, key: str) -> None:
    practice.faults(f"400:message=Bearer {key} and gsk_anothersomewhere are wrong")
    asked = notebook.ask()
    assert "[key]" in str(asked.error)
    assert key not in asked.everything
    assert "gsk_another" not in asked.everything


def test_a_failing_list_of_models_fails_no_ask(notebook: Any, practice: Any) -> None:
    practice.faults("ok", models=("500:times=3",))
    assert notebook.ask().error is None


def test_a_fault_of_our_own_loses_no_text(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Any] = []
    monkeypatch.setattr("groq_magic.views.guarded_view.publish", published.append)

    def breaks(*_given: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("groq_magic.asking.flow.reply_of", breaks)
    practice.script([{"pieces": PIECES}])
    with pytest.raises(ZeroDivisionError):
        notebook.ask()
    assert published == [{"text/plain": WHOLE}]


def test_a_view_that_breaks_loses_no_text(notebook: Any, practice: Any) -> None:
    def breaks(_view: Any) -> bool:
        raise ValueError("no such block")

    practice.script([{"pieces": PIECES}])
    asked = notebook.ask(stop_when=breaks)
    assert asked.reply.text == WHOLE
    assert asked.view.settled.text == WHOLE
    assert "no such block" in str(asked.error)
    assert notebook.turns == [("Count", WHOLE, "stop")]
