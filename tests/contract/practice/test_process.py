"""The server's process: its start, its records, its connections and its end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

CHAT = "/openai/v1/chat/completions"
REQUEST = {
    "model": "openai/gpt-oss-20b",
    "messages": [{"role": "user", "content": "Hello"}],
    "stream": True,
}
KEY = {"Authorization": "Bearer gsk_secret"}


def test_requests_are_recorded_without_the_key(practice: Any, ask: Any) -> None:
    ask("Hello", key="gsk_secret", stream=True)
    (record,) = practice.requests()
    assert record["body"]["messages"] == [{"role": "user", "content": "Hello"}]
    assert record["headers"]["authorization"] == "(masked)"
    assert "gsk_secret" not in json.dumps(record)
    assert (record["status"], record["outcome"], record["closed_early"]) == (200, "complete", False)
    assert record["pieces"] > 20
    practice.forget_requests()
    assert practice.requests() == []


def test_refusals_are_recorded(practice: Any, ask: Any) -> None:
    practice.faults("503")
    ask()
    ask(model="no/such")
    assert [(record["status"], record["fault"]) for record in practice.requests()] == [
        (503, "503"),
        (404, None),
    ]


def test_generation_stops_when_the_client_disconnects(practice: Any) -> None:
    practice.script([{"reply": "word " * 500, "tokens_per_second": 100}])
    with practice.control.stream("POST", CHAT, json=REQUEST, headers=KEY) as answer:
        next(answer.iter_raw())
    (record,) = practice.requests()
    assert record["closed_early"] is True
    assert record["outcome"] == "closed by client"
    assert record["pieces"] < 400


def test_a_disconnect_at_full_speed_is_recorded(practice: Any) -> None:
    practice.script([{"reply": "word " * 200_000}])
    with practice.control.stream("POST", CHAT, json=REQUEST, headers=KEY) as answer:
        next(answer.iter_raw())
    (record,) = practice.requests()
    assert record["closed_early"] is True
    assert record["pieces"] < 200_000


def test_a_disconnect_before_the_headers_is_recorded(practice: Any) -> None:
    practice.faults("stall-before-headers")
    with pytest.raises(httpx.ReadTimeout):
        practice.control.post(CHAT, json=REQUEST, headers=KEY, timeout=0.1)
    (record,) = practice.requests()
    assert (record["closed_early"], record["status"]) == (True, None)


def test_a_cut_answer_costs_only_what_was_sent(practice: Any) -> None:
    practice.script([{"pieces": ["word"] * 5000}])
    practice.faults("drop:after=100")
    with pytest.raises(httpx.RemoteProtocolError):
        practice.control.post(CHAT, json=REQUEST, headers=KEY)
    practice.requests()
    assert practice.quota()["tokens per day (TPD)"]["used"] < 200


def test_tokens_come_at_the_speed_asked_for(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(tokens_per_second=200, first_token_delay=0.1)
    server.script([{"reply": "word " * 40}])
    usage = ask(server=server, stream=True).chunks[-1]["usage"]
    assert usage["completion_time"] >= 40 / 200


def test_a_script_is_a_start_option(practice_factory: Any, ask: Any, tmp_path: Any) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"reply": "scripted"}]))
    server = practice_factory(script=script)
    assert ask(server=server, stream=True).joined() == "scripted"


def test_the_server_ends_when_its_stdin_ends(practice_factory: Any) -> None:
    server = practice_factory()
    server.process.stdin.close()
    assert server.process.wait(5) == 0


@pytest.mark.parametrize("wrong", [["--faults", "503"], ["--script", "/no/such"], ["--x"]])
def test_wrong_options_are_reported(wrong: Any) -> None:
    command = [sys.executable, "-m", "groq_magic.practice", *wrong]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert "usage: groq-magic practice" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_reported(practice: Any) -> None:
    port = practice.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "groq_magic.practice", "--port", port]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert "in use" in ended.stderr


def test_the_server_imports_no_package_of_the_client() -> None:
    code = (
        "import sys, groq_magic.practice.command\n"
        "wrong = {'groq', 'httpx', 'pydantic', 'ipywidgets', 'anywidget', 'markdown', 'IPython'}\n"
        "print(sorted(wrong & set(sys.modules)))"
    )
    reported = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert reported.stdout.strip() == "[]"


def exchanged(practice: Any, request: str) -> bytes:
    """Send raw bytes; return everything until the server closes the connection."""
    port = int(practice.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Transfer-Encoding: chunked", b"411"),
        ("Content-Length: -1", b"411"),
        ("Content-Length: 999999999999", b"413"),
    ],
)
def test_a_body_without_a_valid_length_is_refused(
    practice: Any, header: str, status: bytes
) -> None:
    answer = exchanged(practice, f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'"invalid_request_error"' in answer


def test_requests_that_are_sent_ahead_are_answered_in_turn(practice: Any) -> None:
    practice.script([{"reply": "one two three", "tokens_per_second": 50}])
    body = json.dumps(REQUEST)
    ahead = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\n"
    ahead += f"Content-Length: {len(body)}\r\n\r\n{body}"
    last = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answers = exchanged(practice, ahead + last)
    first, _, then = answers.partition(b"\r\n0\r\n\r\n")
    assert b"[DONE]" in first
    assert then.startswith(b"HTTP/1.1 404")


def test_many_clients_at_once_are_answered(practice: Any, ask: Any) -> None:
    practice.script([{"reply": "word " * 20, "tokens_per_second": 100}])
    with ThreadPoolExecutor(60) as pool:
        texts = list(pool.map(lambda _: ask(stream=True).joined(), range(60)))
    assert texts == ["word " * 20] * 60


def test_the_shipped_server_has_no_endpoints_for_tests() -> None:
    command = [sys.executable, "-m", "groq_magic.practice", "--until-eof"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/practice/requests").status_code == 404
            with client.stream("POST", CHAT, json=REQUEST, headers=KEY) as answer:
                assert "Practice" in "".join(answer.iter_text())
            # Although a connection is open.
            server.stdin.close()
            assert server.wait(5) == 0


def test_a_slow_reader_does_not_block_other_answers(practice: Any, ask: Any) -> None:
    practice.script([{"match": "long", "reply": "word " * 100_000}, {"reply": "short"}])
    long = {**REQUEST, "messages": [{"role": "user", "content": "long"}]}
    with practice.control.stream("POST", CHAT, json=long, headers=KEY) as answer:
        data = answer.iter_raw()
        next(data)
        assert ask("other", stream=True).joined() == "short"
        assert practice.requests(running=True)[0]["outcome"] == "running"
        rest = b"".join(data)
    assert rest.endswith(b"data: [DONE]\n\n")
