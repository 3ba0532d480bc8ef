"""An ask belongs to the execution that it was started from, and to the shell's own thread."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic import ask, get_session, picker
from groq_magic.errors import NotebookError
from groq_magic.session.executions import Owner, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Tasks that wait before they ask: `go` is an event that a later cell sets.
TASK = """
import asyncio, groq_magic
go, asked = asyncio.Event(), asyncio.Event()
async def later(word):
    await go.wait()
    groq_magic.ask(word)
    asked.set()
"""
LET_IT_ASK = "go.set(); await asked.wait()"


@pytest.fixture
def run_async(echoed: Any) -> Iterator[Callable[..., Any]]:
    """Run cells one after the other in one loop, as ipykernel does."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def run(source: str, cell: str | None) -> None:
        async def executed() -> Any:
            # For all tasks, as ipykernel 6 has the parent message.
            echoed.cell = cell
            shell, result = echoed.shell, None
            coroutine = shell.run_cell_async(
                source, store_history=True, transformed_cell=shell.transform_cell(source)
            )
            try:
                result = await asyncio.ensure_future(coroutine)
            finally:
                shell.events.trigger("post_execute")
                shell.events.trigger("post_run_cell", result)
            return result

        result = loop.run_until_complete(executed())
        assert result.success, result

    yield run
    asyncio.set_event_loop(None)
    loop.close()


def prompts(cells: Any) -> list[str]:
    return [prompt for prompt, _ in cells.turns]


def test_a_task_asks_for_the_cell_that_started_it_while_another_one_runs(
    echoed: Any, run_async: Callable[..., Any], seen: Any
) -> None:
    run_async(TASK, "defines")
    run_async("%groq One\ntask = asyncio.create_task(later('Two'))", "a")
    run_async(f"%groq Three\n{LET_IT_ASK}\n%groq Four", "b")
    assert prompts(echoed) == ["One", "Two", "Three", "Four"]
    keys = [turn.key for turn in echoed.session.conversations.get("main").turns]
    assert [(key.cell, key.ask) for key in keys] == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert seen()[2] == ["One", "One!", "Two"]


def test_a_task_that_asks_between_cells_takes_no_turns_place(
    echoed: Any, run_async: Callable[..., Any]
) -> None:
    run_async(TASK, "defines")
    run_async("%groq One\ntask = asyncio.create_task(later('Two'))\ngo.set()", "a")
    run_async("await asked.wait()", "b")
    assert prompts(echoed) == ["One", "Two"]


def test_running_both_cells_again_replaces_their_turns(
    echoed: Any, run_async: Callable[..., Any]
) -> None:
    for _ in range(2):
        run_async(TASK, "defines")
        run_async("%groq One\ntask = asyncio.create_task(later('Two'))", "a")
        run_async(f"%groq Three\n{LET_IT_ASK}", "b")
        assert prompts(echoed) == ["One", "Two", "Three"]


def test_a_task_of_a_former_run_of_its_cell_takes_no_turns_place(
    echoed: Any, run_async: Callable[..., Any]
) -> None:
    run_async(TASK, "defines")
    run_async("%groq One\ntask = asyncio.create_task(later('Two'))", "a")
    run_async("%groq Three\n%groq Four", "a")
    run_async(LET_IT_ASK, "b")
    assert prompts(echoed) == ["Three", "Four", "Two"]
    assert echoed.session.conversations.get("main").turns[-1].key.cell is None


def test_what_no_cell_has_started_is_a_turn_without_a_cell(
    echoed: Any, run_async: Callable[..., Any]
) -> None:
    run_async(TASK, "defines")
    loop = asyncio.get_event_loop_policy().get_event_loop()
    tasks = [loop.create_task(echoed.shell.user_ns["later"]("Two"))]
    run_async(f"%groq One\n{LET_IT_ASK}\n%groq Three", "a")
    keys = [turn.key.cell for turn in echoed.session.conversations.get("main").turns]
    assert prompts(echoed) == ["One", "Three", "Two"]
    assert keys == ["a", "a", None]
    assert tasks[0].done()


def test_a_cell_run_within_a_cell_is_part_of_it(echoed: Any) -> None:
    within = "get_ipython().run_cell('%groq Two')"
    for _ in range(2):
        echoed.fine(f"%groq One\n{within}\n%groq Three", "a")
        assert prompts(echoed) == ["One", "Two", "Three"]


def test_a_cell_that_was_cancelled_while_it_awaited_has_ended(echoed: Any) -> None:
    echoed.shell.events.trigger("pre_run_cell", None)
    echoed.shell.events.trigger("post_run_cell", None)
    echoed.fine("%groq One", "a")
    assert prompts(echoed) == ["One"]


