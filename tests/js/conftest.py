"""An empty page that imports this repository's JavaScript as it stands, without Jupyter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[2]
SERVED = ("groq_magic/views/page", "tests/js")
ADDRESS = "http://127.0.0.1:9"  # of nobody: what the page asks for is read from the two folders


@pytest.fixture(scope="session")
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Return a function that opens an empty page."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.route("**/*", _serve)

    def new_page() -> Page:
        page = context.new_page()
        page.goto(f"{ADDRESS}/")
        return page

    yield new_page
    context.close()


@pytest.fixture
def bare_page(new_page: Callable[[], Page]) -> Iterator[Page]:
    """Return an empty page of this test's own."""
    page = new_page()
    yield page
    page.close()


def _serve(route: Route) -> None:
    name = urlsplit(route.request.url).path.removeprefix("/")
    path = ROOT / name
    if not name:
        page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>bare</title>'
        route.fulfill(body=page, content_type="text/html")
    elif path.suffix == ".mjs" and name.rpartition("/")[0].startswith(SERVED) and path.exists():
        route.fulfill(body=path.read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(status=404)
