"""What the tests of the views run in a kernel: an ask without a model or a network.

It is imported by notebooks, not by tests.
"""

from __future__ import annotations

import time
from typing import Any

import traitlets

from groq_magic.settings import Settings as RealSettings
from groq_magic.views import for_front_end
from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, LiveFacts, Progress
from groq_magic.views.bar import Bar
from groq_magic.views.live import Live
from groq_magic.views.session_facts import Meter, PanelFacts, QuotaFacts, Refill

ANSWER = r"""Use `dropna`, so that gaps elsewhere don't cost you rows:

```python
df = df.dropna(subset=["price"])
```

| column | null % |
|---|--:|
| price | 3.1 |

- It costs $5 to $10
- The mean is \(\bar{x}\)

Your frame has **1,204 rows**."""


class Settings(RealSettings):
    reasoning_effort = traitlets.Unicode("")  # a level that the panel doesn't list


settings = Settings()
pressed: list[str] = []


def new_live() -> Live:
    live = Live(
        settings,
        panel_facts=lambda: PanelFacts(
            "from GROQ_API_KEY",
            "main · 3 turns, 1,912 tokens",
            Meter(680, 8000, "680 of 8,000 tokens used · back to 0 in 5 s"),
            Meter(342, 1000, "342 of 1,000 requests"),
        ),
        quota=lambda: QuotaFacts(
            "openai/gpt-oss-120b",
            Refill(8000, 7320, 60.0, 5.1, "tokens"),
            Refill(1000, 658, 86_400.0, 29_549.0, "requests"),
        ),
        undo=lambda: pressed.append("undo"),
        reset=lambda: pressed.append("reset"),
    )
    live.models(
        [
            ("openai/gpt-oss-120b · 131k", "openai/gpt-oss-120b"),
            ("llama-3.1-8b-instant · 131k", "llama-3.1-8b-instant"),
        ]
    )
    return live


live = new_live()


def ask(  # noqa: PLR0913 - each test varies one of them
    text: str = ANSWER,
    *,
    slot: str = "groq-turn-cell-a-1",
    reasoning: str = "",
    waiting: str = "",
    pause: float = 0.0,
    until_stopped: bool = False,
    stale: str = "",
) -> None:
    """Wait for Stop where a wait is to be shown; stream; wait for Stop if asked to; finish."""
    view: Any = for_front_end("widgets", lambda: live)
    began = time.monotonic()
    metadata = {"groq_magic": {"version": 1, "finish_reason": None}}
    view.open(AnswerStart(slot, settings.model, False, (), metadata))  # noqa: FBT003 - not practice

    def progress(waiting: str = "") -> None:
        seconds = time.monotonic() - began
        view.progress(Progress(42, seconds, min(0.18, seconds), waiting))

    if waiting:
        progress(waiting)
        view.stopped.wait(60)
    if reasoning:
        view.feed("", reasoning)
    for start in range(0, len(text), 12):
        view.feed(text[start : start + 12], "")
        progress()
        time.sleep(pause)
    while until_stopped and not view.stopped.wait(0.05):
        progress()
    view.finish(finished(text, slot, stale, stopped=view.stopped.is_set()))


def finished(text: str, slot: str, stale: str, *, stopped: bool) -> FinishedAnswer:
    return FinishedAnswer(
        slot=slot,
        text=text,
        format="markdown",
        code=(),
        data=None,
        reasoning="",
        notices=(),
        warnings=(),
        bar=Bar("openai/gpt-oss-120b", "318 tokens", marks=("interrupted",) if stopped else ()),
        metadata={"groq_magic": {"version": 1, "finish_reason": "stop"}},
        live=LiveFacts("318 tokens · 806 tok/s · $0.0002", text, stale, "groq-answer-1"),
    )