def errors_in_a_thread(*calls: Callable[[], Any]) -> list[BaseException | None]:
    """Make calls in another thread; return what each raised."""
    errors: list[BaseException | None] = []

    def run() -> None:
        for call in calls:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - it is looked at
                errors.append(error)
            else:
                errors.append(None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return errors


def test_other_threads_are_refused_and_change_nothing(echoed: Any, seen: Any) -> None:
    echoed.fine("%groq One", "a")
    session, shell = echoed.session, echoed.shell
    calls = [
        lambda: ask("Two"),
        lambda: shell.run_line_magic("groq", "Two"),
        lambda: shell.run_cell_magic("groq", "", "Two"),
        lambda: shell.run_line_magic("groq_undo", ""),
        lambda: shell.run_line_magic("groq_reset", ""),
        lambda: shell.run_line_magic("groq_retry", ""),
        session.undo,
        session.reset,
        lambda: session.restore(()),
        picker,
    ]
    for error in errors_in_a_thread(*calls):
        assert isinstance(error, NotebookError)
        assert "in the main thread only." in str(error)
        assert len(str(error).splitlines()) == 1
    assert len(seen()) == 1
    assert prompts(echoed) == ["One"]
    assert str(errors_in_a_thread(lambda: ask("Two"))[0]).startswith(
        "groq_magic.ask works in the main thread only."
    )


def test_many_threads_that_ask_mix_nothing_up(echoed: Any, seen: Any) -> None:
    source = """
import groq_magic
from concurrent.futures import ThreadPoolExecutor
def one(n):
    try:
        groq_magic.ask("Two")
    except Exception as error:
        return type(error).__name__
with ThreadPoolExecutor(8) as pool:
    found = set(pool.map(one, range(40)))
groq_magic.ask("One")
"""
    echoed.fine(source, "a")
    assert echoed.shell.user_ns["found"] == {"NotebookError"}
    assert prompts(echoed) == ["One"]
    assert seen() == [["One"]]


def test_the_session_can_be_read_in_a_thread(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    found: list[Any] = []
    assert errors_in_a_thread(lambda: found.append(get_session())) == [None]
    assert found == [echoed.session]


def test_a_thread_does_not_load_the_extension(shell_factory: Callable[..., Any]) -> None:
    cells = shell_factory(load=False)
    (error,) = errors_in_a_thread(lambda: ask("hi"))
    assert isinstance(error, NotebookError)
    assert "%load_ext groq_magic" in str(error)
    assert cells.shell.configurables == [
        each for each in cells.shell.configurables if type(each).__name__ != "GroqMagics"
    ]


def test_the_thread_that_loads_owns_the_session_where_the_shell_is_embedded(
    served: Callable[..., Any],
) -> None:
    cells = served()
    cells.fine("%unload_ext groq_magic")
    calls = [lambda: cells.fine("%load_ext groq_magic"), lambda: cells.fine("%groq hi", "a")]
    assert errors_in_a_thread(*calls) == [None, None]


def test_a_press_on_another_thread_is_handed_over_to_the_shells_own() -> None:
    handed: list[Callable[[], None]] = []
    made: list[threading.Thread] = []
    owner = Owner(threading.current_thread(), SimpleNamespace(add_callback=handed.append))
    errors_in_a_thread(lambda: owner.hand_over(lambda: made.append(threading.current_thread())))
    assert made == []
    handed[0]()
    owner.hand_over(lambda: made.append(threading.current_thread()))
    assert made == [threading.current_thread()] * 2


def test_the_shell_of_a_kernel_belongs_to_its_main_shells_thread(bare: Any) -> None:
    main = threading.Thread(name="main shell")
    kernel = SimpleNamespace(shell_channel_thread=SimpleNamespace(parent_thread=main))
    assert not owner_of(SimpleNamespace(kernel=kernel)).is_here
    assert owner_of(SimpleNamespace(kernel=SimpleNamespace())).is_here
    assert owner_of(bare.shell).is_here


def test_what_a_subshell_runs_is_no_cell_of_the_conversation(echoed: Any) -> None:
    shell = echoed.shell
    source = """
%groq One
import threading
events = get_ipython().events
def subshell():
    events.trigger("pre_run_cell", None)
    events.trigger("post_run_cell", None)
thread = threading.Thread(target=subshell)
thread.start()
thread.join()
%groq Two
"""
    echoed.fine(source, "a")
    assert prompts(echoed) == ["One", "Two"]
    assert shell.user_ns["thread"].is_alive() is False


def test_the_cell_counts_in_which_a_thread_needs_the_session_first(terminal: Any) -> None:
    terminal.fine(
        "import threading, groq_magic\n"
        "thread = threading.Thread(target=groq_magic.complete, args=('hi',))\n"
        "thread.start(); thread.join()\n"
        "run = groq_magic.get_session().executions.current.run",
        "c1",
    )
    assert terminal.shell.user_ns["run"] is not None
