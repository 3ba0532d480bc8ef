"""Runs against a server in a process of its own."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from groq_magic.api.account import account_of
from groq_magic.api.key import ApiKey
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest, Split
from groq_magic.mapping.sending.run import Run
from groq_magic.mapping.sending.run_settings import RunSettings
from tests.rows_server import started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MODEL = "openai/gpt-oss-20b"


@dataclass(frozen=True)
class RowsServer:
    """A running server of rows."""

    url: str

    def counts(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/counts") as reply:
            return json.load(reply)

    def limit(self, requests: int, tokens: int) -> None:
        self.post("limits", {"requests": requests, "tokens": tokens})

    def post(self, path: str, body: dict[str, Any]) -> None:
        urlopen(Request(f"{self.url}/{path}", json.dumps(body).encode())).close()


@pytest.fixture(scope="session")
def _rows_server_for_all() -> Iterator[RowsServer]:
    process, url = started()
    yield RowsServer(url)
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def rows_server(_rows_server_for_all: RowsServer) -> Callable[..., RowsServer]:
    """Return the server of rows without earlier requests, with the test's options."""

    def start(**options: float) -> RowsServer:
        _rows_server_for_all.post("options", options)
        return _rows_server_for_all

    return start


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


def row(number: int, **parameters: Any) -> RowRequest:
    """Return the request of one row."""
    content = f"Row {number}"
    request = {"model": MODEL, "messages": [{"role": "user", "content": content}], **parameters}
    return RowRequest((f"key {number}",), request, 5)


class IterableRun(Run):
    """A run that yields each row's key and answer; leaving the loop ends it."""

    def __iter__(self) -> Iterator[tuple[str, RowAnswer]]:
        with self:
            while not self.is_over:
                yield from self.take(0.05)


def one_answer(request: RowRequest, answer: RowAnswer) -> Split:
    """Return the answer for each row of a request."""
    return Split(dict.fromkeys(request.keys, answer))


@pytest.fixture
def run_of(journal: Journal) -> Iterator[Callable[..., IterableRun]]:
    """Make runs; no thread of theirs outlives the test."""
    accounts = []

    def make(server: Any, requests: Any, callbacks: Any = None, **settings: Any) -> IterableRun:
        accounts.append(account_of(ApiKey("gsk_made_up_for_tests_0123456789", "x"), server.url))
        given = {
            "request_for": lambda keys: replace(row(0), keys=tuple(keys)),
            "split": one_answer,
            "nearest": str,
            "on_sent": lambda _request, _outcome: None,
        }
        return IterableRun(
            requests,
            journal=journal,
            account=lambda: accounts[-1],
            settings=RunSettings(**settings),
            **(given | (callbacks or {})),
        )

    yield make
    for account in accounts:
        account.close()
    until = time.monotonic() + 5
    while any(each.name.startswith("groq-magic-map") for each in threading.enumerate()):
        assert time.monotonic() < until, threading.enumerate()
        time.sleep(0.01)
