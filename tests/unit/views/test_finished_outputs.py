from __future__ import annotations

import threading
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from groq_magic.views.finished_outputs import CellExecution, FinishedOutput, FinishedOutputs, run_of

METADATA = {"groq_magic": {"finish_reason": "stop"}}


def output(
    cell: str = "a", ask: int = 1, request: str = "r1", html: str = "", **more: Any
) -> FinishedOutput:
    turn = f"groq-turn-{cell}-{ask}"
    data = {"text/html": html or f"<p>{turn} {request}</p>", "text/plain": "text"}
    return FinishedOutput(
        CellExecution(cell, request), f"place-{cell}-{ask}", turn, data, METADATA, **more
    )


def add(finished: FinishedOutputs, *args: Any, **named: Any) -> int:
    return int(finished.add(output(*args, **named))["id"])


def ids(offers: list[dict[str, Any]]) -> list[int]:
    return [offer["id"] for offer in offers]


def test_an_output_is_kept_until_it_is_saved() -> None:
    finished = FinishedOutputs()
    first, second = add(finished, "a"), add(finished, "b")
    finished.mark_shown([first])
    assert ids(finished.offers()) == [first, second]
    finished.remove_saved([first])
    assert ids(finished.offers()) == [second]
    assert finished.full_offers([first]) == []


def test_a_page_finds_an_output_by_the_checksum_of_its_html() -> None:
    offer = FinishedOutputs().add(output(html="<p>é 𝄞</p>"))
    assert offer["checksum"] == zlib.adler32("<p>é 𝄞</p>".encode())
    empty = FinishedOutput(CellExecution("a", "r"), "place", "turn", {"text/html": ""}, {})
    assert FinishedOutputs().add(empty)["checksum"] == 0


def test_a_page_finds_the_prompt_of_an_output_by_the_checksum_of_the_code_that_ran() -> None:
    def source(content: dict[str, Any]) -> int:
        header = {"msg_id": "r1", "session": "s1"}
        parent = {"header": header, "metadata": {"cellId": "a"}, "content": content}
        run = run_of(SimpleNamespace(get_parent=lambda: parent))
        assert (run.cell, run.request, run.client) == ("a", "r1", "s1")
        offer = FinishedOutputs().add(FinishedOutput(run, "place", "turn", {"text/html": "x"}, {}))
        return int(offer["source"])

    code = "%%groq\né 𝄞"
    assert source({"code": code}) == zlib.adler32(code.encode())
    assert source({}) == source({"code": ""}) == 0


def test_an_offer_names_what_the_same_execution_finished_before() -> None:
    finished = FinishedOutputs()
    add(finished, "a", 1, "former")
    first = finished.add(output("a", 1, "r1"))
    finished.remove_saved([first["id"]])
    add(finished, "b", 1, "r2")
    assert finished.add(output("a", 2, "r1"))["earlier"] == [first["checksum"]]
    assert first["earlier"] == []


def test_a_cell_that_runs_again_needs_its_former_outputs_no_more() -> None:
    finished = FinishedOutputs()
    add(finished, "a", 1, "r1")
    other = add(finished, "b", 1, "r2")
    finished.begin(CellExecution("a", "r3"))
    assert ids(finished.offers()) == [other]
    mine = add(finished, "a", 1, "r3")
    finished.begin(CellExecution("a", "r3"))  # the next ask of the same execution
    assert ids(finished.offers()) == [other, mine]
    finished.begin(CellExecution())  # outside of all cells
    assert ids(finished.offers()) == [other, mine]


def test_state_stays_flat_with_a_page_and_bounded_without_one() -> None:
    with_page, without = FinishedOutputs(), FinishedOutputs(most_bytes=1_000_000)
    for number in range(1_000):
        with_page.remove_saved([add(with_page, f"cell-{number}")])
        add(without, f"cell-{number}", html="x" * 2_000)
        assert len(with_page) == 0
    assert with_page._bytes == 0
    assert len(with_page._earlier) == 200
    assert len(without) == 200
    for number in range(100):
        add(without, f"large-{number}", html="x" * 100_000)
    assert without._bytes == sum(entry.size for entry in without._entries.values()) < 1_000_000
    assert len(without) == 9
    newest = without.offers()[-1]
    assert newest["cell"] == "large-99"


def test_an_output_larger_than_all_memory_for_them_is_not_kept() -> None:
    finished = FinishedOutputs(most_bytes=1_000)
    add(finished, html="x" * 2_000)
    assert len(finished) == 0
    assert finished._bytes == 0


def test_a_page_saves_what_no_other_page_shows() -> None:
    finished = FinishedOutputs()
    number = add(finished)
    assert [each["save"] for each in finished.full_offers([number])] == [True]
    finished.mark_shown([number])
    assert [each["save"] for each in finished.full_offers([number])] == [False]


def test_a_page_that_was_reloaded_before_saving_no_longer_counts() -> None:
    finished = FinishedOutputs()
    first, second = add(finished, "a"), add(finished, "b")
    finished.mark_shown([first])
    assert finished.mark_lacked([first, second, "x"]) == [
        first
    ]  # which pages that are there confirm
    assert [each["save"] for each in finished.full_offers([first])] == [True]
    finished.mark_shown([first])
    assert [each["save"] for each in finished.full_offers([first])] == [False]


def test_only_what_has_its_cell_on_no_page_is_missed() -> None:
    finished = FinishedOutputs()
    turns = [f"groq-turn-{cell}-1" for cell in "abcd"]
    numbers = [add(finished, cell) for cell in "abcd"]
    assert finished.missed() == frozenset()
    finished.mark_absent([*numbers, "x"])
    assert finished.missed() == set(turns)
    finished.mark_shown(numbers[:1])
    finished.full_offers(numbers[1:2])
    finished.remove_saved(numbers[2:3])
    assert finished.missed() == {turns[3]}
    finished.mark_reported({turns[3]})
    assert finished.missed() == frozenset()
    assert ids(finished.offers()) == [numbers[0], numbers[1], numbers[3]]


def test_a_failed_ask_is_not_missed() -> None:
    finished = FinishedOutputs()
    finished.add(FinishedOutput(CellExecution("a", "r"), "place", "turn", {"text/html": ""}, {}))
    finished.mark_absent([1])
    assert finished.missed() == frozenset()


@pytest.mark.parametrize("sent", [["x"], [None], [{}], [[1]], [1.0], [999], 1, "1", None, {1: 1}])
def test_what_a_page_sends_can_be_anything(sent: Any) -> None:
    finished = FinishedOutputs()
    number = add(finished)
    finished.mark_shown(sent)
    finished.mark_absent(sent)
    finished.remove_saved(sent)
    assert finished.full_offers(sent) == []
    assert ids(finished.offers()) == [number]


def test_several_threads_may_use_it() -> None:
    finished = FinishedOutputs(kept=50)
    failures: list[BaseException] = []

    def use(cell: str) -> None:
        try:
            for number in range(300):
                mine = add(finished, f"{cell}-{number}")
                finished.full_offers(ids(finished.offers())[-3:])
                finished.begin(CellExecution(f"{cell}-{number}", "again"))
                finished.remove_saved([mine - 1, mine])
        except BaseException as failure:  # noqa: BLE001 - any of them fails the test
            failures.append(failure)

    threads = [threading.Thread(target=use, args=(cell,)) for cell in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert finished._bytes == sum(entry.size for entry in finished._entries.values())
