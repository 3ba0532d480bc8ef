"""Fixtures that many test folders share: a practice server for each test."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.chromium import browser, chromium, playwright  # noqa: F401 - fixtures
from tests.markers import (  # noqa: F401 - hooks
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_configure,
)
from tests.page_errors import lone_page  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Some machines keep no compiled code: there each kernel and server would compile us again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

CHAT = "/openai/v1/chat/completions"
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class PracticeServer:
    """A running practice server, with faults and records (tests/practice).

    Parameters
    ----------
    url : str
        What `GROQ_BASE_URL` is to be.
    process : subprocess.Popen
    control : httpx.Client
        For the endpoints under ``/practice``.
    """

    url: str
    process: subprocess.Popen[str]
    control: httpx.Client

    def faults(
        self, *faults: str, models: tuple[str, ...] = (), batch: tuple[str, ...] = ()
    ) -> None:
        """Set what the next chat requests, those for models, and for files and batches meet."""
        given = {"faults": faults, "models": models, "batch": batch}
        self._post("/practice/faults", given)

    def script(self, replies: list[dict[str, Any]]) -> None:
        """Set what is answered to which prompt."""
        self._post("/practice/script", replies)

    def requests(self, path: str = CHAT, *, running: bool = False) -> list[dict[str, Any]]:
        """Give the recorded requests for a path, once they are over (or as they are)."""
        until = time.monotonic() + 5
        while True:
            reported = self.control.get("/practice/requests").json()
            found = [record for record in reported if record["path"] == path]
            over = all(record["outcome"] not in {"running", "stalled"} for record in found)
            if running or over:
                return found
            assert time.monotonic() < until, f"still running: {found}"
            time.sleep(0.01)

    def forget_requests(self) -> None:
        """Forget what was recorded so far."""
        self.control.delete("/practice/requests").raise_for_status()

    def quota(self) -> dict[str, dict[str, float]]:
        """Give the state of every limit."""
        return self.control.get("/practice/quota").json()

    def reset(self) -> None:
        """Forget everything but the start options."""
        self.control.delete("/practice").raise_for_status()

    def stop(self) -> None:
        """End the process, as a parent that ends does."""
        self.control.close()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
            raise
        finally:
            self.process.stdout.close()

    def _post(self, path: str, body: object) -> None:
        answer = self.control.post(path, content=json.dumps(body))
        assert answer.status_code == 200, answer.text


def _started(**options: object) -> PracticeServer:
    """Start one; `tokens_per_second=50` becomes ``--tokens-per-second 50``."""
    command = [sys.executable, "-m", "tests.practice", "--until-eof"]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    # An empty context: loopback speaks plain HTTP, and loading certificates is slow.
    empty = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    control = httpx.Client(base_url=url, timeout=10, trust_env=False, verify=empty)
    return PracticeServer(url, process, control)


@pytest.fixture(autouse=True)
def _no_loop_of_playwright(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hide the loop that Playwright leaves running in its thread after the first browser test."""
    loop = None if "playwright" in request.fixturenames else asyncio._get_running_loop()
    if loop is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(autouse=True)
def _interrupts_raise() -> Iterator[None]:
    """Let interrupts raise KeyboardInterrupt, and check that a test restores what it sets.

    A shell has processes in the background ignore them.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.fixture(scope="session")
def _practice_for_all() -> Iterator[PracticeServer]:
    server = _started()
    yield server
    server.stop()


@pytest.fixture
def practice(_practice_for_all: PracticeServer) -> PracticeServer:
    """A practice server with the default options, as fresh as if just started."""
    _practice_for_all.reset()
    return _practice_for_all


@pytest.fixture
def practice_factory() -> Iterator[Callable[..., PracticeServer]]:
    """Start practice servers with options of the test's own; they end with it."""
    servers: list[PracticeServer] = []

    def start(**options: object) -> PracticeServer:
        servers.append(_started(**options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
