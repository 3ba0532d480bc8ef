"""Which errors fail a test: a page that throws and logs ours, and its front end's own."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.page_errors import PageErrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A front end's own code, and ours as anywidget imports it: from a blob.
BUNDLE = """
export const fails = (message) => { throw new Error(message); };
export const later = (message) => void Promise.reject(new Error(message));
export const logs = (message) => console.error("Could not restore:", new Error(message));
export const deep = (calls, then) => (calls ? deep(calls - 1, then) : then());
export const caught = (then) => { try { then(); } catch (error) { console.error(error); } };
"""
OURS = """
import { caught, deep, fails } from "http://127.0.0.1:9/static/lab/1.js";
export const throws = (message) => { throw new Error(message); };
export const loggedByLab = (message) => caught(() => deep(50, () => fails(message)));
"""
CASE = """async ([ours, script]) => {
  const url = URL.createObjectURL(new Blob([ours], { type: "text/javascript" }));
  const own = await import("http://127.0.0.1:9/static/lab/1.js");
  const our = await import(url);
  await new Function("own", "our", `return ${script};`)(own, our);
  // Rejections are reported late, but in order.
  setTimeout(() => void Promise.reject(new Error("the end")));
}"""
CANCELED = "Canceled future for debug_request message before replies were done"


@pytest.fixture
def errors_of(browser: Any) -> Iterator[Callable[[str], list[str]]]:
    """Run a script on a page that has both codes; return the errors that count."""
    context = browser.new_context()
    context.route(
        "http://127.0.0.1:9/**",
        lambda route: (
            route.fulfill(body=BUNDLE, content_type="text/javascript")
            if route.request.url.endswith(".js")
            else route.fulfill(status=404)
            if "/api/contents" in route.request.url
            else route.fulfill(body="<!doctype html>", content_type="text/html")
        ),
    )

    def errors_of(script: str) -> list[str]:
        page = context.new_page()
        errors = PageErrors(page)
        page.goto("http://127.0.0.1:9/")
        with page.expect_event("pageerror", lambda error: error.message == "the end"):
            page.evaluate(CASE, [OURS, script])
        assert "the end" in errors.noted.pop()
        return errors.noted

    yield errors_of
    context.close()


@pytest.mark.parametrize(
    "script",
    [
        f"own.later('{CANCELED}')",
        f"own.logs('{CANCELED}')",
        "own.later('Canceled future for kernel_info_request message before replies were done')",
    ],
)
def test_what_the_front_end_asked_of_a_kernel_that_ended_does_not_count(
    errors_of: Any, script: str
) -> None:
    assert errors_of(script) == []


def test_a_closed_kernels_connection_does_not_count(errors_of: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"ws://127.0.0.1:{free.getsockname()[1]}/api/{{}}/a-b-c/channels"
        script = "new Promise((done) => new WebSocket('{}').addEventListener('close', done))"
        assert errors_of(script.format(address.format("kernels"))) == []
        (error,) = errors_of(script.format(address.format("others")))
    assert "WebSocket connection" in error


def test_a_list_of_files_that_failed_does_not_count(errors_of: Any) -> None:
    page, listed = "http://127.0.0.1:9", "/api/contents?content=1&hash=0&17"
    assert errors_of(f"fetch('{page}{listed}')") == []
    assert errors_of("own.later('Directory not found: \"\"')") == []
    (error,) = errors_of(f"fetch('{page}/api/contents/a.ipynb?content=1&hash=0&17')")
    assert "404" in error


@pytest.mark.parametrize(
    "script",
    [
        # Thrown by ours, at once and later, whatever the words.
        "setTimeout(() => our.throws('any'))",
        f"setTimeout(() => our.throws('{CANCELED}'))",
        # Thrown in the front end, far below a call of ours, and logged by the front end.
        "our.loggedByLab('any')",
        f"our.loggedByLab('{CANCELED}')",
        # Requests that ours sends.
        "own.later('Canceled future for groq_session_a1 message before replies were done')",
        "own.later('Canceled future for comm_msg message before replies were done')",
        # Thrown in the front end alone: by what we wrote into its model, for all that one knows.
        "own.later('reading type of undefined')",
        "own.logs('No renderer for this output')",
    ],
)
def test_other_errors_count(errors_of: Any, script: str) -> None:
    assert len(errors_of(script)) == 1


def test_both_kinds_are_distinguished_on_one_page(errors_of: Any) -> None:
    (error,) = errors_of(f"(own.later('{CANCELED}'), own.logs('{CANCELED}'), our.loggedByLab('x'))")
    assert "Error: x" in error
    assert "blob:" in error


def test_a_request_beyond_this_machine_counts(errors_of: Any) -> None:
    found = errors_of("fetch('http://192.0.2.1/', { mode: 'no-cors' }).catch(() => 0)")
    assert "asked for http://192.0.2.1/" in found
