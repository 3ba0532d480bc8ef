from __future__ import annotations

import gc
import random
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.conversation import messages_of
from groq_magic.page.cell import TOKEN
from groq_magic.session.session import Session
from groq_magic.settings import Settings
from groq_magic.views.answer_facts import LiveFacts
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from collections.abc import Callable


def session_with(turns: int, *, listed: bool = False) -> Session:
    """A session with that many turns of as many cells, each with a bar on the page."""
    parent: dict[str, Any] = {"metadata": {}}
    shell = SimpleNamespace(user_ns={}, execution_count=1, get_parent=lambda: parent)
    shell.displayhook = SimpleNamespace(prompt_count=1)
    session = Session(shell, Settings(), lambda: None)
    if listed:
        order = [f"cell-{number}" for number in range(turns)]
        parent["metadata"] = {"groqOrder": order, "groqToken": TOKEN}
        session.cell_begins()
    for number in range(turns):
        ask(session, f"cell-{number}", number)
    return session


def ask(session: Session, cell: str, execution: int) -> None:
    conversations = session.conversations
    pending = conversations.begin(cell, execution, conversation="main")
    # Another answer each time: the same one would mark nothing.
    messages = messages_of("p", f"a{execution}")
    turn = conversations.add(pending, messages, model="m", finish_reason="stop")
    output: Any = SimpleNamespace(slot=slot_of(turn.shown), live=LiveFacts("", "", "", ""))
    session.add_answer(turn, output, in_conversation=True, appended=conversations.is_last(turn))


def seconds_of(change: Callable[[int], object]) -> float:
    """Make a change seven times, and take the quickest.

    The seconds are this thread's own: what else the machine does is not counted.
    """
    took = []
    gc.disable()
    try:
        for number in range(7):
            began = time.thread_time()
            change(number)
            took.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(took)


def seconds_of_a_change(session: Session, execution: int) -> float:
    """Ask the first turn again, which makes all others stale."""
    return seconds_of(lambda number: ask(session, "cell-0", execution + number))


def seconds_of_a_move(session: Session) -> float:
    """Run a cell after the last cell was moved to the top, or back."""
    order = session.shell.get_parent()["metadata"]["groqOrder"]

    def move(_number: int) -> None:
        order.insert(0, order.pop())
        session.cell_begins()

    return seconds_of(move)


def shuffled(session: Session, turns: int) -> Session:
    """The same session after each turn was asked again on a page of another order."""
    order = session.shell.get_parent()["metadata"]["groqOrder"]
    chance = random.Random(7)  # noqa: S311 - a test's
    for number in range(turns):
        if number % 50 == 0:
            chance.shuffle(order)
            session.cell_begins()
        ask(session, f"cell-{number}", 5_000 + number)
    return session


@pytest.mark.slow
@pytest.mark.parametrize("listed", [False, True])
def test_what_a_change_costs_grows_as_the_turns_do(*, listed: bool) -> None:
    few, many = session_with(80, listed=listed), session_with(640, listed=listed)
    ratio = seconds_of_a_change(many, 9_000) / seconds_of_a_change(few, 9_000)
    # Eight times as many turns: about 8 where the cost is linear, 64 where it is quadratic.
    assert ratio < 24


@pytest.mark.slow
def test_what_a_moved_cell_costs_grows_as_the_turns_do() -> None:
    # Turns that were each asked on a page of another order share little of what they saw.
    few, many = (shuffled(session_with(count, listed=True), count) for count in (24, 192))
    assert seconds_of_a_move(many) / seconds_of_a_move(few) < 30


@pytest.mark.slow
def test_marking_all_turns_below_a_moved_one_grows_as_they_do() -> None:
    few, many = (session_with(count, listed=True) for count in (125, 1_000))
    assert seconds_of_a_move(many) / seconds_of_a_move(few) < 24


def test_an_execution_on_the_same_page_costs_a_fraction_of_a_move() -> None:
    session = session_with(500, listed=True)
    same = seconds_of(lambda _: session.cell_begins())
    assert same < seconds_of_a_move(session) / 4


def test_a_changed_turn_makes_all_later_ones_stale() -> None:
    session = session_with(30)
    ask(session, "cell-9", 99)
    turns = session.conversations.get("main").turns
    stale = [session.conversations.stale(turn) for turn in turns]
    assert stale == [None] * 10 + [10] * 20
