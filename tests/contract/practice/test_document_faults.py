"""Stream faults in answers that are not streamed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.practice.stream_faults import STREAM_SETTINGS

CUTTING = frozenset({"drop", "reset", "eof", "drop-before-headers", "reset-before-headers", "cut"})
STALLING = frozenset({"stall", "stall-before-headers"})


@pytest.mark.parametrize("fault", sorted(STREAM_SETTINGS.keys() - CUTTING - STALLING))
def test_the_document_is_whole_and_the_connection_lives(
    practice: Any, ask: Any, fault: str
) -> None:
    practice.script([{"reply": "Grüße 👋"}] * 2)
    seconds = "seconds" in STREAM_SETTINGS[fault]
    practice.faults(f"{fault}:seconds=0.05" if seconds else fault)
    for _ in range(2):
        answer = ask()
        assert int(answer.headers["content-length"]) == len(answer.data)
        assert answer.body["choices"][0]["message"]["content"] == "Grüße 👋"
    assert {record["outcome"] for record in practice.requests()} == {"complete"}


@pytest.mark.parametrize("fault", sorted(CUTTING))
def test_a_cut_document_is_a_lost_connection(practice: Any, ask: Any, fault: str) -> None:
    practice.faults(f"{fault}:bytes=40" if fault == "cut" else fault)
    with pytest.raises(httpx.TransportError):
        ask()
    assert ask().status == 200
