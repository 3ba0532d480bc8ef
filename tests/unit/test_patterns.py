"""No pattern of the package takes time that grows with the square of a text that repeats itself."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

import groq_magic

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = 4_000
_LIMIT = 200  # of what a plain pattern takes for the same text; quadratic ones take 1,000 and more
_ATTEMPTS = 5
_UNITS = [
    *"a1_- \t\n.,:;=('\"`[]{}()<>/\\|*#&@!$%+~^?",
    *(
        "a ",
        "a,",
        "a.",
        "a:",
        "a=",
        "'a",
        "\\'",
        "\\n",
        "<a",
        "</a",
        "<!--",
        "a@",
        "://",
        "[(",
        "[[",
    ),
    *(
        "{{",
        "![",
        "$$",
        "\\(",
        "x['",
        "\n\n",
        "\n ",
        "a\n",
        "- ",
        "``",
        "&#",
        "&a",
        "1.",
        "0x",
        "%%",
    ),
    *("\x1b[", "%", "% ", ">>> ", "cell ", "<ipython-input-"),
]
_TYPED = "applied to what someone typed as a prompt"
_SHORT = {
    ("groq_magic.assistant.session_names", "_BRACES"): _TYPED,
    ("groq_magic.prompt.placeholder", "_PARTS"): _TYPED,
    ("groq_magic.practice.script", "_NAMED_VALUE"): "applied to the prompts of practice scripts",
}
_USE = re.compile(
    r"\b(_?[A-Z][A-Z_0-9]*)(?:\[\w+\])?\s*\.\s*(search|sub|findall|finditer|split|match)\b"
)


def patterns_of(module: Any) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the patterns among a module's constants, with the constants' names."""
    for name, value in vars(module).items():
        held: Iterable[Any] = ()
        if isinstance(value, re.Pattern):
            held = (value,)
        elif isinstance(value, Mapping):
            held = value.values()
        elif isinstance(value, tuple | list):
            held = value
        yield from ((name, each) for each in held if isinstance(each, re.Pattern))


def found() -> dict[str, tuple[re.Pattern[str], bool]]:
    """Return the package's patterns by name, with whether one is looked for all over a text."""
    cases = {}
    for each in pkgutil.walk_packages(groq_magic.__path__, "groq_magic."):
        if each.name.endswith("__main__"):
            continue
        module = importlib.import_module(each.name)
        uses = _USE.findall(Path(str(module.__file__)).read_text("utf-8"))
        for name, pattern in patterns_of(module):
            methods = {method for used, method in uses if used == name}
            if isinstance(pattern.pattern, str) and (each.name, name) not in _SHORT:
                title = f"{each.name.removeprefix('groq_magic.')}.{name} {len(cases)}"
                cases[title] = pattern, bool(methods - {"match"})
    return cases


CASES = found()
PLAIN = re.compile("(?:ab|cd)e")


def seconds(pattern: re.Pattern[str], text: str, *, is_all_over: bool) -> float:
    """Return how long a pattern takes for a text."""
    begin = time.thread_time()
    if is_all_over:
        pattern.sub("", text)
    else:
        pattern.match(text)
    return time.thread_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize("title", CASES)
def test_text_that_repeats_itself_takes_no_time(title: str) -> None:
    pattern, is_all_over = CASES[title]
    for unit, start in product(_UNITS, ["", "a", "<"]):
        text = start + unit * (_SIZE // len(unit)) + "\0"
        # A virtual machine's clock can stand still for a moment.
        limit = _LIMIT * median(seconds(PLAIN, text, is_all_over=True) for _ in range(_ATTEMPTS))
        tries = (seconds(pattern, text, is_all_over=is_all_over) for _ in range(_ATTEMPTS))
        assert any(took <= limit for took in tries), (start, unit)


def test_each_exception_is_a_pattern_of_the_package() -> None:
    for module, name in _SHORT:
        assert isinstance(getattr(importlib.import_module(module), name), re.Pattern)
