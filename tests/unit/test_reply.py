"""What the user gets of an ask."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from groq_magic.errors import RateLimitError
from groq_magic.ledger.usage import Usage
from groq_magic.reply import Reply, Timing, code_of, data_of


def reply(text: str, **more: Any) -> Reply:
    return Reply(
        **{
            "text": text,
            "code": "",
            "data": None,
            "model": "a/model",
            "finish_reason": "stop",
            "usage": Usage(3, 4, 7),
            "timing": Timing(),
            "request": {"messages": "the whole request"},
            **more,
        }
    )


def test_it_prints_as_its_text_and_shows_as_one_short_line() -> None:
    long = reply("word " * 100)
    assert str(long) == "word " * 100
    assert len(repr(long)) < 140
    assert "…" in repr(long)
    assert repr(reply("Hi")) == "Reply('Hi', a/model, stop, 3 tokens sent, 4 received)"
    timed = reply("Hi", timing=Timing(0.123456789, 1.23456789, None, 1234.56789))
    assert (
        repr(timed) == "Reply('Hi', a/model, stop, 3 tokens sent, 4 received, 1.2 s, 1,235 tok/s)"
    )
    assert repr(timed.timing) == "Timing(first_token=0.123, total=1.23, tokens_per_second=1235)"
    usage = repr(Usage(1_234_567, 4, 1_234_571, queue_time=0.0123456))
    assert usage.startswith("Usage(prompt_tokens=1234567, completion_tokens=4, ")
    assert usage.endswith("queue_time=0.0123)")
    assert "the whole request" not in repr(long)
    assert "tokens" not in repr(reply("Hi", usage=None))
    stopped = reply("Hi", usage=None, timing=Timing(0.5, 2.5, None, 16.0))
    assert repr(stopped) == "Reply('Hi', a/model, stop, about 32 tokens received, 2.5 s, 16 tok/s)"


def test_it_displays_itself_as_the_rendered_answer() -> None:
    shown = reply("**Hi** <script>x</script>\x1b[2J")._repr_mimebundle_()
    assert "<strong>Hi</strong>" in shown["text/html"]
    assert "<script" not in shown["text/html"]
    assert shown["text/plain"] == "**Hi** <script>x</script>[2J"
    assert set(reply("")._repr_mimebundle_()) == {"text/plain"}


def test_it_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        reply("Hi").text = "Ho"  # type: ignore[misc]  # which is what is refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no code", ""),
        ("inline `code` alone", ""),
        ("```python\nx = 1\n```", "x = 1"),
        ("~~~\nx = 1\n~~~", "x = 1"),
        ("```\na\n```\ntext\n```\nb\n\n```", "a\n\nb"),
        ("- item\n\n  ```\n  a\n    b\n  ```", "a\n  b"),
        ("````\n```\ninner\n```\n````", "```\ninner\n```"),
        ("```python\nnever closed", "never closed"),
    ],
)
def test_code_is_what_stands_in_fences(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"a": 1}', {"a": 1}),
        (" \n[1, 2]\n", [1, 2]),
        ("42", None),
        ("not {json}", None),
        ('{"a": 1', None),
        ("[" * 100_000, None),
        ('Here:\n```json\n{"a": 1}\n```\nDone.', {"a": 1}),
    ],
)
def test_data_is_the_json_that_an_answer_is_or_holds(text: str, data: Any) -> None:
    assert data_of(text, code_of(text)) == data


def pickled(one: Reply) -> Reply:
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("error", [None, RateLimitError("It is used up.", "Wait.")])
def test_a_reply_can_be_copied_pickled_and_put_into_a_set(copied: Any, error: Any) -> None:
    first = reply("Hi", data={"a": [1]}, error=error)
    other = copied(first)
    assert other == first
    assert {first, other} == {first}
    assert len({first, reply("Ho", data={"a": [1]})}) == 2
    assert str(other.error) == str(first.error)
    assert getattr(other.error, "remedy", None) == getattr(first.error, "remedy", None)
