"""Any line that can be typed: an answer, or one line of our own errors that holds no key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groq_magic.errors import GroqMagicError
from groq_magic.options import OPTIONS
from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAGICS = (
    *(
        "groq",
        "groq_model",
        "groq_models",
        "groq_system",
        "groq_history",
        "groq_undo",
        "groq_reset",
    ),
    *("groq_restore", "groq_retry", "groq_replay", "groq_usage", "groq_export", "groq_fix"),
    *("groq_explain", "groq_cache", "groq_help", "groq_conversation", "groq_runs"),
)
CELL_MAGICS = ("groq", "groq_system", "groq_code", "groq_map")
# These ask for a key, or start a server.
NOT_TRIED = {"groq_key", "groq_practice"}
VALUES = {
    "number": 3,
    "text": "a text",
    "rows": ["a", "b"],
    "frame_like": {"a": [1, 2], "b": {"c": None}},
    "raises": type(
        "Raises", (), {"__repr__": lambda _self: 1 / 0, "price": property(lambda _s: 1 / 0)}
    )(),
    "function": lambda x: x,
}
PIECES = st.sampled_from(
    (
        *(form for option in OPTIONS for form in option.forms),
        *("--keep", "--session", "--level", "--as", "--sort", "--retired", "--drop", "--script"),
        *("--check", "--sample", "--limit 2", "--pack 2", "--evidence", "--budget", "--prefix"),
        *("--share", "--concurrency", "--journal", "text=a", "2usd", "200k", "{{a}}", "status"),
        *("--", "-", "---", "—once", "–m", "“hi”", "'", '"', "\\", "=", "--seed=", "-t0.5", "-s="),
        *("{{number}}", "{{text[0]}}", "{{frame_like['a'][9]}}", "{{raises}}", "{{raises.price}}"),
        *(
            "{{nmber}}",
            "{{",
            "}}",
            "{{number:.2f}}",
            "{{function()}}",
            "{{text.upper}}",
            "{x}",
            "$x",
        ),
        *(
            "fast",
            "on",
            "off",
            "clear",
            "info",
            "all",
            "1",
            "0",
            "-1",
            "2",
            "_",
            "number",
            "raises",
        ),
        *(
            "raises.price",
            "gsk_abcdefghijklmnopqrstuvwxyz0123456789",
            "json",
            "python",
            "node",
            "curl",
        ),
        *("dataframe", "main", "nan", "1e999", "9" * 400, "x" * 5_000, "\ud83d", "\0", "\x1b[31m"),
        *(
            "\u2028",
            "\r",
            "\n",
            "\t",
            "?",
            "!",
            "%groq",
            "~nobody/x.ipynb",
            "../..",
            "/",
            "a\0b.ipynb",
        ),
    )
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=6).map(" ".join) | st.text(max_size=30)


@pytest.fixture
def any_line(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, str, str | None], None]:
    """Run a magic and look at what came of it."""
    monkeypatch.chdir(tmp_path)  # options name files
    practice.script([{"match": "", "pieces": ["```python\npass\n```"]}])
    cells.fine("%config GroqMagics.tries = 1")
    cells.fine("1 / 1\n1")
    cells.run("1 / 0")
    monkeypatch.setattr("groq_magic.magics.key.has_input", lambda _shell: False)

    def run(magic: str, line: str, body: str | None) -> None:
        cells.shell.user_ns.update(VALUES, magic=magic, line_=line, body=body)
        kind = (
            "run_line_magic(magic, line_)" if body is None else "run_cell_magic(magic, line_, body)"
        )
        ran = cells.run(f"get_ipython().{kind}", "a")
        assert ran.error is None or isinstance(ran.error, GroqMagicError), ran.everything[-3000:]
        if ran.error is not None:
            assert len(str(ran.error).splitlines()) == 1
            assert len(ran.text.strip().splitlines()) == 1
            assert "gsk_" not in str(ran.error)
            str(ran.error).encode()
        for output in ran.outputs:
            repr(output).encode()

    return run


def test_every_magic_is_tried(cells: Any) -> None:
    magics = cells.shell.magics_manager.magics
    names = {name for kind in magics.values() for name in kind if name.startswith("groq")}
    assert names == {*MAGICS, *CELL_MAGICS} | NOT_TRIED


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(MAGICS), TEXTS)
def test_any_line_is_answered_or_refused_in_one_line(any_line: Any, magic: str, line: str) -> None:
    any_line(magic, line, None)


@settings(
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(CELL_MAGICS), TEXTS | TEXTS.map("rows {}".format), TEXTS)
def test_any_cell_is_answered_or_refused_in_one_line(
    any_line: Any, magic: str, line: str, body: str
) -> None:
    any_line(magic, line, body or "\n")  # IPython itself refuses a cell without a line


def raising(*_: Any, **__: Any) -> Any:
    raise SystemExit("no")


MEMBERS = (
    *("__repr__", "__str__", "__len__", "__iter__", "__getattribute__", "__getattr__", "__dir__"),
    *("__class__", "__module__", "__name__", "__doc__", "shape", "dtype", "__call__", "__eq__"),
    *("__bool__", "__hash__", "__signature__", "__dict__", "__wrapped__"),
)


BASES = [object, dict, list, str, type, ValueError]


@pytest.mark.slow
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
# By day each member is a property of every other base, a method of those between; by night both.
@pytest.mark.parametrize("turn", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_the_assistant_gets_by_with_values_that_misbehave(
    cells: Any, base: type, turn: int
) -> None:
    cells.fine("%config GroqMagics.tries = 1")
    # IPython's traceback is its own, and takes longer than an ask.
    cells.shell.InteractiveTB.set_mode("Minimal")
    for place, member in enumerate(MEMBERS, turn + BASES.index(base)):
        made = property(raising) if place % 2 else raising
        try:
            odd = type("Odd", (base,), {member: made})
            value = odd("Odd", (), {}) if base is type else odd()
        except BaseException:  # noqa: BLE001, S112 - a value that can't be made can't be named
            continue
        cells.shell.user_ns["odd"] = value
        cells.run("1 / 0 if [odd] else odd", "f")
        sources = (
            "%groq_fix",
            "%groq_explain odd",
            "%%groq_code --session\nSay hi.",
            "%groq {{odd}}",
        )
        for source in sources:
            ran = cells.run(source, "a")
            assert ran.error is None, (member, source, ran.everything[-3000:])
        if base is ValueError and member not in {"__getattribute__", "__class__"}:
            # IPython can't show those either.
            cells.run("raise odd", "f")
            cells.fine("%groq_fix", "a")
        del value, cells.shell.user_ns["odd"]
