"""The warnings above an answer: which there are, and that they name the prompt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from groq_magic.asking.warnings import warnings_of
from groq_magic.assistant import CodeChoice
from groq_magic.practice import NO_MODEL

NONE_ADDED = "No cell added: it ends."
NO_OBJECT = "{} is JSON, but neither an object nor a list; `_groq.text` has it."
UNSCRIPTED = f"{NO_MODEL}, and no code either."


def warnings(
    text: str = "Yes.",
    form: str = "markdown",
    why: str = "",
    *,
    practice: bool = False,
    **changes: Any,
) -> tuple[str, ...]:
    given = {"finish_reason": "stop", "data": None, "code": "", "error": None, "composed": None}
    found = SimpleNamespace(text=text, **given | changes)
    draft = SimpleNamespace(
        ask=SimpleNamespace(text="List the\ncities.", composed=found.composed),
        options=SimpleNamespace(format=form),
        as_saved=lambda prompt: prompt.replace("cities", "[key]"),
    )
    plan: Any = SimpleNamespace(draft=draft, pending=SimpleNamespace(practice=practice))
    reply: Any = found
    return warnings_of(plan, reply, CodeChoice(why=why))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ()),
        ({"form": "json"}, ("{} is not valid JSON.",)),
        ({"form": "json", "data": {"a": 1}}, ()),
        ({"form": "json", "text": ' "red"\n'}, (NO_OBJECT,)),
        ({"form": "json", "text": "```json\nnull\n```"}, (NO_OBJECT,)),
        ({"form": "code"}, ("{} contains no code.",)),
        ({"form": "code", "code": "x = 1"}, ()),
        ({"text": ""}, ("{} is empty.",)),
        ({"text": "", "error": ValueError()}, ()),
        (
            {"text": "", "finish_reason": "length"},
            ("{} ended at the token limit; a larger `--max-tokens` allows more.",),
        ),
        (
            {"form": "json", "finish_reason": "truncated"},
            (
                "{} was cut off before its end; `%groq_retry` asks again.",
                "{} is not valid JSON.",
            ),
        ),
        ({"why": NONE_ADDED}, (NONE_ADDED,)),
        ({"finish_reason": "interrupted"}, ()),
        ({"text": UNSCRIPTED, "why": NONE_ADDED, "practice": True}, ()),
        ({"text": UNSCRIPTED, "form": "code", "practice": True}, ()),
        ({"text": UNSCRIPTED, "why": NONE_ADDED}, (NONE_ADDED,)),
        ({"why": NONE_ADDED, "practice": True}, (NONE_ADDED,)),
        ({"text": "", "why": NONE_ADDED, "practice": True}, (NONE_ADDED,)),
    ],
)
def test_a_warning_names_the_prompt_without_its_secrets(
    given: dict[str, Any], expected: tuple[str, ...]
) -> None:
    answer = "The answer to \u201cList the [key].\u201d"
    assert warnings(**given) == tuple(line.format(answer) for line in expected)


def test_a_prompt_that_a_magic_composed_is_not_shown() -> None:
    assert warnings(form="json", composed=object()) == ("The answer is not valid JSON.",)
