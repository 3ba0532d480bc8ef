"""Values of a map as its views get them."""

from __future__ import annotations

from typing import Any

from groq_magic.ledger.usage import Usage
from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

MODEL = "openai/gpt-oss-20b"


def start(**changes: Any) -> MapStart:
    values = {
        "name": "answers",
        "models": (MODEL,),
        "rows": 1_000,
        "requested": 1_000,
        "columns": ("review", "score", "error"),
        "data_columns": 1,
        "practice": False,
    }
    return MapStart(**{**values, **changes})


def progress(**changes: Any) -> MapProgress:
    values = {
        "done": 410,
        "failed": 2,
        "from_journal": 200,
        "total": 1_000,
        "seconds": 20.0,
        "rows_a_second": 21.43,
        "usage": Usage(60_000, 4_500, 64_500),
        "cost": 0.0061,
        "seconds_left": 27.6,
        "waiting_for": "",
        "waits": 0.0,
        "is_over": False,
    }
    return MapProgress(**{**values, **changes})


def end(**changes: Any) -> MapEnd:
    values = {
        "progress": progress(done=1_000, failed=0, is_over=True),
        "rows": (MapRow("17", ("Good rice", "4", "")),),
    }
    return MapEnd(**{**values, **changes})
