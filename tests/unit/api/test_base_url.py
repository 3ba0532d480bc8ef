"""`GROQ_BASE_URL` in every form that people set it."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.base_url import GROQ_URL, is_plain, normalise
from groq_magic.errors import RequestError


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, GROQ_URL),
        ("", GROQ_URL),
        ("  \n", GROQ_URL),
        ("https://api.groq.com", GROQ_URL),
        ("https://api.groq.com/", GROQ_URL),
        (" https://api.groq.com/openai/v1 ", GROQ_URL),
        ("https://api.groq.com/openai/v1/", GROQ_URL),
        ("https://api.groq.com/openai/v1/chat/completions", GROQ_URL),
        ("HTTPS://api.groq.com?x=1#y", GROQ_URL),
        ("https://proxy.example/groq/", "https://proxy.example/groq"),
        ("https://proxy.example/groq/openai/v1", "https://proxy.example/groq"),
        ("http://localhost:8080//", "http://localhost:8080"),
        ("http://[::1]:8080/openai/v1", "http://[::1]:8080"),
    ],
)
def test_an_address_is_made_what_the_sdk_wants(given: Any, used: Any) -> None:
    assert normalise(given) == used


@pytest.mark.parametrize(
    "given",
    [
        "api.groq.com",
        "ftp://api.groq.com",
        "file:///etc/passwd",
        "https://",
        "https://host:99999",
        "https://host:x",
        "https://[::1",
        "javascript:alert(1)",
        "https://me:secret@api.groq.com",
        "gsk_somebody_pasted_the_key_here",
    ],
)
def test_an_invalid_address_is_refused_in_one_line(given: Any) -> None:
    with pytest.raises(RequestError) as caught:
        normalise(given)
    line = str(caught.value)
    assert "GROQ_BASE_URL" in line
    assert "\n" not in line
    assert "secret" not in line
    assert "gsk_" not in line


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://api.groq.com", False),
        ("http://127.0.0.1:1", False),
        ("http://127.8.9.1:1", False),
        ("http://localhost:1", False),
        ("http://[::1]:1", False),
        ("http://192.168.0.2", True),
        ("http://localhost.example", True),
        ("http://groq.example", True),
    ],
)
def test_plain_http_beyond_this_machine_is_known(url: Any, plain: Any) -> None:
    assert is_plain(url) == plain
