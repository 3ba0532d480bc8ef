"""`%groq_fix`: odd errors and values are bounded, and secrets stay here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import (
    PromptError,
)
from groq_magic.prompt.values_in_text import ValueForms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_blank_lines_and_magics_above_don_t_shift_the_line(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.run("\n\n%time 1\nx = 3\nx.nosuch  # here")
    prompt = prompt_of()
    assert "Cell 2, line 5\n    x.nosuch  # here" in prompt


def test_the_body_of_a_timed_cell_is_named_by_its_own_line(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.run("%%time\nx = 3\nx.nosuch  # here")
    assert "Cell 2, line 3\n    x.nosuch  # here" in prompt_of()


def test_a_file_of_the_user_is_named_from_the_notebook_s_folder(
    cells: Any, prompt_of: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "notebooks" / "mine_for_fix.py").write_text("def half(x):\n    return x / 0\n")
    cells.fine("import sys; sys.path.insert(0, '')")
    cells.run("import mine_for_fix\nmine_for_fix.half(1)")
    prompt = prompt_of()
    assert "File mine_for_fix.py, line 2, in half\n    return x / 0" in prompt
    assert str(tmp_path) not in prompt


@pytest.mark.parametrize(
    "body",
    ["return 'x' * 10_000_000", "raise ValueError('no')", "return self.nosuch"],
    ids=["huge", "raises", "fails"],
)
def test_an_exception_that_can_t_be_shown_is_bounded(
    cells: Any, prompt_of: Callable[..., str], body: str
) -> None:
    cells.fine(
        f"class Odd(Exception):\n    def __str__(self):\n        {body}\n    __repr__ = __str__"
    )
    cells.run("odd = Odd()\nraise odd")
    prompt = prompt_of()
    assert "Odd" in prompt
    assert len(prompt) < 6_000


def test_a_value_whose_repr_is_huge_or_raises_is_bounded(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.fine(
        "class Big:\n    def __repr__(self): return 'x' * 10_000_000\n"
        "class Bad:\n    def __repr__(self): raise ValueError\n"
    )
    cells.run("big, bad = Big(), Bad()\nbig + bad")
    prompt = prompt_of()
    assert "`big`, which the failing line names" in prompt
    assert "`bad`, which the failing line names" in prompt
    assert len(prompt) < 6_000


@pytest.mark.slow
def test_the_budget_of_tokens_holds(served: Callable[..., Any], practice: Any) -> None:
    cells = served(assistant_tokens=1_000)
    lines = "\n".join(f"value_{n} = {n}  # a line that takes some room" for n in range(800))
    cells.run(f"{lines}\nvalue_1.nosuch\n{lines}")
    cells.fine("%groq_fix")
    assert cells.reply.usage.prompt_tokens < 1_000 + 400
    request = practice.requests()[-1]["body"]["messages"]
    assert "\nvalue_1.nosuch\n" in request[-1]["content"]
    assert "lines left out]" in request[-1]["content"]
    assert "unified diff" in request[0]["content"]


def test_a_diff_fixes_a_cell_that_is_too_long_to_be_sent_whole(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served(assistant_tokens=300)
    lines = "\n".join(f"value_{n} = {n}" for n in range(500))
    cells.run(f"{lines}\nvalue_1.nosuch\n{lines}")
    reply = "Gone.\n```diff\n@@ -1,3 +1,3 @@\n value_499 = 499\n-value_1.nosuch\n+value_1\n```\n"
    practice.script([{"reply": reply}])
    cells.fine("%groq_fix")
    assert cells.shell.rl_next_input == f"{lines}\nvalue_1\n{lines}"


def test_secrets_and_the_environment_are_not_sent(
    cells: Any, prompt_of: Callable[..., str], key: str
) -> None:
    os.environ["SOME_SECRET_OF_TESTS"] = "shown-nowhere"
    try:
        cells.fine("from os import environ\ndb_password = 'correct horse'")
        cells.run("environ['NOSUCH'], db_password")
        prompt = prompt_of()
        cells.run("(db_password + environ['GROQ_API_KEY']).nosuch")
        again = prompt_of()
        cells.run("raise ValueError('401 for ' + environ['GROQ_API_KEY'])")
        reported = prompt_of()
    finally:
        del os.environ["SOME_SECRET_OF_TESTS"]
    for sent in (prompt, again, reported):
        assert "shown-nowhere" not in sent
        assert "correct horse" not in sent
        assert key not in sent
    assert "db_password: str, its value withheld" in again


def test_an_object_that_raises_from_everything_can_be_described(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.fine(
        "class Hostile:\n"
        "    def __getattribute__(self, name): raise RuntimeError(name)\n"
        "    def __repr__(self): raise RuntimeError\n"
        "odd = Hostile()"
    )
    cells.run("odd.nosuch.deeper")
    assert "`odd`, which the failing line names" in prompt_of()
    assert "odd: Hostile" in prompt_of("%%groq_code --session\nSomething with it")
    assert isinstance(cells.run("%groq_explain odd.x").error, PromptError)


def test_data_is_searched_once_for_a_fix_and_the_end_of_its_cell(
    cells: Any, prompt_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []

    def forms(column: Any) -> ValueForms:
        searched.append(len(column))
        return ValueForms(column)

    cells.fine("%config GroqMagics.rows_sent = 0")
    cells.fine("people = [f'person {n}' for n in range(700)]")
    cells.run("people.index('nobody')")
    monkeypatch.setattr("groq_magic.prompt.private_values.ValueForms", forms)
    assert "ValueError" in prompt_of()
    assert searched.count(700) == 1
    # The exception is dropped all the same; what was read of it is enough for another fix.
    assert cells.session.failures.last().error is None
    assert "ValueError" in prompt_of()
    assert searched.count(700) == 1
