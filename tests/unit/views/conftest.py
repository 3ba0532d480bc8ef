from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lxml.html
import pytest
import traitlets
from ipywidgets.widgets import widget as ipywidgets_widget

from groq_magic.settings import Settings as RealSettings
from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts
from groq_magic.views.bar import Bar
from groq_magic.views.live import Live
from groq_magic.views.session_facts import Meter, PanelFacts, QuotaFacts, Refill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Settings(RealSettings):
    reasoning_effort = traitlets.Unicode("")  # a level that the panel doesn't list


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def pressed() -> list[str]:
    return []


@pytest.fixture
def make_live(settings: Settings, pressed: list[str]) -> Callable[..., Live]:
    return lambda **more: Live(
        settings,
        panel_facts=lambda: PanelFacts("from .env", "main · 1 turn", Meter(680, 8000, "680"), None),
        quota=lambda: QuotaFacts(settings.model, Refill(8000, 7320, 60.0, 5.1, "tokens"), None),
        undo=lambda: pressed.append("undo"),
        reset=lambda: pressed.append("reset"),
        **more,
    )


@pytest.fixture
def live(make_live: Callable[[], Live]) -> Iterator[Live]:
    live = make_live()
    yield live
    live.close()


@pytest.fixture
def open_widgets() -> Callable[[], int]:
    return lambda: len(ipywidgets_widget._instances)


@pytest.fixture
def finished() -> Callable[..., FinishedAnswer]:
    def finished(text: str = "Hello **you**", **changes: Any) -> FinishedAnswer:
        values: dict[str, Any] = {
            "slot": "groq-turn-cell-1-1",
            "text": text,
            "format": "markdown",
            "code": (),
            "data": None,
            "reasoning": "",
            "notices": (),
            "warnings": (),
            "bar": Bar("gpt-oss-120b", "318 tokens"),
            "metadata": {"groq_magic": {"turn": 1}},
            "live": LiveFacts("318 tokens · 806 tok/s", text, "", "groq-answer-1"),
        }
        return FinishedAnswer(**{**values, **changes})

    return finished


@pytest.fixture
def text_of() -> Callable[[str], str]:
    return lambda html: str(lxml.html.fromstring(html).text_content())
