from __future__ import annotations

import gc
import time
from types import SimpleNamespace
from typing import Any

from groq_magic.notebook_session import Session
from groq_magic.settings import Settings
from groq_magic.views.live_facts import LiveFacts
from groq_magic.views.slot_name import slot_of


def session_with(turns: int) -> Session:
    """A session with that many turns of as many cells, each with a bar on the page."""
    shell = SimpleNamespace(user_ns={}, execution_count=1, get_parent=dict)
    session = Session(shell, Settings(), lambda: None)
    for number in range(turns):
        ask(session, f"cell-{number}", number)
    return session


def ask(session: Session, cell: str, execution: int) -> None:
    conversations = session.conversations
    pending = conversations.begin(cell, execution, conversation="main")
    turn = conversations.settle(pending, prompt="p", answer="a", model="m", finish_reason="stop")
    settled: Any = SimpleNamespace(slot=slot_of(turn.shown), live=LiveFacts("", "", ""))
    session.settled(turn, settled, in_conversation=True, appended=session.is_last(turn))


def seconds_of_a_change(session: Session, execution: int) -> float:
    """Ask the first turn again, which makes all others stale; take the quickest of seven.

    The seconds are this thread's own: what else the machine does is not counted.
    """
    took = []
    gc.disable()
    try:
        for number in range(7):
            began = time.thread_time()
            ask(session, "cell-0", execution + number)
            took.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(took)


def test_what_a_change_costs_grows_as_the_turns_do() -> None:
    few, many = session_with(250), session_with(2_000)
    ratio = seconds_of_a_change(many, 9_000) / seconds_of_a_change(few, 9_000)
    # Eight times as many turns: about 8 where the cost is linear, 64 where it is quadratic.
    assert ratio < 24


def test_a_changed_turn_makes_all_later_ones_stale() -> None:
    session = session_with(30)
    ask(session, "cell-9", 99)
    turns = session.conversations.get("main").turns
    stale = [session.conversations.stale(turn) for turn in turns]
    assert stale == [None] * 10 + [10] * 20
