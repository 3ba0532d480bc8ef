"""`{{name}}` within a function is the function's own, as in an f-string."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMPORTS = "import groq_magic\nfrom groq_magic import ask\nx, y = 'global x', 'global y'\n"


@pytest.fixture
def asked(cells: Any, practice: Any) -> Callable[[str], str]:
    """Run a cell and return the last prompt that it sent."""

    def run(source: str) -> str:
        cells.fine(IMPORTS + source, "a")
        return str(practice.requests()[-1]["body"]["messages"][-1]["content"])

    return run


@pytest.mark.parametrize(
    "source",
    [
        "ask('{{x}} {{y}}')",
        "def f():\n    return ask('{{x}} {{y}}')\nf()",
        "[ask('{{x}} {{y}}') for _ in range(1)]",
        "class C:\n    ask('{{x}} {{y}}')",
        "(lambda: ask('{{x}} {{y}}'))()",
        "%groq {{x}} {{y}}",
    ],
)
def test_names_that_no_function_has_are_the_notebooks(
    asked: Callable[[str], str], source: str
) -> None:
    assert asked(source) == "global x global y"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    x = 'own x'\n    ask('{{x}} {{y}}')\nf()",
        "def f(x):\n    ask('{{x}} {{y}}')\nf('own x')",
        "def f(x):\n    %groq {{x}} {{y}}\nf('own x')",
        "def f(x):\n    get_ipython().run_line_magic('groq', '{{x}} {{y}}')\nf('own x')",
        "def f(x):\n    get_ipython().run_cell_magic('groq', '', '{{x}} {{y}}')\nf('own x')",
        (
            "magics = get_ipython().magics_manager.magics['line']\ndef f(x):\n"
            "    magics['groq']('{{x}} {{y}}')\nf('own x')"
        ),
        "[ask('{{x}} {{y}}') for x in ['own x']]",
        "list(ask('{{x}} {{y}}') for x in ['own x'])",
        "{ask('{{x}} {{y}}').text: 1 for x in ['own x']}",
        "def f(x):\n    [ask('{{x}} {{y}}') for _ in range(1)]\nf('own x')",
        "def f(x):\n    return max(ask('{{x}} {{y}}').text for _ in range(1))\nf('own x')",
        "class C:\n    x = 'own x'\n    ask('{{x}} {{y}}')",
        "def f(x):\n    class C:\n        ask('{{x}} {{y}}')\nf('own x')",
        "def f(x):\n    def g():\n        ask('{{x}} {{y}}')\n    g()\nf('own x')",
        "def f(x):\n    def g():\n        return x, ask('{{x}} {{y}}')\n    return g\nf('own x')()",
        (
            "def f(x):\n    def g():\n        def h():\n            ask('{{x}} {{y}}')\n"
            "        h()\n    g()\nf('own x')"
        ),
        "def f(x):\n    list(map(lambda n: ask('{{x}} {{y}}'), [1]))\nf('own x')",
        "def f(x):\n    yield ask('{{x}} {{y}}')\nnext(f('own x'))",
        (
            "async def f(x):\n    ask('{{x}} {{y}}')\ntry:\n    f('own x').send(None)\n"
            "except StopIteration:\n    pass"
        ),
        (
            "class C:\n    x = 'the class x'\n    def m(self, x):\n        ask('{{x}} {{y}}')\n"
            "C().m('own x')"
        ),
        "def f(x, n):\n    return f('own x', n - 1) if n else ask('{{x}} {{y}}')\nf('outer', 3)",
        'exec(\'x = "own x"\\nask("{{x}} {{y}}")\', globals(), {})',
        "exec('x = \"own x\"\\nask(\"{{x}} {{y}}\")', {'ask': ask, 'y': y})",
        "import functools\ndef f(x):\n    functools.partial(ask, '{{x}} {{y}}')()\nf('own x')",
        (
            "def f(x):\n    o = type('O', (), {'v': x})\n    ask('{{o.v}} {{y}}', system='s')\n"
            "f('own x')"
        ),
    ],
)
def test_a_functions_own_names_come_first(asked: Callable[[str], str], source: str) -> None:
    assert asked(source) == "own x global y"


def test_a_class_is_not_seen_by_its_methods(asked: Callable[[str], str]) -> None:
    source = "class C:\n    x = 'the class x'\n    def m(self):\n        ask('{{x}}')\nC().m()"
    assert asked(source) == "global x"


def test_a_caller_of_the_caller_is_not_seen(asked: Callable[[str], str]) -> None:
    source = "def helper():\n    ask('{{x}}')\ndef f(x):\n    helper()\nf('own x')"
    assert asked(source) == "global x"


def test_a_modules_names_come_before_the_notebooks(
    asked: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "asking_helper.py").write_text(
        "import groq_magic\nx = 'module x'\ndef f():\n    groq_magic.ask('{{x}} {{y}}')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert asked("import asking_helper\nasking_helper.f()") == "module x global y"


def test_the_system_prompt_takes_them_too(cells: Any, practice: Any) -> None:
    for source in (
        "def f(x):\n    ask('hi', system='Say {{x}}')\nf('own x')",
        "def f(x):\n    %groq -s 'Say {{x}}' hi\nf('own x')",
        "%groq_system Say {{x}}\ndef f(x):\n    ask('hi')\nf('own x')",
    ):
        cells.fine(IMPORTS + source, "a")
        system = practice.requests()[-1]["body"]["messages"][0]
        assert system == {"role": "system", "content": "Say own x"}


def test_a_dry_run_shows_what_would_be_sent(cells: Any) -> None:
    ran = cells.fine(f"{IMPORTS}def f(x):\n    %groq --dry-run {{{{x}}}}\nf('own x')", "a")
    assert ran.plain.endswith("per million tokens.")
    assert "\nown x\n" in ran.plain


def test_asking_again_sends_the_values_that_the_function_had(cells: Any, practice: Any) -> None:
    cells.fine(
        f"{IMPORTS}def f(x):\n    ask('{{{{x}}}} {{{{y}}}}', system='{{{{x}}}}')\nf('own x')"
    )
    cells.fine("x, y = 'later x', 'later y'")
    cells.fine("%groq_retry")
    sent = [each["content"] for each in practice.requests()[-1]["body"]["messages"]]
    assert sent == ["own x", "own x later y"]


@pytest.mark.parametrize("fault", ["", "400"])
def test_no_value_of_the_function_outlives_it(cells: Any, practice: Any, fault: str) -> None:
    if fault:
        practice.faults(fault)
    cells.fine(f"""{IMPORTS}
