"""A Chromium for the tests, and fixtures that start it once for each worker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

__all__ = ["FLAGS", "PATIENCE", "a_browser", "browser", "playwright"]

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


def a_browser(playwright: Playwright) -> str:
    """Return a Chromium's path: on PATH, Playwright's own, or one installed now."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    if not Path(own).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if Path(own).exists():
        return own
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        _install_with_apt()
    if found := shutil.which("chromium"):
        return found
    raise FileNotFoundError("No Chromium here, and none could be installed.")


def _install_with_apt() -> None:
    import fcntl  # not on every system; where apt-get is, it is

    # One worker installs, the others wait for it. A fresh machine has no lists yet.
    with (Path(tempfile.gettempdir()) / "groq-magic-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which("chromium"):
            subprocess.run(["apt-get", "update", "-q"], check=False)
            install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
            subprocess.run(install, check=False)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return a browser for pages that are no front end's."""
    browser = playwright.chromium.launch(executable_path=a_browser(playwright), args=list(FLAGS))
    yield browser
    browser.close()
