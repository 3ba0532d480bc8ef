"""Clients for the practice server."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import groq
import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = "openai/gpt-oss-20b"


@dataclass(frozen=True)
class Answer:
    """A response over raw HTTP."""

    status: int
    headers: httpx.Headers
    data: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.data)

    @property
    def error(self) -> dict[str, Any]:
        return self.body["error"]

    @property
    def events(self) -> list[str]:
        """The data of each event."""
        return [
            line.removeprefix("data: ")
            for line in self.data.decode().split("\n")
            if line.startswith("data: ")
        ]

    @property
    def chunks(self) -> list[dict[str, Any]]:
        return [json.loads(data) for data in self.events if data != "[DONE]"]

    def joined(self, name: str = "content") -> str:
        """Join the deltas of one name."""
        deltas = [choice["delta"] for chunk in self.chunks for choice in chunk["choices"]]
        return "".join(delta.get(name, "") for delta in deltas)


@pytest.fixture
def ask(practice: Any) -> Callable[..., Answer]:
    """Post a chat request over raw HTTP, to the shared server by default."""

    def post(
        prompt: str = "Hello", *, server: Any = None, key: str | None = "any", **more: Any
    ) -> Answer:
        body = {"model": MODEL, "messages": [{"role": "user", "content": prompt}], **more}
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        target = server or practice
        answer = target.control.post("/openai/v1/chat/completions", json=body, headers=headers)
        return Answer(answer.status_code, answer.headers, answer.content)

    return post


@pytest.fixture
def client(practice: Any) -> Iterator[groq.Groq]:
    """The real SDK on the shared server."""
    http = httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with groq.Groq(api_key="any", base_url=practice.url, max_retries=0, http_client=http) as made:
        yield made


@pytest.fixture
def reasoned(practice: Any) -> None:
    """Every answer comes with reasoning."""
    thought = "A greeting wants a greeting, so I give one of the same kind, and stop there."
    practice.script([{"reply": "Hello to you, and welcome.", "reasoning": thought}])
