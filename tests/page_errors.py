"""The page errors that fail a test: all that the page reports, except those of the front end alone.

1. An error counts, whatever else it says, where our code takes part: its text, its stack or its
   place names groq, or a module without an address of its own. anywidget imports ours from a blob,
   and stacks are kept whole (`FLAGS` in tests/chromium.py), so that a fault in JupyterLab's bundles
   counts if a call of ours led there.
2. Else it doesn't count if the front end makes it on any notebook: its own requests and connections
   that end with a kernel, on a restart for example, and faults known of a version.
3. What is left counts, whoever reports it: JupyterLab logs in this way what it can't do with
   something that we wrote into a notebook earlier.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request

__all__ = ["PageErrors", "lone_page"]

OURS = re.compile(r"blob:http|data:text/javascript|groq", re.IGNORECASE)

THE_FRONT_ENDS = (
    # A restart or an end of the kernel cuts off what is asked of it: by the debugger for example.
    # (Ours are messages of comms and of our own type; a cell is run by the test.)
    r"Canceled future for (?!comm_|execute_)\w+ message",
    r"thrown: Kernel is dead",
    # The page connects again to the kernel of a notebook that an earlier test has closed.
    r"WebSocket connection to '[^']*/api/kernels/[^']*' failed",
    # The server finds no folder if a file goes while it lists the folder: one that is renamed.
    r"status of 404 \(Not Found\) \(http://127\.0\.0\.1:\d+/api/contents\?content=1&",
    r'Directory not found: ""',
    # Notebook 7.6 throws this while it loads its settings.
    r"reading 'schema'\)[\s\S]*/static/notebook/notebook_core",
    # Notebook 7.2 throws this while it opens a notebook.
    r"reading 'last_modified'\)[\s\S]*/static/notebook/\d+\.bundle",
    # JupyterLab 4.2 throws this where a cell's toolbar is laid out after its cell was removed.
    r"reading 'type'\)[\s\S]*_cellToolbarOverlapsContents",
)


class PageErrors:
    """What a page reports and asks for that is to fail its test, in `noted`.

    Parameters
    ----------
    page : Page
    """

    def __init__(self, page: Page) -> None:
        self.noted: list[str] = []
        self._page = page
        self._allowed: list[str] = []
        self._listeners: dict[str, Any] = {
            "console": self._logged,
            "pageerror": self._thrown,
            "request": self._requested,
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]  # one overload an event

    def allow(self, *patterns: str) -> None:
        """Let the page report these from now on, whoever takes part."""
        self._allowed.extend(patterns)

    def end(self) -> None:
        """Note nothing more."""
        for event, listener in self._listeners.items():
            self._page.remove_listener(event, listener)

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _thrown(self, error: Error) -> None:
        self._note(f"thrown: {error} {error.stack}")

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.noted.append(f"asked for {request.url}")

    def _note(self, error: str) -> None:
        if any(re.search(allowed, error) for allowed in self._allowed):
            return
        if OURS.search(error) or not any(re.search(each, error) for each in THE_FRONT_ENDS):
            self.noted.append(error)


@pytest.fixture
def lone_page(browser: Browser) -> Iterator[Page]:
    """Return a page of no front end, in a context of its own; an error that it reports fails."""
    context = browser.new_context()
    page = context.new_page()
    errors = PageErrors(page)
    yield page
    context.close()
    assert errors.noted == []
