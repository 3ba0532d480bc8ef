from __future__ import annotations

import copy
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import SavedTurn, TurnKey, saved_turns, sha_of, turn_of
from groq_magic.errors import NotebookError


def record(cell: str, ask: int = 1, /, **changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "conversation": "main",
        "turn": 1,
        "cell": cell,
        "ask": ask,
        "model": "openai/gpt-oss-120b",
        "options": {"temperature": 0.2},
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        "system": "Be brief.",
        "inserted": ["df"],
        "prompt_sha": sha_of("What?"),
        "request_sha": "def",
        "replaces": None,
        "once": False,
    } | changes


def output(metadata: Any, answer: Any = "An answer.") -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {"text/html": "<p>An answer.</p>", "text/plain": answer},
        "metadata": {"groq_magic": metadata},
    }


def cell(
    name: str, *outputs: Any, source: Any = "%%groq\nWhat?", execution: int | None = 1
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": {},
        "execution_count": execution,
        "outputs": list(outputs),
    }


def read(*cells: Any, **options: Any) -> tuple[SavedTurn, ...]:
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return saved_turns(notebook, **options)


def test_the_cells_used_here_are_valid_notebooks() -> None:
    cells = [cell("a", output(record("a")))]
    nbformat.validate({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_saved_answer_is_a_turn_with_its_cells_body_as_prompt() -> None:
    [turn] = read(
        cell("a", output(record("a")), source=(source := "%%groq -t 0.2\n\n What? \nWhy?\n\n"))
    )
    assert turn == SavedTurn(
        key=TurnKey("a", 1),
        shown=TurnKey("a", 1),
        conversation="main",
        prompt="What? \nWhy?",
        answer="An answer.",
        model="openai/gpt-oss-120b",
        finish_reason="stop",
        usage={"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        system="Be brief.",
        practice=False,
        options={"temperature": 0.2},
        position=0,
        execution=1,
        recorded_cell="a",
        prompt_sha=sha_of("What?"),
        html="<p>An answer.</p>",
        sources=(source, source),
        included=frozenset({"df"}),
    )
    assert turn.is_edited


@pytest.mark.parametrize("forged", ["a" * 63, "A" * 64, "g" * 64, "a" * 65, "a" * 10**6, 7, None])
def test_what_is_no_hash_of_the_turns_above_counts_as_unknown(forged: Any) -> None:
    [turn] = read(cell("a", output(record("a", above_sha=forged))))
    assert turn.above_sha is None
    for known in ("", sha_of("above")):
        [turn] = read(cell("a", output(record("a", above_sha=known))))
        assert turn.above_sha == known


def test_an_edited_prompt_is_not_the_one_that_was_asked() -> None:
    [turn] = read(cell("a", output(record("a")), source="%%groq\nWhat else?"))
    assert turn.is_edited
    [turn] = read(cell("a", output(record("a")), source="%%groq -t 1\n\nWhat?\n"))
    assert not turn.is_edited


def test_of_an_unknown_hash_nothing_is_known() -> None:
    [turn] = read(cell("a", output(record("a", prompt_sha=None)), source="%%groq\nWhat else?"))
    assert not turn.is_edited


@pytest.mark.parametrize(("source", "is_shown"), [("%groq Why?", True), ("%groq Else?", False)])
def test_a_recorded_prompt_is_looked_for_in_its_cell(source: str, is_shown: bool) -> None:  # noqa: FBT001 - a parameter
    [turn] = read(cell("a", output(record("a", prompt="Why?")), source=source))
    assert (turn.is_edited, turn.is_shown) == (False, is_shown)


def test_the_prompt_of_a_retry_is_looked_for_in_the_cell_that_it_repeats() -> None:
    retry = record("z", prompt="What?", replaces={"cell": "a", "ask": 1})
    retried = cell("z", output(retry), source="%groq_retry")
    [turn] = read(cell("a"), retried)
    assert turn.is_shown
    [turn] = read(cell("a", source="%%groq\nElse?"), retried)
    assert not turn.is_shown


def test_an_answer_takes_no_place_of_another_prompt() -> None:
    [turn] = read(cell("a", source="%%groq\nElse?"), cell("b", output(record("b"))))
    assert turn.is_shown
    moved = record("b", replaces={"cell": "a", "ask": 1})
    [turn] = read(cell("a", source="%%groq\nElse?"), cell("b", output(moved)))
    assert (turn.key.cell, turn.is_shown) == ("a", False)


def test_what_was_captured_and_is_shown_elsewhere_belongs_to_the_cell_that_asked() -> None:
    shown = cell("b", output(record("a", prompt="What?")), source="out.show()")
    asked = cell("a", source="%%capture out\n%%groq\nWhat?")
    [turn] = read(asked, shown)
    assert (turn.key, turn.position, turn.is_shown) == (TurnKey("a", 1), 0, True)
    assert read(cell("a", source="%%groq\nWhat?"), shown) == ()
    [edited] = read(cell("a", source="%%capture out\n%%groq\nElse?"), shown)
    assert not edited.is_shown


def test_answers_made_without_cell_ids_are_found_by_place_and_prompt() -> None:
    by_nbclient = {"prompt_sha": sha_of("What?"), "cell": None}
    turns = read(
        cell("a", output(record("", 3, **by_nbclient), "one")),
        cell("b", output(record("", 4, **by_nbclient), "two"), source="%%groq\nEdited"),
        cell("c", *(output(record("", n, **by_nbclient, prompt="x"), f"{n}") for n in (5, 6))),
    )
    assert [(t.key.cell, t.key.ask, t.answer, t.is_edited) for t in turns] == [
        ("a", 1, "one", False),
        ("b", 1, "two", True),
        ("c", 1, "5", False),
        ("c", 2, "6", False),
    ]


URI = "0123456789abcdef"


def test_answers_of_vs_code_belong_to_the_cell_that_holds_them_and_not_to_copies() -> None:
    retry = record("fedcba9876543210", prompt="What?", replaces={"cell": URI, "ask": 1})
    turns = read(
        cell("a", output(record(URI, 2), "one")),
        cell("copy", output(record(URI, 2), "one")),
        cell("b", output(retry, "again"), source="%groq_retry", execution=2),
        cell("c", output(record("c"), "three")),
    )
    assert [(t.key, t.shown, t.answer) for t in turns] == [
        (TurnKey("a", 1), TurnKey("b", 1), "again"),
        (TurnKey("a", 2), TurnKey("a", 2), "one"),
        (TurnKey("c", 1), TurnKey("c", 1), "three"),
    ]
    # Its own id is one that a front end sends and a file may have.
    [turn] = read(cell(URI, output(record(URI))), cell("copy", output(record(URI))))
    assert turn.key.cell == URI


def test_colabs_ids_are_in_the_cells_metadata() -> None:
    colab = cell("", output(record("Xy7_")))
    del colab["id"]
    colab["metadata"] = {"id": "Xy7_"}
    [turn] = read(colab)
    assert turn.key == TurnKey("Xy7_", 1)
    [turn] = read({**colab, "id": "given by JupyterLab"})
    assert turn.key == TurnKey("given by JupyterLab", 1)


@pytest.mark.parametrize("version", [99, 0, "2", None, [], 1.5])
def test_another_version_is_noted(version: Any) -> None:
    [turn] = read(cell("a", output(record("a", version=version))))
    assert turn.is_newer


@pytest.mark.parametrize("kinds", [{"text/html", "text/latex"}, {"text/markdown"}, {"image/png"}])
def test_other_kinds_of_output_are_noted(kinds: set[str]) -> None:
    held = output(record("a"))
    held["data"] = {"text/plain": "An answer.", **dict.fromkeys(kinds, "x")}
    [turn] = read(cell("a", held))
    assert turn.has_other_kinds


@pytest.mark.parametrize("above", ["%%time\n", "\n%%capture out --no-display\n\n%%time\n"])
def test_other_cell_magics_may_stand_above(above: str) -> None:
    [turn] = read(cell("a", output(record("a")), source=f"{above}%%groq -t 0.2\nWhat?\n"))
    assert turn.prompt == "What?"


@pytest.mark.parametrize("source", ["%%time\nx = 1\n%%groq\nWhat?", "%%time", "%%"])
def test_a_cell_magic_over_something_else_is_no_ask(source: str) -> None:
    assert read(cell("a", output(record("a")), source=source)) == ()


def test_sources_and_answers_may_be_lists_of_lines() -> None:
    [turn] = read(cell("a", output(record("a"), ["one\n", "two"]), source=["%%groq\n", "What?"]))
    assert (turn.prompt, turn.answer) == ("What?", "one\ntwo")


def test_asks_in_lines_have_the_prompt_in_their_metadata() -> None:
    asks = [output(record("a", n, prompt=f"ask {n}"), f"answer {n}") for n in (2, 1)]
    turns = read(cell("a", *asks, source="x = 1\n%groq ask 1\n%groq ask 2"))
    assert [(turn.key.ask, turn.prompt, turn.answer) for turn in turns] == [
        (1, "ask 1", "answer 1"),
        (2, "ask 2", "answer 2"),
    ]


@pytest.mark.parametrize(
    "held",
    [
        cell("copy", output(record("a"))),
        cell("a", output(record("a", once=True))),
        cell("a", output(record("a", finish_reason=None))),
        cell("a", output(record("a")), source="print(1)"),
        cell("a", output(record("a", cell=None, prompt_sha=None))),
        cell("a", output(record("a", cell="elsewhere"))),
        cell("a", output({})),
        cell("a", output(None)),
        cell("a", {"output_type": "stream", "name": "stdout", "text": "x"}),
        cell("a", output(record("a"), None)),
        cell("a", output(record("a"), ["one", 2])),
        {**cell("a", output(record("a"))), "cell_type": "markdown"},
    ],
)
def test_what_is_no_answer_of_its_own_cell_is_no_turn(held: dict[str, Any]) -> None:
    assert read(held) == ()


def test_practice_is_read_and_values_that_are_gone_are_named() -> None:
    held = cell("a", output(record("a", practice=True)), source="%%groq\nAbout {{ df }}")
    [turn] = read(held)
    assert turn.practice
    assert turn.sent == "About `df`"
    assert turn_of(turn, None).prompt == "About `df`"


def test_only_cells_above_are_read_where_the_asking_cell_is_in_the_file() -> None:
    cells = [cell(name, output(record(name))) for name in "abc"]
    assert [turn.key.cell for turn in read(*cells, above="c")] == ["a", "b"]
    assert [turn.key.cell for turn in read(*cells, above="a")] == []
    assert len(read(*cells, above="unsaved")) == 3


def test_turns_below_cells_of_text_are_read() -> None:
    texts = [{"cell_type": "markdown", "id": f"t{n}", "source": "Text."} for n in range(3)]
    cells = (*texts, cell("a", output(record("a"))), cell("b"))
    assert [turn.key.cell for turn in read(*cells)] == ["a"]
    assert [turn.key.cell for turn in read(*cells, above="b")] == ["a"]
    assert [turn.key.cell for turn in read(*cells, above="unsaved")] == ["a"]


def test_a_retry_has_the_key_of_what_it_replaces() -> None:
    retry = record("z", prompt="What?", replaces={"cell": "a", "ask": 1})
    turns = read(
        cell("a", output(record("a"), "first")),
        cell("b", output(record("b"), "second")),
        cell("z", output(retry, "first again"), source="%groq_retry", execution=9),
    )
    assert [(turn.key.cell, turn.answer) for turn in turns] == [
        ("a", "first again"),
        ("b", "second"),
    ]
    assert turns[0].shown == TurnKey("z", 1)


def test_a_cell_that_ran_after_its_retry_has_its_own_answer() -> None:
    retry = record("z", prompt="What?", replaces={"cell": "a", "ask": 1})
    [turn] = read(
        cell("a", output(record("a"), "newest"), execution=10),
        cell("z", output(retry, "first again"), source="%groq_retry", execution=9),
    )
    assert turn.answer == "newest"


ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x" * 10_000, "a\x00b", [], {}, [1], {"a": 1}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", sorted(record("a")))
def test_odd_values_of_any_field_are_skipped_or_read_as_their_type(name: str, odd: Any) -> None:
    for turn in read(cell("a", output(record("a", **{name: odd})))):
        assert isinstance(turn.model, str)
        assert isinstance(turn.key.ask, int)
        assert turn.key.ask >= 1
        assert turn.usage is None or all(type(n) is int for n in turn.usage.values())
        assert turn.system is None or isinstance(turn.system, str)
        assert isinstance(turn.options, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_a_notebook_with_anything_anywhere_is_read_without_an_error(data: st.DataObject) -> None:
    notebook: Any = {"cells": [cell("a", output(record("a")))]}
    place: Any = notebook
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()):
            place[key] = data.draw(json_values)
            break
        place = place[key]
    before = copy.deepcopy(notebook)
    assert isinstance(saved_turns(notebook), tuple)
    assert repr(notebook) == repr(before)


@given(json_values)
def test_anything_is_read_as_a_notebook(value: Any) -> None:
    assert saved_turns(value) == ()


def test_restored_turns_come_before_those_present_and_are_undone_at_once(notebook: Any) -> None:
    notebook.run("c", "asked now")
    saved = read(*(cell(name, output(record(name), f"saved {name}")) for name in "abc"))
    conversations = notebook.conversations
    assert [turn.key.cell for turn in conversations.restorable(saved)] == ["a", "b"]
    added = conversations.restore(saved)
    assert notebook.answers() == ["saved a", "saved b", "asked now"]
    assert [conversations.stale(turn) for turn in added] == [None, None]
    assert notebook.marks() == {"saved a": None, "saved b": None, "asked now": None}
    assert conversations.restorable(saved) == ()
    assert conversations.undo() == "the 2 restored turns are removed"
    assert notebook.answers() == ["asked now"]


def test_a_turn_of_this_session_is_not_restored_under_another_id(notebook: Any) -> None:
    # VS Code: the cell ran before it was saved, and the file has another id for it.
    notebook.run(URI, "asked now")
    assert notebook.conversations.restorable(read(cell("a", output(record(URI))))) == ()


def test_a_restored_turn_is_replaced_by_its_cell(notebook: Any) -> None:
    notebook.conversations.restore(read(cell("a", output(record("a"))), cell("b")))
    notebook.run("a", "new")
    assert notebook.answers() == ["new"]


def test_each_saved_turn_goes_back_to_its_own_conversation(notebook: Any) -> None:
    saved = read(
        cell("a", output(record("a", conversation="essay"), "of the essay")),
        cell("b", output(record("b"), "of main")),
        cell("c", output(record("c", practice=True), "practised")),
    )
    notebook.conversations.restore(saved)
    assert notebook.answers("essay") == ["of the essay"]
    assert notebook.answers() == ["of main"]
    assert notebook.answers(practice=True) == []
    notebook.conversations.restore(saved, practice=True)
    assert notebook.answers(practice=True) == ["practised"]


def test_restoring_nothing_is_no_change(notebook: Any) -> None:
    assert notebook.conversations.restore(()) == ()
    with pytest.raises(NotebookError):
        notebook.conversations.undo()
