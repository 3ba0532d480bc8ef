"""Parts of a changed cell, fitted into the cell: generated cells, changes and parts."""

from __future__ import annotations

import difflib
import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from groq_magic.assistant import AssistantPrompt, Cell, CodeChoice, code_choice_of
from groq_magic.assistant.answer.cell_check import is_python
from groq_magic.assistant.answer.placeholders import placeholder_in

NAMES = st.sampled_from(["df", "total", "rows", "price", "x"])
VERBS = st.sampled_from(["load", "clean", "sum", "mean", "group", "plot"])
VALUES = st.sampled_from(["1", "'a'", "'price'", "axis=0", "df", "rows[0]"])
GAPS = ("# ... existing code ...", "...", "# rest of the code", "# (unchanged)")


def asked(source: str, answer: str, *, line: int = 0) -> CodeChoice:
    prompt = AssistantPrompt("fix", "", "", "", cells=(Cell(3, source),), line=line)
    return code_choice_of(prompt, answer, whole=True)


def fenced(code: str, language: str = "python") -> str:
    return f"````{language}\n{code}\n````\n"


@st.composite
def statements(draw: st.DrawFn) -> list[str]:
    name, verb, value = draw(NAMES), draw(VERBS), draw(VALUES)
    call = f"{verb}({value})"
    return draw(
        st.sampled_from(
            [
                [f"{name} = {call}"],
                [f"{name} = {name}.{call}"],
                [f"{name}.{call}"],
                [f"print({name})"],
                [f"for item in {name}:", f"    {name}_{verb}.append(item.{call})"],
                [f"if {name} is None:", f"    {name} = {call}", "else:", f"    print({name})"],
                [f"# {verb} {name}"],
                [""],
            ]
        )
    )


@st.composite
def functions(draw: st.DrawFn, name: str) -> list[str]:
    body = [line for each in draw(st.lists(statements(), max_size=3)) for line in each]
    lines = [f"def {name}(df, rows):", *(f"    {line}" if line else "" for line in body)]
    return [*lines, f"    return {draw(NAMES)}"]


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[str], list[str], int]:
    """A cell, the same with one of its lines changed, and that line."""
    parts = draw(st.lists(statements(), min_size=1, max_size=6))
    lines = [line for each in parts for line in each]
    at = draw(st.integers(0, len(lines) - 1))
    old = lines[at]
    new = draw(
        st.sampled_from(
            [
                old.replace("(", "s("),
                old.replace("a", "b"),
                f"{old}  # fixed",
                old.replace("=", "= -"),
            ]
        )
    )
    return lines, [*lines[:at], new, *lines[at + 1 :]], at


