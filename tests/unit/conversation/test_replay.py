"""The answers of a saved notebook, and which ask each belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.conversation import Replay, ReplayKey, SavedTurn, TurnKey, saved_answers

CELLS = ("a", "b")


def output(cell: str | None, ask: int, answer: Any = "Hi.", **record: Any) -> dict[str, Any]:
    record = {"cell": cell, "ask": ask, "model": "m", "finish_reason": "stop", **record}
    return {"data": {"text/plain": answer}, "metadata": {"groq_magic": record}}


def notebook(*cells: tuple[str, str, list[Any]]) -> dict[str, Any]:
    return {
        "cells": [
            {"cell_type": "code", "id": name, "source": source, "outputs": outputs}
            for name, source, outputs in cells
        ]
    }


def saved(cell: str, ask: int, prompt: str, answer: str = "Hi.", **changes: Any) -> SavedTurn:
    values = {
        "prompt_sha": None,
        "model": "m",
        "finish_reason": "stop",
        "usage": None,
        "practice": False,
        "options": {},
        **changes,
    }
    key = TurnKey(cell, ask)
    return SavedTurn(key, key, "main", prompt, answer, **values)


def wanted(cell: str | None, prompt: str, ask: int = 1, **changes: Any) -> ReplayKey:
    values = {"options": {}, **changes}
    return ReplayKey(cell=cell, ask=ask, prompt=prompt, prompt_sha="sha", **values)


def answer(replay: Replay, ask: ReplayKey) -> str | None:
    found = replay.find(ask)
    return found.answer if found else None


def test_reads_asks_once_and_replaced_ones_too() -> None:
    found = saved_answers(
        notebook(
            ("a", "%%groq\n\nOne\n", [output("a", 1, once=True)]),
            ("b", "%groq_retry", [output("b", 1, prompt="One", replaces={"cell": "a", "ask": 1})]),
        )
    )
    assert [(a.shown.cell, a.shown.ask, a.prompt) for a in found] == [
        ("a", 1, "One"),
        ("b", 1, "One"),
    ]


def test_answers_made_without_cell_ids_count_for_their_cells() -> None:
    found = saved_answers(
        notebook(
            ("a", "%%groq\nOne", [{"output_type": "stream"}, output(None, 5)]),
            ("b", "for …", [output(None, 6, prompt="x"), output(None, 7, prompt="y")]),
        )
    )
    assert [(a.shown.cell, a.shown.ask) for a in found] == [("a", 1), ("b", 1), ("b", 2)]


@pytest.mark.parametrize(
    "broken",
    [
        output("other", 1),
        output("a", 1, answer=7),
        output("a", 1, answer=["x", 7]),
        output("a", 1, finish_reason=None),
        output("a", 1, finish_reason="<b>"),
        output("a", 1, finish_reason=["stop"]),
        output("a", 1, model=""),
        output("a", 1, model="m\n"),
        output("a", 1, model="m" * 999),
        output("a", 1, prompt=7),
        {"data": [], "metadata": {"groq_magic": "x"}},
        {"metadata": {"groq_magic": {"cell": "a"}}},
        7,
        None,
    ],
)
def test_what_is_malformed_or_copied_is_skipped(broken: Any) -> None:
    assert saved_answers(notebook(("a", "%%groq\nOne", [broken]))) == ()


@pytest.mark.parametrize("file", [{}, {"cells": 7}, {"cells": [7, {}]}, [], None, "x"])
def test_a_file_that_is_no_notebook_has_no_answers(file: Any) -> None:
    assert saved_answers(file) == ()


@pytest.mark.parametrize("count", [-1, 1.5, True, 10**30, "1", None])
def test_odd_counts_are_no_usage(count: Any) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": 1, "total_tokens": 2}
    (found,) = saved_answers(notebook(("a", "%%groq\nOne", [output("a", 1, usage=usage)])))
    assert found.usage is None


def test_by_cell_an_ask_is_answered_by_its_own_cell_again_and_again() -> None:
    replay = Replay([saved("a", 1, "Q", "A"), saved("b", 1, "Q", "B")], cells=CELLS)
    assert [answer(replay, wanted(cell, "Q")) for cell in "baab"] == ["B", "A", "A", "B"]
    assert answer(replay, wanted("c", "Q")) is None
    assert replay.why_missing(wanted("c", "Q")) == "this cell is new or its answer was not saved"
    assert answer(replay, wanted("a", "Q", ask=2)) is None


def test_a_cell_of_the_file_shows_that_cells_have_ids() -> None:
    replay = Replay([saved("a", 1, "Q", "A"), saved("b", 1, "Q", "B")], cells=CELLS)
    assert answer(replay, wanted("b", "Q")) == "B"
    assert answer(replay, wanted("new", "Q")) is None
    seen = Replay([saved("a", 1, "Q", "A")], cells=CELLS, seen={"new", "b"})
    assert answer(seen, wanted("new", "Q")) is None


def test_a_file_without_cell_ids_has_answers_in_its_order() -> None:
    held = [
        {"cell_type": "code", "source": f"%%groq\n{n}", "outputs": [output(n, 1)]} for n in "xy"
    ]
    found = saved_answers({"cells": held})
    assert [(a.shown.cell, a.shown.ask, a.prompt) for a in found] == [
        (None, 1, "x"),
        (None, 1, "y"),
    ]


def test_what_was_sent_is_read_as_far_as_it_is_recorded() -> None:
    recorded = {"system": None, "values_sha": "v"}
    found = saved_answers(notebook(("a", "%%groq\nOne", [output("a", 1, **recorded)])))
    assert [(a.system, a.values_sha) for a in found] == [("", "v")]
    (odd,) = saved_answers(notebook(("a", "%%groq\nOne", [output("a", 1, system=7, values_sha=7)])))
    assert (odd.system, odd.values_sha) == (None, None)


def test_without_cells_answers_are_taken_in_order() -> None:
    replay = Replay([saved("a", 1, "Q", "A"), saved("b", 1, "Q", "B")], cells=())
    assert [answer(replay, wanted(None, "Q")) for _ in range(3)] == ["A", "B", "A"]
    assert answer(replay, wanted(None, "R")) is None
    assert replay.why_missing(wanted(None, "R")) == "the cell is new, or its prompt changed"
    assert answer(replay, wanted(None, "Q")) == "B"


@pytest.mark.parametrize("by_cell", [True, False])
def test_the_reason_names_what_differs(*, by_cell: bool) -> None:
    replay = Replay([saved("a", 1, "Q")], cells=CELLS if by_cell else ())
    ask = wanted("a", "Q", options={"temperature": 0.2})
    assert replay.find(ask) is None
    assert replay.why_missing(ask) == "its options changed"


def test_the_hash_of_what_was_asked_counts_not_what_the_cell_holds_now() -> None:
    edited = Replay([saved("a", 1, "Q", prompt_sha="old")], cells=CELLS)
    assert edited.find(wanted("a", "Q")) is None
    assert edited.why_missing(wanted("a", "Q")) == "its prompt changed"
    assert Replay([saved("a", 1, "P", prompt_sha="sha")], cells=CELLS).find(wanted("a", "Q"))


def test_options_about_the_cache_do_not_count() -> None:
    replay = Replay([saved("a", 1, "Q", options={"cache": True, "seed": 1})], cells=CELLS)
    assert replay.find(wanted("a", "Q", options={"seed": 1, "no_cache": True}))


def test_without_ids_an_ask_is_answered_by_a_cell_of_the_same_source() -> None:
    # The first cell was edited since; its saved answer is of the prompt that the second one has.
    answers = [
        saved("a", 1, "Q", "of a", sources=("%%groq\nedited",)),
        saved("b", 1, "Q", "of b", sources=("%%groq\nQ",)),
    ]
    replay = Replay(answers, cells=CELLS)
    assert answer(replay, wanted(None, "R", source="%%groq\nedited")) is None
    assert answer(replay, wanted(None, "Q", source="%%groq\nQ\n")) == "of b"
    assert answer(replay, wanted(None, "Q", source="for n in 1, 2: ask('Q')")) == "of a"


def test_without_ids_a_loop_is_answered_in_its_order() -> None:
    loop = ("for n in range(2): ask('Q')",)
    answers = [saved("a", n, "Q", f"{n}", sources=loop) for n in (1, 2)]
    replay = Replay(answers, cells=CELLS)
    asks = [wanted(None, "Q", n, source=loop[0]) for n in (7, 8)]
    assert [answer(replay, ask) for ask in asks] == ["1", "2"]
