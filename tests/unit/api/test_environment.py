"""Certificates and proxies of the environment: what is wrong with them is named."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from groq_magic.api.client import Client
from groq_magic.api.environment import trust_remedy
from groq_magic.api.fault import FaultContext
from groq_magic.api.key import ApiKey
from groq_magic.api.sdk_faults import fault_of

if TYPE_CHECKING:
    from pathlib import Path

    from groq_magic.api.fault import Fault

KEY = "gsk_made_up_0123456789"
# No address of the internet: nothing is ever sent there.
URL = "https://groq.invalid"
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE")
PROXIES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *PROXIES, *(each.upper() for each in PROXIES), "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def fault(url: str = URL) -> Fault:
    """Return the fault of a request that can't come to anything."""
    client = Client(ApiKey(KEY, "a test"), url, 1.0)
    try:
        client.models(timeout=1.0)
    except Exception as failure:  # noqa: BLE001 - whatever comes is looked at
        found = fault_of(failure, FaultContext("m", str, 1.0, url, KEY), sent=False)
    else:
        raise AssertionError
    finally:
        client.close()
    line = str(found.error)
    assert "\n" not in line
    assert KEY not in line
    assert found.error.remedy
    assert found.error.__context__ is None
    return found


@pytest.mark.parametrize(
    ("name", "kind", "what"),
    [
        ("SSL_CERT_FILE", "missing", "names a file that does not exist"),
        ("SSL_CERT_FILE", "folder", "names a file that can't be read"),
        ("SSL_CERT_FILE", "text", "names a file without certificates"),
        ("SSL_CERT_FILE", "empty", "names a file without certificates"),
        ("SSL_CERT_DIR", "missing", "names no folder of certificates"),
        ("SSL_CERT_DIR", "text", "names no folder of certificates"),
        ("SSLKEYLOGFILE", "folder", "names a file that can't be written"),
    ],
)
def test_what_can_not_be_read_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, what: str
) -> None:
    path = tmp_path / "certificates"
    match kind:
        case "folder":
            path.mkdir()
        case "text" | "empty":
            path.write_text("no certificate" * (kind == "text"), "utf-8")
    monkeypatch.setenv(name, str(path))
    found = fault()
    assert str(found.error).startswith(f"{name} {what}")
    assert f"Correct {name} or unset it" in str(found.error)
    assert not found.retry


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"])
@pytest.mark.parametrize(
    "value", ["ftp://user:secret@host", "http://[::1", "user:secret@host:port"]
)
def test_a_bad_proxy_is_named_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    line = str(fault().error)
    assert line.startswith(f"{name} is not a valid proxy address.")
    assert "secret" not in line


def test_a_socks_proxy_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    assert str(fault().error).startswith("ALL_PROXY names a SOCKS proxy")


def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{port}")
    line = str(fault().error)
    assert "can't be reached through the proxy of HTTPS_PROXY" in line
    assert "Check the network and HTTPS_PROXY" in line
    assert "secret" not in line


def test_a_proxy_does_not_concern_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://host")
    monkeypatch.setenv("ALL_PROXY", "ftp://host")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "PROXY" not in str(fault(f"http://127.0.0.1:{port}").error)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("SSL_CERT_FILE", "Check that SSL_CERT_FILE contains"),
        ("SSL_CERT_DIR", "SSL_CERT_DIR lacks it: set SSL_CERT_FILE"),
        ("REQUESTS_CA_BUNDLE", "REQUESTS_CA_BUNDLE is not read here: set SSL_CERT_FILE"),
        ("NOTHING", "Behind a company's proxy, set SSL_CERT_FILE"),
    ],
)
def test_what_to_do_about_mistrust_goes_by_what_is_set(
    monkeypatch: pytest.MonkeyPatch, name: str, remedy: str
) -> None:
    monkeypatch.setenv(name, os.devnull)
    assert trust_remedy().startswith(remedy)
