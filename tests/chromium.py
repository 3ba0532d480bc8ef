"""The one place that finds, installs or starts a Chromium: once for each worker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

__all__ = ["FLAGS", "PATIENCE", "browser", "chromium", "find_chromium", "playwright"]

PATIENCE = 60_000  # ms for anything
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--stack-trace-limit=200",  # an error names all calls that led to it
)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> str:
    """Return the path of the Chromium of this run."""
    if (found := find_chromium(playwright)) is None:
        pytest.fail(
            "No Chromium, and none could be installed. Put `chromium` on the PATH (on Debian: "
            "`apt-get install chromium`), or run `python -m playwright install chromium`.",
            pytrace=False,
        )
    return found


def find_chromium(playwright: Playwright) -> str | None:
    """Return the path of a Chromium that is here, or of one installed now, if that can be."""
    own = playwright.chromium.executable_path
    # One worker installs, the others wait for it.
    with (Path(tempfile.gettempdir()) / "groq-magic-tests-chromium.lock").open("w") as lock:
        _wait_for(lock)
        return _found(own) or _installed(own)


def _found(own: str) -> str | None:
    """Return a Chromium's path: on PATH, or Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), own if Path(own).exists() else None)


def _installed(own: str) -> str | None:
    """Install Playwright's Chromium, or root Debian's; a fresh machine has no lists yet."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
        ways.append([["apt-get", "update", "-q"], install])
    for commands in ways:
        for command in commands:
            subprocess.run(command, check=False, capture_output=True)
        if found := _found(own):
            return found
    return None


def _wait_for(lock: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:  # on Windows each worker looks, and installs, for itself
        return
    fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Return a browser for pages that are no front end's."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield browser
    browser.close()
