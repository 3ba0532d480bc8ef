"""`%groq_explain`: cells, names, outputs and errors."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError, OptionError, PromptError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_number_means_a_cell_with_its_output(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("print('printed')\nsum([1, 2])")
    prompt = prompt_of("%groq_explain 2")
    assert "Explain this cell." in prompt
    assert "print('printed')\nsum([1, 2])" in prompt
    assert "printed\n3" in prompt


def test_a_function_and_a_class_are_their_source(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("def half(x):\n    return x / 2\n\nclass Box:\n    size = 1")
    assert "def half(x):\n    return x / 2" in prompt_of("%groq_explain half")
    assert "class Box:\n    size = 1" in prompt_of("%groq_explain Box")


def test_a_library_s_function_is_sent_as_source_or_docstring(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.fine("import json, math")
    assert "def dumps(obj" in prompt_of("%groq_explain json.dumps")
    assert "function cos(x, /)" in prompt_of("%groq_explain math.cos")
    assert "Explain `math`, the module math." in prompt_of("%groq_explain math")
    assert "function len(" in prompt_of("%groq_explain len")


def test_a_value_is_its_summary(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("import pandas as pd\nd = {'sales': pd.DataFrame({'price': [1.5, 2.5]})}")
    prompt = prompt_of('%groq_explain d["sales"]')
    assert "DataFrame: 2 rows" in prompt
    assert 'Explain `d["sales"]`, a pandas.DataFrame.' in prompt


def test_underscore_is_the_last_result(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("6 * 7")
    cells.fine("x = 1")
    prompt = prompt_of("%groq_explain _")
    assert "6 * 7" in prompt
    assert "\n42\n" in prompt


def test_alone_it_is_the_last_output_or_error(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("6 * 7")
    cells.fine("x = 1")
    assert "\n42\n" in prompt_of("%groq_explain")
    cells.run("1 / 0")
    prompt = prompt_of("%groq_explain")
    assert "Explain why this cell failed." in prompt
    assert "ZeroDivisionError" in prompt
    cells.fine("'later'")
    assert "later" in prompt_of("%groq_explain")


def test_words_without_a_name_are_about_the_last_output(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.fine("6 * 7")
    prompt = prompt_of("%groq_explain why is it {even}, isn't it?")
    assert "My note: why is it {even}, isn't it?" in prompt
    assert "\n42\n" in prompt


def test_words_after_a_name_are_about_it(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("def half(x):\n    return x / 2")
    prompt = prompt_of("%groq_explain half what if x is a string?")
    assert "My note: what if x is a string?" in prompt


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%groq_explain x --level beginner", "a beginner: define every term"),
        ("%groq_explain --level expert x", "an expert: no basics"),
        ("%groq_explain x", "someone who knows the language"),
    ],
)
def test_the_level_says_for_whom(
    cells: Any, prompt_of: Callable[..., str], practice: Any, line: str, said: str
) -> None:
    cells.fine("x = 1")
    prompt_of(line)
    assert said in practice.requests()[-1]["body"]["messages"][0]["content"]


def test_code_in_an_explanation_is_no_next_cell(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "It is this:\n\n```python\nx = 2\n```"}])
    cells.fine("x = 1")
    cells.shell.rl_next_input = None
    ran = cells.fine("%groq_explain x", "cell-e")
    assert cells.shell.rl_next_input is None
    assert "groq-change" not in ran.data["text/html"]
    assert ran.record["prompt"] == "%groq_explain x"
    assert ran.record["included"] == ["x"]


def test_an_unknown_target_is_one_line(cells: Any, practice: Any) -> None:
    cells.fine("total = 1\nraw = b'x'")
    for line, said in (
        ("%groq_explain totl", "There is no `totl` to explain. Did you mean `total`?"),
        ("%groq_explain totl --level expert", "There is no `totl` to explain."),
        ("%groq_explain 77", "There is no cell 77"),
        ("%groq_explain _", "There is no output yet."),
        ("%groq_explain", "There is no output and no error yet."),
    ):
        error = cells.run(line).error
        assert isinstance(error, NotebookError), line
        assert str(error).startswith(said)
    assert isinstance(cells.run("%groq_explain raw").error, PromptError)
    assert isinstance(cells.run("%groq_explain total --level poet").error, OptionError)
    assert practice.requests() == []


def test_tab_completes_names_and_options(cells: Any) -> None:
    cells.fine("totals = {'oslo': 1}")

    def offered(line: str) -> list[str]:
        return [one.text for one in cells.shell.Completer.completions(line, len(line))]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IPython calls its own completions provisional
        assert "totals" in offered("%groq_explain tot")
        assert 'totals["oslo"]' in offered('%groq_explain totals["o')
        assert offered("%groq_explain totals --level b") == ["beginner"]
        assert "--keep" in offered("%groq_fix --k")
        assert "--session" in offered("%%groq_code --se")
