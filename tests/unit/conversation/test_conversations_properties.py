"""Any sequence of asks, retries, failures, moves, undos and resets, against a simple model."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import TurnKey
from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("main", "other")
MODES = tuple((name, practice) for name in NAMES for practice in (False, True))

asks = st.fixed_dictionaries(
    {
        "do": st.just("run"),
        "cell": st.sampled_from(["a", "b", "c", None]),
        "fails": st.lists(st.booleans(), min_size=0, max_size=3),
        "conversation": st.sampled_from(NAMES),
        "practice": st.sampled_from([False, False, False, True]),
        "once": st.sampled_from([False, False, False, True]),
        "replaces": st.sampled_from([None, None, None, TurnKey("a", 1), TurnKey("b", 2)]),
    }
)
others = st.fixed_dictionaries(
    {
        "do": st.sampled_from(["undo", "reset"]),
        "conversation": st.sampled_from(NAMES),
        "practice": st.booleans(),
    }
)
sequences = st.lists(st.one_of(asks, asks, others), max_size=25)

Model = dict[tuple[str, bool], list[tuple[Any, str]]]


def run(notebook: Any, step: dict[str, Any], number: int) -> None:
    answers = [None if fails else f"{number}.{i}" for i, fails in enumerate(step["fails"])]
    options = {name: step[name] for name in ("conversation", "practice", "once", "replaces")}
    notebook.run(step["cell"], *answers, **options)


def perform(notebook: Any, step: dict[str, Any], number: int) -> None:
    if step["do"] == "run":
        run(notebook, step, number)
    elif step["do"] == "reset":
        notebook.conversations.reset(step["conversation"], step["practice"])
    else:
        try:
            notebook.conversations.undo(step["practice"])
        except NotebookError:
            return


def state(notebook: Any) -> dict[tuple[str, bool], tuple[Any, ...]]:
    return {mode: notebook.conversations.get(*mode).turns for mode in MODES}


def model_run(model: Model, step: dict[str, Any], number: int) -> None:
    """Replay what DESIGN's table says of an execution, by lists of (cell, ask) and answer."""
    cell, mode = step["cell"], (step["conversation"], step["practice"])
    for ask, fails in enumerate(step["fails"], 1):
        if fails:
            continue
        key = (cell, ask) if cell else (None, f"{number}.{ask}")
        entry = (key, f"{number}.{ask - 1}")
        for other in NAMES:
            if step["once"] or other != step["conversation"]:
                turns = model[other, step["practice"]]
                turns[:] = [turn for turn in turns if turn[0] != key]
        if not step["once"]:
            model_put(model[mode], entry)
    if step["fails"] and not any(step["fails"]) and cell:
        for other in NAMES:
            turns = model[other, step["practice"]]
            turns[:] = [t for t in turns if not (t[0][0] == cell and t[0][1] > len(step["fails"]))]


def model_put(turns: list[tuple[Any, str]], entry: tuple[Any, str]) -> None:
    keys = [key for key, _ in turns]
    if entry[0] in keys:
        turns[keys.index(entry[0])] = entry
        return
    cell = entry[0][0]
    mates = [i for i, key in enumerate(keys) if cell is not None and key[0] == cell]
    turns.append(entry)
    if mates:
        turns[mates[0] : mates[-1] + 1] = sorted([*turns[mates[0] : mates[-1] + 1], turns.pop()])


