"""The one connection: made once, whoever asks first, and shut from another thread."""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.client import CancelledError, Client
from groq_magic.api.exchange import Exchange
from groq_magic.api.key import ApiKey

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST = {"model": "openai/gpt-oss-20b", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def client(practice: Any) -> Iterator[Client]:
    made = Client(ApiKey("gsk_test", "a test"), practice.url, 5.0)
    yield made
    made.close()


def test_threads_that_come_at_once_load_the_certificates_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[object] = []

    def slowly() -> ssl.SSLContext:
        time.sleep(0.05)
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    monkeypatch.setattr("groq_magic.api.client.trusted_certificates", slowly)
    client = Client(ApiKey("gsk_test", "a test"), "https://127.0.0.1:1", 1.0)
    threads = [threading.Thread(target=client._trust) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_closed_client_sends_nothing(client: Client, practice: Any) -> None:
    client.close()
    with pytest.raises(CancelledError):
        client.models(timeout=5)
    assert practice.requests("/openai/v1/models") == []


def test_a_reply_is_read_as_bytes_with_its_limits(client: Client) -> None:
    with client.open(REQUEST, timeout=5, exchange=Exchange()) as response:
        body = b"".join(response.pieces)
        limits = response.limits
    assert b"chat.completion" in body
    assert limits.get("TPM") is not None


def test_what_was_cancelled_before_it_left_is_not_sent(client: Client, practice: Any) -> None:
    exchange = Exchange()
    exchange.cancelled.set()
    with (
        pytest.raises(CancelledError),
        client.open(REQUEST, timeout=5, exchange=exchange),
    ):
        pass
    assert practice.requests() == []


def test_shutting_wakes_a_reader_that_waits_for_headers(client: Client, practice: Any) -> None:
    practice.faults("stall-before-headers")
    failures: list[BaseException] = []
    exchange = Exchange()

    def ask() -> None:
        try:
            with client.open(REQUEST, timeout=30, exchange=exchange):
                pass
        except Exception as failure:  # noqa: BLE001 - whatever comes is looked at below
            failures.append(failure)

    reader = threading.Thread(target=ask)
    reader.start()
    until = time.monotonic() + 5
    while not practice.requests(running=True) and time.monotonic() < until:
        time.sleep(0.01)
    exchange.cancel()
    reader.join(5)
    assert not reader.is_alive()
    assert len(failures) == 1


def test_the_models_are_reported_as_the_service_sent_them(client: Client) -> None:
    items = client.models(timeout=5)
    assert {"id", "context_window", "supported_features"} <= items[0].keys()


def test_an_invalid_list_of_models_is_a_value_error(client: Client, practice: Any) -> None:
    practice.faults(models=("wrong-json",))
    with pytest.raises(ValueError, match="not a list"):
        client.models(timeout=5)