import weakref
class Big:
    name = "big"
def f():
    big = Big()
    ref = weakref.ref(big)
    try:
        ask("{{{{big.name}}}}")
    except Exception as error:
        error.__traceback__ = None
    return ref
ref = f()""")
    gc.collect()
    assert cells.shell.user_ns["ref"]() is None


def test_a_name_that_is_nearly_the_functions_is_refused(cells: Any, practice: Any) -> None:
    ran = cells.run(f"{IMPORTS}def f(frame):\n    ask('{{{{frme}}}}')\nf(1)", "a")
    assert isinstance(ran.error, PromptError)
    assert "`frame`" in str(ran.error)
    assert practice.requests() == []
    assert cells.run("%groq_retry").error is not None
    assert practice.requests() == []


def test_a_call_on_a_functions_name_is_refused(cells: Any) -> None:
    ran = cells.run(f"{IMPORTS}def f(frame):\n    ask('{{{{frame.sum()}}}} {{{{x}}}}')\nf(1)", "a")
    assert "calls aren't allowed in prompts" in ran.text
    assert cells.turns == []


def test_explain_finds_a_functions_own_value(cells: Any, prompt_of: Callable[..., str]) -> None:
    assert "own text" in prompt_of("def f(value):\n    %groq_explain value\nf('own text')", "a")
    assert cells.reply.text
