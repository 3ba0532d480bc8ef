"""What the tests of a map's views run in a kernel: a run without a model or a network.

It is imported by notebooks, not by tests.
"""

from __future__ import annotations

import random
import time
from typing import Any

from stage import live

from groq_magic.ledger.usage import Usage
from groq_magic.views.map.facts import (
    Agreement,
    CheckFacts,
    Disagreement,
    MapEnd,
    MapField,
    MapProgress,
    MapRow,
    MapStart,
)
from groq_magic.views.map.view import map_view

MODEL, OTHER = "openai/gpt-oss-20b", "openai/gpt-oss-120b"
COLUMNS = ("review", "sentiment", "score", "summary", "error")
REVIEW = "The rice was fine, but the oil had leaked all over the box, and nobody answered. "
KINDS = ("negative", "neutral", "positive")


def start(columns: tuple[str, ...] = COLUMNS, data_columns: int = 1, **changes: Any) -> MapStart:
    values = {"name": "answers", "models": (MODEL,), "rows": 1_000, "requested": 1_000}
    headings = {"columns": columns, "data_columns": data_columns, "practice": False}
    return MapStart(**{**values, **headings, **changes})


def progress(done: int, failed: int = 0, **changes: Any) -> MapProgress:
    over = done + failed >= 1_000
    values = {
        "done": done,
        "failed": failed,
        "from_journal": 200,
        "total": 1_000,
        "seconds": done / 21,
        "rows_a_second": 21.4,
        "usage": Usage(120 * done, 9 * done, 129 * done),
        "cost": done * 1.2e-5,
        "seconds_left": (1_000 - done) / 21,
        "waiting_for": "",
        "waits": 0.0,
        "is_over": over,
    }
    return MapProgress(**{**values, **changes})


def rows(count: int = 5, columns: int = 5, text: str = REVIEW) -> tuple[MapRow, ...]:
    def cells(at: int) -> tuple[str, ...]:
        error = "The answer doesn't fit the schema: score is missing." if at == 2 else ""
        new = ("" if error else KINDS[at % 3], "" if error else str(at % 5 + 1))
        first = (text * (at % 3 + 1), *new, "Leaking oil, good rice, no support", error)
        more = tuple(f"value {at}.{column}" for column in range(len(first), columns))
        return (*first[:-1], *more, error)

    return tuple(MapRow(str(17 * at), cells(at), at == 2) for at in range(count))


def fields() -> tuple[MapField, ...]:
    chance = random.Random(1)  # noqa: S311 - no secret
    texts: list[Any] = chance.choices([*KINDS, None], [3, 3, 6, 0.05], k=1_000)
    return (
        MapField("sentiment", "string", texts),
        MapField("score", "integer", [chance.randint(1, 5) for _ in range(1_000)]),
        MapField("price", "number", [chance.lognormvariate(3, 0.4) for _ in range(1_000)]),
        MapField("summary", "string", [f"{REVIEW}{n} " * (n % 4 + 1) for n in range(1_000)]),
        MapField("tags", "any", [chance.sample(REVIEW.split(), 2) for _ in range(1_000)]),
    )


def checks() -> tuple[CheckFacts, ...]:
    table = {(a, b): 12 if a == b else 3 for a in KINDS for b in KINDS if (a, b) != KINDS[::2]}
    wrong = tuple(Disagreement(at, "a", "b") for at in range(15))
    of_kinds = Agreement(51, 36, 2, KINDS, table, wrong)
    scores = tuple("12345")
    close = {(a, b): 9 - 4 * abs(int(a) - int(b)) for a in scores for b in scores}
    numbers = Agreement(
        101,
        45,
        0,
        scores,
        {pair: n for pair, n in close.items() if n > 0},
        wrong,
        0.12,
        0.58,
        0.97,
        0.81,
    )
    few = tuple((str(17 * at), KINDS[at % 3], KINDS[(at + 1) % 3]) for at in range(5))
    far = tuple((str(17 * at), "5", "3") for at in range(5))
    return (
        CheckFacts("sentiment", MODEL, "hand", "column", of_kinds, few, 0.0123, 412.0),
        CheckFacts("sentiment", OTHER, "hand", "column", of_kinds, few[:2], 0.0311, 301.0),
        CheckFacts("score", MODEL, "teacher", "column", numbers, far, 0.0123, 412.0),
    )


def end(**changes: Any) -> MapEnd:
    errors = (
        ("The answer doesn't fit the schema: score is missing.", 2),
        ("The service failed (500).", 1),
    )
    values = {"progress": progress(997, 3), "rows": rows(), "fields": fields(), "errors": errors}
    return MapEnd(**{**values, **changes})


def run(begin: MapStart | None = None, finish: MapEnd | None = None, **facts: Any) -> None:
    """Show a run; with `until_stopped` it waits for Stop in the middle."""
    until_stopped = facts.pop("until_stopped", False)
    view: Any = map_view("widgets", lambda: live)
    view.open(begin or start())
    shown = (finish or end()).rows
    for done in range(0, 1_000, 100):
        view.progress(progress(done, min(3, done // 300), **facts))
        view.rows(shown[: done // 100])
        time.sleep(0.25)
        while until_stopped and done == 500 and not view.stopped.wait(0.05):
            view.progress(progress(500, 2, **facts))
    view.finish(finish or end())