@given(st.data())
def test_a_changed_function_put_back_changes_nothing_else(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    parts = [data.draw(functions(name)) for name in names]
    at = data.draw(st.integers(0, len(names) - 1))
    new = data.draw(functions(names[at]))
    in_class = data.draw(st.booleans())

    def cell(parts: list[list[str]]) -> str:
        text = "\n\n".join("\n".join(part) for part in parts)
        if not in_class:
            return f"import json\n\n{text}\n\nprint(a)"
        return f"class A:\n{textwrap.indent(text.replace('(df,', '(self, df,'), '    ')}\n\nA()"

    expected = cell([*parts[:at], new, *parts[at + 1 :]])
    answer = "\n".join(new).replace("(df,", "(self, df,") if in_class else "\n".join(new)
    choice = asked(cell(parts), fenced(answer))
    if expected == cell(parts):
        assert choice.why == "No cell added: the answer leaves the cell unchanged."
    elif without_comments(expected) == without_comments(cell(parts)):
        # A comment alone may stand for code that was left out.
        assert choice.code in {"", expected}
    else:
        assert choice.code == expected


def without_comments(code: str) -> list[str]:
    lines = (line.strip() for line in code.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@given(changes(), st.data())
def test_a_part_of_the_changed_cell_gives_the_whole_or_a_reason(
    change: tuple[list[str], list[str], int], data: st.DataObject
) -> None:
    old, new, at = change
    first = data.draw(st.integers(0, at))
    last = data.draw(st.integers(at, len(new) - 1))
    part = textwrap.dedent("\n".join(new[first : last + 1]))
    check("\n".join(old), "\n".join(new), fenced(part))


@given(changes(), st.data())
def test_a_part_with_placeholders_gives_the_whole_or_a_reason(
    change: tuple[list[str], list[str], int], data: st.DataObject
) -> None:
    old, new, at = change
    first = data.draw(st.integers(0, at))
    last = data.draw(st.integers(at, len(new) - 1))
    gap = data.draw(st.sampled_from(GAPS))
    part = [
        *([gap] if first else []),
        *new[first : last + 1],
        *([gap] if last + 1 < len(new) else []),
    ]
    check("\n".join(old), "\n".join(new), fenced("\n".join(part)))


@given(changes(), st.integers(0, 3), st.integers(-5, 50), st.integers(0, 1))
def test_a_diff_gives_the_changed_cell_or_a_reason(
    change: tuple[list[str], list[str], int], context: int, shift: int, is_bare: int
) -> None:
    old, new, _ = change
    lines = list(difflib.unified_diff(old, new, lineterm="", n=context))[2:]
    if is_bare:
        lines = [line for line in lines if not line.startswith("@@")]
    elif shift:
        lines = [f"@@ -{max(1, shift)} +1 @@" if line[:2] == "@@" else line for line in lines]
    check("\n".join(old), "\n".join(new), fenced("\n".join(lines), "diff"))


@given(changes(), st.integers(0, 2))
def test_a_search_replace_block_gives_the_changed_cell_or_a_reason(
    change: tuple[list[str], list[str], int], context: int
) -> None:
    old, new, at = change
    span = slice(max(0, at - context), at + context + 1)
    block = ["<<<<<<< SEARCH", *old[span], "=======", *new[span], ">>>>>>> REPLACE"]
    check("\n".join(old), "\n".join(new), fenced("\n".join(block), ""))


def check(old: str, new: str, answer: str) -> None:
    """Assert that an answer gives the new cell or none; broken code gives none."""
    choice = asked(old, answer)
    assert bool(choice.code) != bool(choice.why), (old, answer)
    if choice.code:
        # A comment in the place of a blank line can't be distinguished from one beside it.
        lines = [line for line in choice.code.splitlines() if line.strip()]
        assert lines == [line for line in new.splitlines() if line.strip()], (old, new, answer)
        assert is_python(choice.code)


PIECES = st.sampled_from(
    [
        *GAPS,
        "x = 1",
        "x = ...",
        "df = load(...)",
        "def f():\n    ...",
        "def f():\n    return 1",
        "print(x)",
        "    indented()",
        "<<<<<<< HEAD",
        "=======",
        ">>>>>>> REPLACE",
        "%%time",
        "%groq_fix",
        "!pip install x",
        "print(“x”)",
        "-x = 1",
        "+x = 2",
        "@@ -1 +1 @@",
        "1 | x = 1",
        ">>> x = 1",
        "In [1]: x = 1",
        "for i in x:",
        "(",
        '"""',
        "```",
        "\t\ty = 1",
        "",
    ]
)
LANGUAGES = st.sampled_from(["python", "", "diff", "bash"])
CODES = st.lists(PIECES, max_size=6).map("\n".join)


@given(CODES, st.lists(st.tuples(CODES, LANGUAGES), max_size=3))
@example("x = 1\n# (unchanged)\n...", [("# (unchanged)\n>>> x = 1", "python")])
@example(">>> x = 1\n...", [("# ... existing code ...\nx = 1\n>>> x = 1", "")])
@example(">>> x = 1", [("!pip install x", "")])
@example("# (unchanged)\nIn [1]: x = 1", [("# (unchanged)\n>>> x = 1\nIn [1]: x = 1", "")])
@example("%%time\n%%time\n# (unchanged)", [("# (unchanged)\n!pip install x\nfor i in x:", "")])
@example("\n%%time\nfor i in x:\n\t\ty = 1\n...", [(">>> x = 1\n...", "")])
def test_no_cell_has_a_placeholder_or_fails_to_compile(
    source: str, blocks: list[tuple[str, str]]
) -> None:
    answer = "\n\n".join(fenced(code, language) for code, language in blocks)
    choice = asked(source, answer)
    assert bool(choice.code) != bool(choice.why)
    if choice.code:
        known = frozenset(line.strip() for line in source.split("\n"))
        assert is_python(body_of(choice.code))
        assert not placeholder_in(choice.code, known)
        assert choice.code.strip() != source.strip()
        new = [line.strip() for line in choice.code.split("\n") if line.strip() not in known]
        assert not any(line.startswith(("%groq", "<<<<<", "=====", ">>>>>")) for line in new)


def body_of(cell: str) -> str:
    """Return what IPython compiles of a cell: no cell magic above, no indentation of the whole."""
    while cell.lstrip().startswith("%%"):
        cell = cell.lstrip().partition("\n")[2]
    return textwrap.dedent(cell)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_gives_a_cell_or_a_reason(source: str, code: str) -> None:
    for answer in (code, fenced(code), fenced(code, "diff"), fenced(f"{source}\n{code}")):
        choice = asked(source, answer)
        assert bool(choice.code) != bool(choice.why)
