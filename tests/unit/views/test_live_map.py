"""The view of a map with widgets: its updates, how frequent they are, and its final output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.views import live as live_module
from groq_magic.views import live_output
from groq_magic.views.map import live as live_map
from groq_magic.views.map.facts import MapRow
from groq_magic.views.map.live import LiveMapView
from groq_magic.views.map.summary import map_bundle
from groq_magic.views.map.view import map_view
from tests.unit.views.map_values import end, progress, start

if TYPE_CHECKING:
    from groq_magic.views.live import Live

ROW = MapRow("17", ("Good rice", "4", ""))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(live_map, "time", made)
    return made


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for name in ("display", "update_display"):
        monkeypatch.setattr(live_output, name, lambda data, **_: shown.append(data))
    return shown


@pytest.fixture
def sent(live: Live, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    live.start()
    monkeypatch.setattr(live._session, "send", found.append)
    return found


@pytest.fixture
def view(live: Live, shown: list[dict[str, Any]], clock: Clock) -> LiveMapView:  # noqa: ARG001 - what is displayed, and when
    view = LiveMapView(live)
    view.open(start())
    return view


def facts_in(sent: list[dict[str, Any]], name: str) -> list[str]:
    return [each["show"][name] for each in sent if name in each.get("show", {})]


def test_a_map_that_ends_at_once_shows_only_its_end(
    view: LiveMapView, shown: list[dict[str, Any]]
) -> None:
    view.progress(progress(seconds=0.1))
    view.rows([ROW])
    view.finish(end())
    assert shown == [map_bundle(start(), end())[0]]


def test_the_line_is_drawn_at_most_five_times_a_second(
    view: LiveMapView, clock: Clock, sent: list[dict[str, Any]]
) -> None:
    for step in range(101):
        clock.now = 100 + step / 50
        view.progress(progress(done=step))
    assert 8 <= len(facts_in(sent, "progress")) <= 11


def test_rows_are_sent_only_when_they_change(
    view: LiveMapView, clock: Clock, sent: list[dict[str, Any]]
) -> None:
    view.progress(progress())
    view.rows([ROW])
    clock.now += 1
    view.progress(progress(done=500))
    view.rows([ROW])
    (rows,) = facts_in(sent, "rows")
    assert "Good rice" in rows
    assert len(facts_in(sent, "progress")) == 2


def test_a_wait_is_shown_until_it_is_over(
    view: LiveMapView, clock: Clock, sent: list[dict[str, Any]]
) -> None:
    view.progress(progress(seconds=0.1, waiting_for="The limit is reached.", waits=3.0))
    clock.now += 1
    view.progress(progress())
    assert facts_in(sent, "waiting") == ["The limit is reached. Continues in 3 s. ■ stops.", ""]


def test_a_notebook_saved_before_the_end_states_how_to_continue(
    view: LiveMapView, shown: list[dict[str, Any]]
) -> None:
    view.progress(progress())
    assert "run the cell again: it asks only the rest" in shown[0]["text/html"]
    assert shown[0]["text/plain"] == ""


def test_without_a_page_the_line_and_the_rows_are_displayed(
    view: LiveMapView,
    shown: list[dict[str, Any]],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_module, "LOADED_AFTER", -1)
    view.progress(progress())
    view.rows([ROW])
    for _ in range(10):
        clock.now += 0.5
        view.progress(progress(done=500))
    assert len(shown) == 4
    assert "502 of 1,000 rows" in shown[-1]["text/html"]
    assert "Good rice" in shown[-1]["text/html"]


@pytest.mark.parametrize(
    ("reason", "how"),
    [("", "complete"), ("Stopped.", "stopped"), ("The budget is used up.", "failed")],
)
def test_pages_get_the_kind_of_end(
    view: LiveMapView, sent: list[dict[str, Any]], reason: str, how: str
) -> None:
    view.progress(progress())
    view.finish(end(reason=reason))
    (message,) = (each for each in sent if "ended" in each)
    assert message["how"] == how
    words = "stopped" if reason else "finished"
    assert message["words"] == f"Map {words}: 1,000 rows answered"


def test_a_discarded_output_is_empty(view: LiveMapView, shown: list[dict[str, Any]]) -> None:
    view.discard()
    assert shown == []
    view.progress(progress())
    view.discard()
    assert shown[-1] == {"text/html": "", "text/plain": ""}


def test_it_is_the_view_of_notebooks_with_widgets(live: Live) -> None:
    assert isinstance(map_view("widgets", lambda: live), LiveMapView)
