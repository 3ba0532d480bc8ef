"""Files of requests for the batch engine, and lines of its answers."""

from __future__ import annotations

import errno
import json
import tempfile
from typing import Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.errors import RequestError
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.batch.files import FileLimits, LineFaultError, answer_in, batch_files
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest
from tests.markers import examples

MODEL = "openai/gpt-oss-20b"
USAGE = {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("custom_id", "response", "error", "status_code", "body", "choices", "code"),
                    *("message", "content", "finish_reason", "usage", "model"),
                ]
            ),
            each,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def request(key: str, text: str = "x", *more: str) -> RowRequest:
    messages = [{"role": "user", "content": text}]
    not_sent = {"stream": True, "service_tier": "flex"}
    return RowRequest((key, *more), {"model": MODEL, "messages": messages, **not_sent}, 5)


def line(**changes: Any) -> bytes:
    message = {"role": "assistant", "content": "fine"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"model": MODEL, "choices": [choice], "usage": USAGE}
    response = {"status_code": 200, "request_id": "r", "body": body}
    return json.dumps({"custom_id": "k", "response": response, "error": None} | changes).encode()


def failed(status: int, message: str, code: str | None = None) -> bytes:
    error = {"message": message, "code": code}
    return line(response={"status_code": status, "body": {"error": error}})


def test_a_line_has_the_key_of_its_first_row_as_id() -> None:
    (file,) = [
        ([json.loads(each) for each in read(made.file)], made.rows, made.requests)
        for made in batch_files([request("a", "é\u2028"), request("b", "x", "c")])
    ]
    lines, rows, count = file
    assert lines[0] == {
        "custom_id": "a",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": MODEL, "messages": [{"role": "user", "content": "é\u2028"}]},
    }
    assert [each["custom_id"] for each in lines] == ["a", "b"]
    assert [(row.key, row.request, row.place) for row in rows] == [
        ("a", "a", 0),
        ("b", "b", 0),
        ("c", "b", 1),
    ]
    assert count == 2


def read(file: Any) -> list[bytes]:
    file.seek(0)
    content: bytes = file.read()
    return content.split(b"\n")[:-1]


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(1, 5), st.integers(min_value=250))
@settings(max_examples=examples(60))
def test_every_request_is_in_one_file_within_the_limits(
    texts: list[str], lines: int, size: int
) -> None:
    requests = [request(str(place), text) for place, text in enumerate(texts)]
    found: list[str] = []
    sizes = []
    for made in batch_files(iter(requests), FileLimits(lines, size)):
        content = read(made.file)
        sizes.append(sum(len(each) + 1 for each in content))
        assert 0 < len(content) <= lines
        assert sizes[-1] <= size
        found += [json.loads(each)["custom_id"] for each in content]
    assert found == [each.keys[0] for each in requests]


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class FullFile:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_failure: object) -> None:
            pass

        def write(self, _line: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_options: FullFile())
    with pytest.raises(RequestError, match=r"can't be written: No space left on device\."):
        next(batch_files([request("a")]))


def test_an_answer_is_read() -> None:
    answer = RowAnswer("fine", "stop", Usage(10, 4, 14), MODEL, "")
    assert answer_in(line(), "asked") == ("k", answer)


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (
            line(response=None, error={"code": "batch_expired", "message": "late"}),
            "The batch job expired before this row was answered.",
        ),
        (
            line(response=None, error={"code": "batch_cancelled", "message": ""}),
            "The batch job was cancelled before this row was answered.",
        ),
        (
            line(response=None, error={"code": "x", "message": "odd"}),
            "The service failed (500): odd.",
        ),
        (failed(400, "`a` is wrong"), "The service refuses the request: `a` is wrong."),
        (
            failed(404, "no", "model_not_found"),
            "openai/gpt-oss-20b is not among this key's models.",
        ),
        (failed(500, "gsk_abcdefgh1234 leaked"), "The service failed (500): [key] leaked."),
        (line(response=None), "The service failed (500): no details were given."),
        (
            line(response={"status_code": 200, "body": {}}),
            "The answer is incomplete.",
        ),
    ],
)
def test_a_failure_is_one_line(written: bytes, error: str) -> None:
    name, answer = answer_in(written, MODEL)
    assert (name, answer.text, answer.error) == ("k", "", error)


def test_an_empty_answer_that_reasoning_used_up_is_an_error() -> None:
    choice = {"message": {"content": None}, "finish_reason": "length"}
    response = {"status_code": 200, "body": {"choices": [choice]}}
    _, answer = answer_in(line(response=response), MODEL)
    assert answer.error == "The answer is empty (length): a larger --max-tokens may help."


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"custom_id": 1}',
        b"[" * 100_000,
        b"\xff",
        b'{"custom_id": "\\ud800"}',
    ],
)
def test_invalid_lines_are_refused(written: bytes) -> None:
    with pytest.raises(LineFaultError):
        answer_in(written, MODEL)


@given(ANYTHING)
@settings(max_examples=examples(200))
def test_any_line_is_an_answer_or_an_error_or_is_refused(value: Any) -> None:
    try:
        name, answer = answer_in(json.dumps(value).encode(), MODEL)
    except LineFaultError:
        return
    assert isinstance(name, str)
    assert isinstance(answer.text, str)
    assert "\n" not in answer.error
    assert answer.text or answer.error or answer.finish_reason
