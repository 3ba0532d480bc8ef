"""The view of a map as text: tqdm's bar, or a line of our own, and the summary."""

from __future__ import annotations

import io
import sys
import threading
from typing import Any

import pytest

from groq_magic.views.map import text as text_map
from groq_magic.views.map.summary import map_bundle
from groq_magic.views.map.text import TextMapView
from groq_magic.views.map.view import map_view
from tests.unit.views.map_values import end, progress, start


class Terminal(io.StringIO):
    encoding = "ascii"

    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    shown: list[Any] = []
    monkeypatch.setattr(text_map, "publish", shown.append)
    monkeypatch.setattr(text_map, "time", Clock())
    return shown


def written(begin: Any = None, stream: Any = None, **facts: Any) -> str:
    stream = stream or Terminal()
    view = TextMapView(stream)
    view.open(begin or start())
    view.progress(progress(**facts))
    line = stream.getvalue()
    view.finish(end())
    return str(line)


def test_tqdm_draws_the_bar(shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    line = written()
    assert "412/1000" in line
    assert "2 failed, 200 from the journal, 64,500 tokens, $0.0061" in line
    assert shown == [map_bundle(start(), end())[0]]


def test_without_tqdm_there_is_a_plain_line(
    shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setenv("COLUMNS", "200")
    stream = Terminal()
    line = written(stream=stream)
    assert line.startswith("\r412 of 1,000 rows - 2 failed - 200 from the journal - 21 rows/s")
    # Blank, and the cursor is where it was.
    assert stream.getvalue().removeprefix(line).strip() == ""
    assert stream.getvalue().endswith(" \r")
    assert len(shown) == 1


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_a_wait_is_on_the_line_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, shown: list[Any], *, has_tqdm: bool
) -> None:
    assert shown == []
    if not has_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setenv("COLUMNS", "300")
    line = written(waiting_for="The limit\x1b[31m is reached.", waits=9.0)
    assert "The limit[31m is reached. Continues in 9 s." in line
    assert "\x1b[31m" not in line


def test_a_line_is_no_longer_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, shown: list[Any]
) -> None:
    assert shown == []
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setenv("COLUMNS", "30")
    assert len(written()) <= 30


def test_a_map_that_ends_at_once_has_no_line(
    shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(clock, "monotonic", lambda: 1.0)
    monkeypatch.setattr(text_map, "time", clock)
    assert written() == ""
    assert len(shown) == 1


def test_it_is_the_view_of_terminals_and_of_kernels_without_widgets() -> None:
    def no_widgets() -> Any:
        pytest.fail("no widgets are needed")

    assert isinstance(map_view("terminal", no_widgets), TextMapView)
    assert isinstance(map_view("static", no_widgets), TextMapView)


def test_tqdm_leaves_no_thread_behind(shown: list[Any]) -> None:
    before = set(threading.enumerate())
    assert "412/1000" in written()
    assert set(threading.enumerate()) == before
    assert shown