@given(sequences)
def test_history_equals_the_model(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    model: Model = {mode: [] for mode in MODES}
    for number, step in enumerate(steps):
        if step["do"] == "undo":
            continue
        step = step | {"replaces": None}  # noqa: PLW2901 - the model knows no retries
        perform(notebook, step, number)
        if step["do"] == "run":
            model_run(model, step, number)
        else:
            model[step["conversation"], step["practice"]] = []
        for name, practice in MODES:
            expected = [answer for _, answer in model[name, practice]]
            assert notebook.answers(name, practice=practice) == expected


@given(sequences)
def test_undo_inverts_every_change_and_all_of_them_lead_back_to_nothing(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    seen = {False: [state(notebook)], True: [state(notebook)]}
    for number, step in enumerate(steps):
        if step["do"] == "run" and len(step["fails"]) > 1:
            step = step | {"fails": step["fails"][:1]}  # noqa: PLW2901 - one change a step
        if step["do"] == "undo":
            continue
        before = state(notebook)
        perform(notebook, step, number)
        if state(notebook) != before:
            seen[step["practice"]].append(state(notebook))
    for practice, states in seen.items():
        for expected in reversed(states[:-1]):
            notebook.conversations.undo(practice)
            for mode in MODES:
                if mode[1] == practice:
                    assert state(notebook)[mode] == expected[mode]
        with pytest.raises(NotebookError):
            notebook.conversations.undo(practice)


@given(sequences)
def test_roles_alternate_and_no_key_stands_twice(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    for number, step in enumerate(steps):
        perform(notebook, step, number)
    for practice in (False, True):
        turns = [t for name in NAMES for t in notebook.conversations.get(name, practice).turns]
        roles = [message["role"] for turn in turns for message in turn.messages]
        assert roles == ["user", "assistant"] * len(turns)
        assert len({turn.key for turn in turns}) == len(turns)
        assert len({turn.revision for turn in turns}) == len(turns)
        assert all(turn.practice == practice for turn in turns)


@given(sequences, asks)
def test_asks_that_fail_before_any_text_change_nothing(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]], failing: dict[str, Any]
) -> None:
    notebook = new_notebook()
    for number, step in enumerate(steps):
        perform(notebook, step, number)
    before = state(notebook)
    run(notebook, failing | {"fails": [True] * max(1, len(failing["fails"]))}, len(steps))
    assert state(notebook) == before


@given(sequences)
def test_turns_of_one_cell_stand_together_in_the_order_of_its_asks(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    for number, step in enumerate(steps):
        perform(notebook, step, number)
    for turns in state(notebook).values():
        for cell in "abc":
            places = [i for i, turn in enumerate(turns) if turn.key.cell == cell]
            assert places == list(range(places[0], places[0] + len(places))) if places else True
            numbers = [turns[place].key.ask for place in places]
            assert numbers == sorted(numbers)


@given(sequences)
def test_running_all_cells_again_leaves_every_turn_fresh(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    for number, step in enumerate(steps):
        perform(notebook, step, number)
    conversations = notebook.conversations
    for name, practice in MODES:
        for turn in conversations.get(name, practice).turns:
            pending = conversations.begin(
                None, 0, conversation=name, practice=practice, replaces=turn.key
            )
            notebook.settle(pending, turn.answer)
        turns = conversations.get(name, practice).turns
        assert [conversations.stale(turn) for turn in turns] == [None] * len(turns)


def first_difference(seen: list[int], now: list[int]) -> int | None:
    """Return the first place, from 1, at which what was seen is not what stands there now."""
    if seen == now:
        return None
    same = 0
    while same < min(len(seen), len(now)) and seen[same] == now[same]:
        same += 1
    return same + 1


@given(sequences)
def test_a_turn_is_stale_from_the_first_place_that_differs_from_what_it_saw(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    saw: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        perform(notebook, step, number)
        for turns in state(notebook).values():
            for place, turn in enumerate(turns):
                above = [earlier.content for earlier in turn.before][::-1]
                saw.setdefault(turn.revision, above)
                now = [earlier.as_earlier.content for earlier in turns[:place]]
                expected = first_difference(saw[turn.revision], now)
                assert notebook.conversations.stale(turn) == expected
                assert notebook.conversations.number(turn) == place + 1


@given(sequences)
def test_turns_that_are_asked_one_after_the_other_share_what_they_saw(
    new_notebook: Callable[[], Any], steps: list[dict[str, Any]]
) -> None:
    notebook = new_notebook()
    for number, step in enumerate(steps):
        perform(notebook, step, number)
    for (name, practice), turns in state(notebook).items():
        chains = notebook.conversations.get(name, practice).chains
        assert [[each.key for each in chain][::-1] for chain in chains] == [
            [turn.key for turn in turns[:count]] for count in range(len(turns) + 1)
        ]
        assert all(after.before is before for before, after in pairwise(chains))


@st.composite
def histories_with_tasks(draw: st.DrawFn) -> list[tuple[str, str | int]]:
    """Cells that run, and tasks of earlier executions that ask between their asks."""
    steps: list[tuple[str, str | int]] = []
    for executions in range(1, draw(st.integers(2, 9))):
        steps.append(("run", draw(st.sampled_from("abc"))))
        for _ in range(draw(st.integers(0, 3))):
            kind = draw(st.sampled_from(["ask", "task"]))
            steps.append((kind, draw(st.integers(0, executions - 1)) if kind == "task" else ""))
        steps.append(("end", ""))
        if draw(st.booleans()):
            steps.append(("task", draw(st.integers(0, executions - 1))))
    return steps


@given(histories_with_tasks())
def test_a_task_replaces_no_turn_of_another_execution(
    new_notebook: Callable[[], Any], steps: list[tuple[str, str | int]]
) -> None:
    notebook = new_notebook()
    conversations = notebook.conversations
    runs: list[Any] = []
    # What should stand there: by cell the answers of its latest execution, and those of no cell.
    latest: dict[str, Any] = {}
    of_cell: dict[str, list[str]] = {}
    former: dict[str, list[str]] = {}
    of_none: list[str] = []
    for number, (kind, what) in enumerate(steps):
        if kind == "run":
            run = conversations.start_cell(str(what), len(runs) + 1)
            runs.append(run)
            latest[run.cell] = run
            own = of_cell.get(run.cell, [])
            former[run.cell], of_cell[run.cell] = own + former.get(run.cell, [])[len(own) :], []
        elif kind == "end":
            run = runs[-1]
            conversations.end_cell()
            if run.asks:
                former[run.cell] = []
        else:
            run = runs[int(what)] if kind == "task" else runs[-1]
            pending = conversations.begin(run.cell, 0, conversation="main", run=run)
            answer = f"{number}"
            notebook.settle(pending, answer)
            if latest[run.cell] is run:
                of_cell[run.cell].append(answer)
            else:
                of_none.append(answer)
        turns = conversations.get("main").turns
        for cell, answers in of_cell.items():
            kept = former[cell][len(answers) :]
            assert [t.answer for t in turns if t.key.cell == cell] == answers + kept
        assert [turn.answer for turn in turns if turn.key.cell is None] == of_none
