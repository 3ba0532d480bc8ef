"""The key is seen nowhere: not in errors, records, logs or tracebacks."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from typing import Any

import groq
import pytest

from groq_magic.api.client import Client
from groq_magic.api.fault import FaultContext
from groq_magic.api.key import ApiKey, parse_key
from groq_magic.api.sdk_faults import fault_of
from groq_magic.errors import ApiKeyError, GroqMagicError

REQUEST = {
    "model": "openai/gpt-oss-20b",
    "messages": [{"role": "user", "content": "hi"}],
    "stream": True,
}
FAULTS = ("401", "429:retry-after=0.01", "drop-before-headers", "drop:after=2", "html-502", "ok")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_log_record_holds_the_key(
    notebook: Any, practice: Any, key: str, caplog: pytest.LogCaptureFixture, fault: Any
) -> None:
    for name in (None, "groq", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    practice.faults(fault)
    notebook.ask()
    assert caplog.records
    shown = logging.Formatter("%(message)s")
    for record in caplog.records:
        assert key not in shown.format(record)
        assert key not in repr(vars(record))


def test_the_sdks_debug_output_does_not_hold_the_key(practice: Any, key: str) -> None:
    program = (
        "import sys; from groq_magic.api.client import Client; "
        "from groq_magic.api.exchange import Exchange; from groq_magic.api.key import ApiKey; "
        "client = Client(ApiKey(sys.argv[1], 'a test'), sys.argv[2], 5.0); "
        f"opened = client.open({REQUEST!r}, timeout=5, exchange=Exchange())\n"
        "with opened as reply: b''.join(reply.pieces)\n"
        "client.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, key, practice.url],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GROQ_LOG": "debug"},
    )
    assert "Request options" in done.stderr
    assert key not in done.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_has_no_frames_behind_it(notebook: Any, practice: Any, fault: Any) -> None:
    practice.faults(f"{fault}:times=9")
    asked = notebook.ask()
    if asked.error is None:
        assert fault == "ok"
        return
    assert asked.error.__cause__ is None
    assert asked.error.__context__ is None
    values = "".join(
        traceback.TracebackException.from_exception(asked.error, capture_locals=True).format()
    )
    assert "gsk_made_up_for_tests" not in values


def test_a_header_that_can_not_be_sent_is_reported_without_it(practice: Any) -> None:
    # The SDK's own text for a key with a line end holds the key.
    key = "gsk_made_up_with\nline_end"
    client = Client(ApiKey(key, "a test"), practice.url, 1.0)
    asked = FaultContext("m", str, 1.0, practice.url, key)
    with pytest.raises(groq.APIConnectionError) as caught:
        client.models(timeout=1)
    client.close()
    assert "made_up" in repr(caught.value.__cause__)
    error = fault_of(caught.value, asked, sent=False).error
    assert "made_up" not in str(error)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ('"gsk_quoted"', "quote marks"),
        ("\u201cgsk_smart\u201d", "smart quotes"),
        ("gsk_a gsk_b", "white space"),
        ("gsk_a\ngsk_b", "control character"),
    ],
)
def test_a_malformed_key_is_refused_without_being_shown(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, key: Any, says: Any
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", key)
    asked = notebook.ask()
    assert isinstance(asked.error, ApiKeyError)
    assert says in str(asked.error)
    assert "gsk" not in str(asked.error)
    assert practice.requests() == []


def test_control_characters_in_a_typed_key_are_refused_unseen() -> None:
    with pytest.raises(ApiKeyError) as caught:
        parse_key("gsk_a\x00b", "%groq_key")
    assert "gsk" not in str(caught.value)


def test_what_holds_the_key_does_not_show_it(notebook: Any, key: str) -> None:
    notebook.ask()
    service = notebook.session.service
    context = FaultContext("m", str, 1.0, service.base_url(), key)
    shown = [service, service.client(), service.key_now(), context]
    assert key not in "".join(f"{each!r}{each!s}" for each in shown)
    assert key not in json.dumps(dict(notebook.shell.user_ns["_groq"].request))


def test_a_wrong_proxy_is_reported_without_its_password(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_BASE_URL", "http://groq.invalid")
    monkeypatch.setenv("HTTP_PROXY", "nonsense://me:secret@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    asked = notebook.ask()
    assert isinstance(asked.error, GroqMagicError)
    assert "proxy" in str(asked.error)
    assert "secret" not in asked.everything


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_what_goes_to_this_machine_goes_through_no_proxy(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert notebook.ask().error is None
    assert len(practice.requests()) == 1


def test_plain_http_beyond_this_machine_is_warned_of_before_anything_leaves(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, int]] = []

    def warn(line: str) -> None:
        requests = len(practice.requests()) + len(practice.requests("/openai/v1/models"))
        shown.append((line, requests))

    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda _url: True)
    monkeypatch.setattr(notebook.session.service, "_warn", warn)
    # An alias has the models fetched before the ask itself.
    assert notebook.ask(model="fast").error is None
    assert notebook.ask().error is None
    ((line, requests),) = shown
    assert "plain http" in line
    assert requests == 0
    assert len(practice.requests()) == 2


def test_plain_http_warns_once_for_an_address(
    notebook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = notebook.session.service
    monkeypatch.setenv("GROQ_BASE_URL", "http://groq.example")
    assert "plain http" in service.plain_warning()
    assert "plain http" in service.plain_warning()
    service.client()
    assert service.plain_warning() == ""
    monkeypatch.setenv("GROQ_BASE_URL", "http://other.example")
    assert "plain http" in service.plain_warning()
    monkeypatch.setenv("GROQ_BASE_URL", "https://groq.example")
    assert service.plain_warning() == ""
    service.client()
    monkeypatch.setenv("GROQ_BASE_URL", "http://groq.example")
    assert service.plain_warning() == ""  # it was shown before
