"""A view that fails doesn't end the map."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from groq_magic.views.map import view as map_view
from groq_magic.views.map.view import GuardedMapView
from tests.unit.views.map_values import end, progress, start


class BrokenView:
    def __init__(self, broken: str) -> None:
        self.stopped = threading.Event()
        self.called: list[str] = []
        self._broken = broken

    def __getattr__(self, name: str) -> Any:
        def call(*_given: Any) -> None:
            self.called.append(name)
            if name == self._broken:
                raise RuntimeError("The front end is gone.")

        return call


@pytest.mark.parametrize("broken", ["open", "progress", "rows", "finish"])
def test_a_view_that_fails_ends_in_plain_text(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(map_view, "show_lines", said.append)
    inner = BrokenView(broken)
    view = GuardedMapView(inner)
    view.open(start())
    view.progress(progress())
    view.rows([])
    view.finish(end(reason="Stopped.", remedy="Run the cell again."))
    assert inner.called[-2:] == [broken, "discard"]
    assert said == ["1,000 rows answered · 0 failed\nStopped.\nRun the cell again."]
