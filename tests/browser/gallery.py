"""Every view at once: what the tests of accessibility run in a kernel.

It is imported by notebooks, not by tests. Views that stream stay open, so that the kernel is idle
while a test looks at them.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import map_stage

from groq_magic import get_session
from groq_magic.tools.call_result import CallResult
from groq_magic.views import for_front_end
from groq_magic.views.answer_facts import AnswerStart, Progress
from groq_magic.views.map.view import map_view
from groq_magic.views.proposed_code import show_proposed

__all__ = ["code", "finished_map", "streaming_answer", "streaming_map"]

PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()
LONG = json.dumps({"city": "Oslo", "days": list(range(30))})
CALLS = (
    CallResult("get_price", '{"item": "rice"}', "2.1", 0.01),
    CallResult("history", LONG, "\n".join(f"day {n}: {n / 7:.2f}" for n in range(60)), 2.5),
    CallResult("get_price", '{"item": "salt"}', "KeyError: 'salt'", 0.01, "failed"),
    CallResult(
        "browser_search",
        '{"query": "price of rice"}',
        "Rice costs 2.10.",
        state="at service",
        sources=(("Prices of food", "https://example.org/prices"),),
        images=(PIXEL,),
    ),
    CallResult("get_price", LONG, state="pending"),
)
TEXT = (
    "Use `dropna`:\n\n```python\ndf = df.dropna()  # gaps elsewhere cost no rows\n```\n\nThe mean"
)


def _live() -> Any:
    session = get_session()
    session.live.start()
    return session.live


def streaming_answer(slot: str = "groq-turn-open-1") -> None:
    """Show an answer in the middle of its stream."""
    view: Any = for_front_end("widgets", _live)
    notices = ("The value of `city` is empty.",)
    metadata = {"groq_magic": {"version": 1, "finish_reason": None}}
    model = get_session().settings.model
    view.open(AnswerStart(slot, model, False, notices, metadata))  # noqa: FBT003 - not practice
    view.feed("", "Let me **see**.")
    view.calls(CALLS)
    view.feed(TEXT, "")
    wait = "The limit of 8,000 tokens a minute is reached. Continues in 12 s. ■ stops."
    view.progress(Progress(42, 3.0, 0.18, wait))


def streaming_map() -> None:
    """Show a map in the middle of its run."""
    view: Any = map_view("widgets", _live)
    view.open(map_stage.start(notices=("Equal rows are asked once.",)))
    view.rows(map_stage.rows())
    waiting = {"waiting_for": "The limit of 8,000 tokens a minute is reached.", "waits": 12.0}
    view.progress(map_stage.progress(500, 2, **waiting))
    time.sleep(0.3)  # more frequent changes are not drawn
    view.progress(map_stage.progress(600, 3, **waiting))


def finished_map(**changes: Any) -> None:
    """Show the summary of a map: its check, rows, fields, errors and figures."""
    view: Any = map_view("widgets", _live)
    view.open(map_stage.start())
    view.finish(map_stage.end(checks=map_stage.checks(), **changes))


def code() -> None:
    """Show code that a model proposes."""
    show_proposed(
        "The model wants to run this code:",
        "# a comment\nprices = pd.Series({'rice': 2.1})\nprices.sort_values()",
    )


def ask_to_run() -> None:
    """Ask as a tool does, with buttons beside the box."""
    prompt = 'Run get_price(item="salt")? run, no (a reason may follow), or stop: '
    _live().question(prompt, [("Run", "run"), ("No", "no"), ("Stop", "stop")])
    input(prompt)
    _live().question("", [])
