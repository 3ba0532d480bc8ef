"""Errors of threads and tasks are noted, and shown as before."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.page.shown_errors import BackgroundErrors

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", found.append)
    return found


@pytest.fixture
def errors(shown: list[Any]) -> Iterator[BackgroundErrors]:  # noqa: ARG001 - set before ours
    made = BackgroundErrors()
    made.install()
    yield made
    made.uninstall()


def fail_in_thread() -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()


def test_the_error_of_a_thread_is_noted_and_shown(
    errors: BackgroundErrors, shown: list[Any]
) -> None:
    fail_in_thread()
    (noted,) = errors.take()
    assert isinstance(noted.error, ZeroDivisionError)
    assert noted.origin == "thread"
    assert len(shown) == 1
    assert errors.take() == []


def test_the_error_of_a_task_is_noted_and_logged(
    errors: BackgroundErrors, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(main())
    (noted,) = errors.take()
    assert noted.origin == "background task"
    assert "Exception in callback" in caplog.text


def test_few_errors_are_kept(errors: BackgroundErrors) -> None:
    for _ in range(20):
        fail_in_thread()
    assert len(errors.take()) == 5


def test_nothing_is_left_behind() -> None:
    before, filters = threading.excepthook, list(logging.getLogger("asyncio").filters)
    made = BackgroundErrors()
    made.install()
    made.uninstall()
    assert threading.excepthook == before
    assert logging.getLogger("asyncio").filters == filters


def test_a_hook_that_was_set_after_ours_stays(shown: list[Any]) -> None:
    made = BackgroundErrors()
    made.install()
    ours, called = threading.excepthook, []

    def later(args: Any) -> None:
        called.append(args)
        ours(args)

    threading.excepthook = later
    made.uninstall()
    assert threading.excepthook is later
    fail_in_thread()
    assert len(called) == len(shown) == 1
    assert made.take() == []
