"""Faults that keep code out of the next cell, and remarks on it."""

from __future__ import annotations

import pytest

from groq_magic.assistant.answer.cell_check import fault_of, plain_transform, remarks_on
from groq_magic.assistant.answer.placeholders import placeholder_in


def fault(code: str, source: str = "") -> str:
    return fault_of(code, source, "python", plain_transform)


@pytest.mark.parametrize(
    "code",
    [
        "x = await f()",
        "async for x in y:\n    print(x)",
        "files = !ls\n%matplotlib inline\n!echo hello\nfiles?",
        "%%time\nx = 1",
        "%%html\n<b>no Python</b>",
        "re.compile('\\d')",  # a warning of Python's, no error
        "image[..., 0]\nx: tuple[int, ...] = ()\ny = Field(...)",
        "class A(Protocol):\n    def f(self) -> int: ...",
        "@overload\ndef f(x: int) -> int: ...",
        "class NoPrice(KeyError): ...",
        'text = """\n...\n# existing code\n"""',
        "x = 1  # the same code as above",
        "# TODO: other columns",
        "",
    ],
)
def test_code_that_can_run_has_no_fault(code: str) -> None:
    assert fault(code) == ""


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "    ...",
        "# ...",
        "# ... existing code ...",
        "# rest of the function stays the same",
        "# (unchanged)",
        "# your code here",
        "# same as before",
        "# other methods",
        "# code goes here",
        "[...]",
        "…",
        "x = ...",
        "f(1, ...)",
    ],
)
def test_placeholders_are_a_fault_unless_the_cell_has_them(line: str) -> None:
    indent = line[: len(line) - len(line.lstrip())]
    code = f"if y:\n{indent or ''}    z = 1\n{line}" if indent else f"z = 1\n{line}"
    assert "placeholder" in fault(code) or "not valid Python" in fault(code)
    assert placeholder_in(code, frozenset({line.strip()})) == ""


def test_the_body_of_a_cell_magic_is_compiled_too_where_it_is_python() -> None:
    assert fault("%%time\nx = (") == "its code is not valid Python (line 2: '(' was never closed)"
    assert fault("%%own\nx = (", "%%own\nx = 1").startswith("its code is not valid Python")
    assert fault("%%own\nx = (", "%%own\nx <- 1)") == ""


def test_a_transformer_that_fails_is_a_fault_and_no_error() -> None:
    def failing(code: str) -> str:
        raise RuntimeError(code)

    assert "RuntimeError" in fault_of("x = 1", "", "python", failing)


def test_many_shell_lines_are_three_remarks_and_a_count() -> None:
    code = "\n".join(f"!rm {n}" for n in range(6))
    assert remarks_on(code, "") == (
        *(f"Adds a shell line: `!rm {n}`." for n in range(3)),
        "Adds 3 more lines of this kind.",
    )
    assert remarks_on(code, code) == ()


def test_a_long_line_is_cut_in_a_remark() -> None:
    (remark,) = remarks_on(f"!echo {'x' * 500}", "")
    assert len(remark) < 120


def test_an_interpreter_prompt_in_code_is_a_fault_and_one_in_a_string_is_not() -> None:
    why = "its code has an interpreter prompt"
    assert fault("x = 1\n>>> y = 2", "x = 0\n>>> y = 2") == f"{why}, `>>> y = 2`"
    assert fault("In [1]: x = 1\ny = 2") == f"{why}, `In [1]: x = 1`"
    assert fault('text = """\n>>> f()\n"""') == ""


def test_code_below_two_cell_magics_or_a_blank_line_is_compiled_too() -> None:
    for head in ("%%time\n%%time", "\n\n%%time"):
        source = f"{head}\nx = 0"
        assert fault(f"{head}\nx = 1", source) == ""
        broken = fault(f"{head}\nx = (", source)
        line = head.count("\n") + 2
        assert broken == f"its code is not valid Python (line {line}: '(' was never closed)"
