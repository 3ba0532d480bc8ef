"""The files and batches of the practice server, as the SDK meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import groq
import pytest

if TYPE_CHECKING:
    from tests.conftest import PracticeServer

MODEL = "openai/gpt-oss-20b"
ENDPOINT = "/v1/chat/completions"


def line(custom_id: str = "a", prompt: str = "Hello", **changes: Any) -> dict[str, Any]:
    body = {"model": MODEL, "messages": [{"role": "user", "content": prompt}]}
    return {"custom_id": custom_id, "method": "POST", "url": ENDPOINT, "body": body} | changes


def upload(client: groq.Groq, *lines: dict[str, Any] | bytes, name: str = "rows.jsonl") -> str:
    written = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines]
    file = client.files.create(file=(name, b"\n".join(written)), purpose="batch")
    assert file.id
    return file.id


def create_batch(client: groq.Groq, *lines: dict[str, Any] | bytes, **options: Any) -> str:
    given = {"endpoint": ENDPOINT, "completion_window": "24h"} | options
    return client.batches.create(input_file_id=upload(client, *lines), **given).id


def content(client: groq.Groq, file: str | None) -> list[dict[str, Any]]:
    assert file
    return [json.loads(each) for each in client.files.content(file).read().splitlines()]


def statuses(client: groq.Groq, batch: str, count: int) -> list[str]:
    return [client.batches.retrieve(batch).status for _ in range(count)]


def test_a_file_is_kept_until_it_is_deleted(client: groq.Groq) -> None:
    file = upload(client, line())

    info = client.files.info(file)
    assert (info.filename, info.purpose) == ("rows.jsonl", "batch")
    assert info.bytes == len(json.dumps(line()))
    assert content(client, file) == [line()]
    assert [each.id for each in client.files.list().data] == [file]
    assert client.files.delete(file).deleted
    assert client.files.list().data == []
    for call in (client.files.info, client.files.content, client.files.delete):
        with pytest.raises(groq.NotFoundError):
            call(file)


def test_odd_bytes_of_a_file_come_back_as_they_were(client: groq.Groq) -> None:
    odd = '{"a":"\u2028 \x1f --x é"}\r\n--boundary\r\n\r\n{"b": "😀"}\n'.encode()
    file = client.files.create(file=("odd.jsonl", odd), purpose="batch")
    assert client.files.content(file.id or "").read() == odd


@pytest.mark.parametrize(
    ("name", "purpose", "body", "named"),
    [
        ("a.jsonl", "assistants", b"{}", "purpose"),
        ("a.txt", "batch", b"{}", ".jsonl"),
        ("a.jsonl", "batch", b" \n", "empty"),
    ],
)
def test_an_upload_is_refused(
    client: groq.Groq, name: str, purpose: Any, body: bytes, named: str
) -> None:
    with pytest.raises(groq.BadRequestError, match=named):
        client.files.create(file=(name, body), purpose=purpose)


@pytest.mark.slow
def test_a_file_of_more_than_100_megabytes_is_too_large(client: groq.Groq) -> None:
    with pytest.raises(groq.APIStatusError) as caught:
        client.files.create(file=("a.jsonl", bytes(100 * 1024 * 1024 + 1)), purpose="batch")
    assert caught.value.status_code == 413


def test_a_batch_goes_from_validating_to_its_answers(
    client: groq.Groq, practice: PracticeServer
) -> None:
    practice.script([{"match": "Two", "reply": "2\u2028"}, {"reply": "1"}])
    batch = create_batch(client, line("a", "One"), line("b", "Two"), metadata={"mine": "x"})

    first = client.batches.list().data[0]
    assert (first.status, first.metadata, first.endpoint) == (
        "validating",
        {"mine": "x"},
        ENDPOINT,
    )
    running = client.batches.retrieve(batch)
    assert (running.status, running.request_counts.completed) == ("in_progress", 1)
    done = client.batches.retrieve(batch)
    assert done.status == "completed"
    assert done.request_counts.to_dict() == {"total": 2, "completed": 2, "failed": 0}
    assert done.error_file_id is None
    assert done.expires_at == done.created_at + 86_400

    lines = {each["custom_id"]: each for each in content(client, done.output_file_id)}
    response = lines["b"]["response"]
    assert (lines["b"]["error"], response["status_code"]) == (None, 200)
    assert response["body"]["choices"][0]["message"]["content"] == "2\u2028"
    assert response["body"]["usage"]["total_tokens"] > 0
    assert statuses(client, batch, 2) == ["completed"] * 2


def test_rows_that_fail_or_expire_are_in_the_error_file(
    client: groq.Groq, practice: PracticeServer
) -> None:
    practice.script(
        [
            {"match": "fail", "batch": "failed"},
            {"match": "late", "batch": "expired"},
            {"reply": "1"},
        ]
    )
    batch = create_batch(client, line("a"), line("b", "fail"), line("c", "late"))

    assert statuses(client, batch, 2) == ["in_progress", "expired"]
    ended = client.batches.retrieve(batch)
    assert ended.request_counts.to_dict() == {"total": 3, "completed": 1, "failed": 1}
    assert [each["custom_id"] for each in content(client, ended.output_file_id)] == ["a"]
    failed, expired = content(client, ended.error_file_id)
    assert (failed["custom_id"], failed["response"]["status_code"]) == ("b", 500)
    assert expired["response"] is None
    assert expired["error"]["code"] == "batch_expired"


def test_a_refused_row_fails_by_itself(client: groq.Groq) -> None:
    wrong = line("b")["body"] | {"reasoning_effort": "wild"}
    batch = create_batch(client, line("a"), line("b", body=wrong))

    assert statuses(client, batch, 2) == ["in_progress", "completed"]
    (failed,) = content(client, client.batches.retrieve(batch).error_file_id)
    assert failed["response"]["status_code"] == 400
    assert "reasoning_effort" in failed["response"]["body"]["error"]["message"]


def test_a_cancelled_batch_keeps_its_finished_answers(
    client: groq.Groq, practice: PracticeServer
) -> None:
    practice.script([{"match": "slow", "batch": "waiting"}, {"reply": "1"}])
    batch = create_batch(client, line("a"), line("b", "slow"))

    assert statuses(client, batch, 3) == ["in_progress"] * 3
    assert client.batches.cancel(batch).status == "cancelling"
    ended = client.batches.retrieve(batch)
    assert ended.status == "cancelled"
    assert [each["custom_id"] for each in content(client, ended.output_file_id)] == ["a"]
    (left,) = content(client, ended.error_file_id)
    assert left["error"]["code"] == "batch_cancelled"
    with pytest.raises(groq.BadRequestError):
        client.batches.cancel(batch)


@pytest.mark.parametrize(
    ("lines", "code", "number"),
    [
        ([line("a"), b"{"], "invalid_json_line", 2),
        ([b"", line("a")], "invalid_json_line", 1),
        ([line("a"), line("a")], "duplicate_custom_id", 2),
        ([line("")], "missing_required_parameter", 1),
        ([line("a", method="GET")], "invalid_method", 1),
        ([line("a", url="/v1/embeddings")], "invalid_url", 1),
        ([line("a", body=None)], "missing_required_parameter", 1),
        ([line("a", body={"model": "qwen/qwen3.8-27b"})], "model_not_supported", 1),
        ([b"{}"] * 50_001, "too_many_tasks", None),
    ],
)
def test_a_file_with_a_bad_line_fails_its_batch(
    client: groq.Groq,
    lines: list[Any],
    code: str,
    number: int | None,
) -> None:
    batch = create_batch(client, *lines)

    assert statuses(client, batch, 2) == ["failed"] * 2
    errors = client.batches.retrieve(batch).errors
    assert errors is not None
    assert errors.data
    assert (errors.data[0].code, errors.data[0].line) == (code, number)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"endpoint": "/v1/embeddings"}, "endpoint"),
        ({"completion_window": "12h"}, "completion_window"),
        ({"completion_window": "8d"}, "completion_window"),
        ({"completion_window": "soon"}, "completion_window"),
        ({"metadata": {"a": "x" * 513}}, "metadata"),
    ],
)
def test_a_batch_is_refused(client: groq.Groq, options: dict[str, Any], named: str) -> None:
    with pytest.raises(groq.BadRequestError, match=named):
        create_batch(client, line(), **options)


def test_unknown_files_and_batches_are_not_found(client: groq.Groq) -> None:
    for call in (client.batches.retrieve, client.batches.cancel):
        with pytest.raises(groq.NotFoundError):
            call("batch_1")
    with pytest.raises(groq.NotFoundError):
        client.batches.create(input_file_id="file_1", endpoint=ENDPOINT, completion_window="24h")
    batch = create_batch(client, line())
    statuses(client, batch, 2)
    output = client.batches.retrieve(batch).output_file_id
    with pytest.raises(groq.BadRequestError, match="purpose"):
        client.batches.create(input_file_id=output or "", endpoint=ENDPOINT, completion_window="7d")


def test_the_list_comes_in_pages(client: groq.Groq) -> None:
    made = [create_batch(client, line()) for _ in range(23)]

    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        query = {"cursor": cursor} if cursor else {}
        raw = client.batches.with_raw_response.list(extra_query=query).http_response.json()
        found += [each["id"] for each in raw["data"]]
        cursor = raw["paging"]["next_cursor"]
    assert found == made[::-1]


def test_a_plan_without_batches_is_refused(practice_factory: Any) -> None:
    client = groq.Groq(api_key="gsk_x", base_url=practice_factory(plan="free").url, max_retries=0)
    for call in (client.batches.list, client.files.list):
        with pytest.raises(groq.PermissionDeniedError) as caught:
            call()
        assert caught.value.body["error"]["code"] == "not_available_for_plan"
