"""`%config GroqMagics.log`: one line per request, without content; and values under new limits."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def lines(name: str = "groq.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


def test_each_request_is_one_line_without_content(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served(log="groq.jsonl")
    cells.fine("frame = {'secret of frame': [1, 2]}")
    cells.fine("%groq A question about {{frame}}", "a")
    cells.fine("%groq Another one", "b")
    cells.fine("import groq_magic\ngroq_magic.complete('A third')")
    first, second, third = lines()
    assert list(first) == ["time", "host", "model", "included", "tokens", "tries"]
    assert first["host"] == urlsplit(practice.url).netloc
    assert first["model"] == cells.reply.model
    assert [each["name"] for each in first["included"]] == ["frame"]
    assert first["included"] == second["included"]  # sent again, with its turn
    assert first["included"][0]["characters"] > 30
    assert first["tokens"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert third["included"] == []
    assert "secret" not in Path("groq.jsonl").read_text()
    assert "question" not in Path("groq.jsonl").read_text()


def test_a_failed_request_is_logged_and_what_is_not_sent_is_not(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served(log="groq.jsonl", tries=1)
    practice.faults("503")
    assert cells.run("%groq Hello", "a").error is not None
    cells.fine("frame = 1")
    assert cells.run("%groq {{fram}}", "a").error is not None
    cells.fine("%groq --dry-run Hello", "a")
    (line,) = lines()
    assert line["tokens"] is None


def test_a_log_that_can_not_be_written_is_one_notice(served: Callable[..., Any]) -> None:
    cells = served(log="no/such/folder/groq.jsonl")
    first = cells.fine("%groq One", "a").text
    assert "The log no/such/folder/groq.jsonl can't be written" in first
    assert "The log" not in cells.fine("%groq Two", "b").text
    cells.fine("%config GroqMagics.log = '/'")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells.fine("import groq_magic\nassert groq_magic.complete('Three').text")


@pytest.mark.parametrize("limit", ["rows_sent = 0", "private = ['name']"])
def test_earlier_values_are_left_out_once_less_may_be_sent(
    served: Callable[..., Any], practice: Any, limit: str
) -> None:
    practice.script([{"match": ".", "reply": "Somebody."}])  # an answer stays, whatever it quotes
    cells = served()
    cells.fine("people = [{'name': 'Ada of the cells', 'n': 1}]")
    cells.fine("%groq Who is in {{people}}?", "a")
    cells.fine("%groq_explain people --keep", "b")
    cells.fine(f"%config GroqMagics.{limit}")
    practice.forget_requests()
    ran = cells.fine("%groq And now?", "c")
    sent = json.dumps(practice.requests()[-1]["body"])
    assert "Ada of the cells" not in sent
    assert "Who is in `people`?" in sent
    (line,) = (line for line in ran.text.splitlines() if "No longer sent" in line)
    assert "people" in line


def test_a_retry_sends_no_more_than_is_allowed_now(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served()
    cells.fine("people = [{'name': 'Ada of the cells'}]\nimport groq_magic")
    for ask in ("%groq_explain people", "def f(own):\n    groq_magic.ask('{{own}}')\nf(people)"):
        cells.fine("%config GroqMagics.rows_sent = 5")
        cells.fine(ask, "a")
        cells.fine("%config GroqMagics.rows_sent = 0")
        practice.forget_requests()
        assert "Run its original cell again." in cells.run("%groq_retry", "b").text
        assert practice.requests() == []
