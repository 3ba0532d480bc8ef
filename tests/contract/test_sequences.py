"""Any sequence of asks, re-runs, faults, stops, undos and resets, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groq_magic.errors import GroqMagicError, NotebookError
from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Callable

PIECES = ("one", " two", " three", " four")
# What each does to an ask: the text that comes of it, and how it ends.
FATES = {
    "ok": ("one two three four", "stop"),
    "401": ("", "error"),
    "413": ("", "error"),
    "503:times=2": ("", "error"),
    "503": ("one two three four", "stop"),
    "drop-before-headers:times=2": ("", "error"),
    "drop:after=0": ("one two three four", "stop"),
    "drop:after=2": ("one two", "error"),
    "event-error:after=1": ("one", "error"),
    "malformed-json:after=3": ("one two three", "error"),
    "eof:after=2": ("one two", "truncated"),
    "no-finish-reason": ("one two three four", "truncated"),
    "ping:every=1": ("one two three four", "stop"),
    "stall:after=2": ("one two", "interrupted"),
}
asks = st.tuples(st.just("ask"), st.sampled_from("abc"), st.sampled_from(sorted(FATES)))
others = st.tuples(st.sampled_from(["undo", "reset"]))
sequences = st.lists(st.one_of(asks, asks, asks, others), min_size=1, max_size=7)

Turns = tuple[tuple[str, str, str], ...]


class Model:
    """The simplest notebook: turns in the order of their cells' first answers."""

    def __init__(self) -> None:
        self.turns: Turns = ()
        self._before: list[Turns] = []
        self._cells: list[str] = []
        self._cells_before: list[list[str]] = []

    def ask(self, cell: str, prompt: str, fate: str) -> None:
        text, ending = FATES[fate]
        if not text:
            return
        cells, turns = list(self._cells), list(self.turns)
        if cell in cells:
            turns[cells.index(cell)] = (prompt, text, ending)
        else:
            cells.append(cell)
            turns.append((prompt, text, ending))
        self._change(cells, tuple(turns))

    def reset(self) -> None:
        if self.turns:
            self._change([], ())

    def undo(self) -> bool:
        if not self._before:
            return False
        self.turns, self._cells = self._before.pop(), self._cells_before.pop()
        return True

    def seen_by(self, cell: str) -> Turns:
        place = self._cells.index(cell) if cell in self._cells else len(self._cells)
        return self.turns[:place]

    def _change(self, cells: list[str], turns: Turns) -> None:
        self._before.append(self.turns)
        self._cells_before.append(self._cells)
        self._cells, self.turns = cells, turns


@pytest.fixture
def quick(
    notebook_factory: Callable[..., Any], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Any]:
    """Make notebooks that try twice, at once."""
    monkeypatch.setattr("groq_magic.api.send.backoff", lambda _tried: 0.001)
    return lambda: notebook_factory(practice.url, tries=2)


@pytest.mark.slow
@given(sequences)
@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_conversation_is_what_a_simple_model_of_it_says(
    quick: Callable[[], Any], practice: Any, steps: list[tuple[str, ...]]
) -> None:
    practice.reset()
    practice.script([{"pieces": PIECES}])
    notebook, model = quick(), Model()
    for number, step in enumerate(steps):
        if step[0] == "ask":
            ask(notebook, practice, model, step[1:], f"Prompt {number}")
        elif step[0] == "reset":
            notebook.session.reset()
            model.reset()
        else:
            assert undo(notebook) == model.undo()
        assert tuple(notebook.turns) == model.turns
    # However it ended, the next ask works, and everything before it is sent.
    ask(notebook, practice, model, ("z", "ok"), "At last")
    assert tuple(notebook.turns) == model.turns
    notebook.session.close()


def ask(notebook: Any, practice: Any, model: Model, step: tuple[str, ...], prompt: str) -> None:
    cell, fate = step
    text, ending = FATES[fate]
    practice.forget_requests()
    practice.faults(fate)
    asked = notebook.ask(
        prompt, cell, stop_when=lambda view: ending == "interrupted" and view.fed == text
    )
    assert asked.reply.text == text
    assert asked.reply.finish_reason == ending
    assert (asked.error is None) == (ending in {"stop", "truncated"})
    assert asked.error is None or isinstance(asked.error, GroqMagicError)
    for record in practice.requests():
        assert_sent(record["body"]["messages"], model.seen_by(cell), prompt)
    model.ask(cell, prompt, fate)


def assert_sent(messages: list[dict[str, str]], seen: Turns, prompt: str) -> None:
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * len(seen) + ["user"]
    expected = [text for turn in seen for text in turn[:2]] + [prompt]
    assert [message["content"] for message in messages] == expected


def undo(notebook: Any) -> bool:
    try:
        notebook.session.undo()
    except NotebookError:
        return False
    return True
