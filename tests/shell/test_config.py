"""`%config GroqMagics`, and what sticks from one ask to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def test_ipythons_configuration_sets_the_defaults(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served(model="openai/gpt-oss-20b", temperature=0.25, system="Be brief", stop=["END"])
    cells.fine("%groq Say hi")
    assert practice.requests()[0]["body"] == {
        "model": "openai/gpt-oss-20b",
        "messages": [
            {"role": "system", "content": "Be brief"},
            {"role": "user", "content": "Say hi"},
        ],
        "temperature": 0.25,
        "stop": ["END"],
        "stream": True,
    }


def test_config_sets_what_sticks(cells: Any, practice: Any) -> None:
    for line in (
        "model = 'openai/gpt-oss-20b'",
        "max_tokens = 50",
        "seed = 3",
        "reasoning_effort = 'low'",
        "stream = False",
    ):
        cells.fine(f"%config GroqMagics.{line}")
    cells.fine("%groq --once Say hi", "a")
    cells.fine("%groq --once --seed 4 Say hi", "a")
    first, second = (record["body"] for record in practice.requests())
    expected = {
        "model": "openai/gpt-oss-20b",
        "messages": [{"role": "user", "content": "Say hi"}],
        "max_completion_tokens": 50,
        "seed": 3,
        "reasoning_effort": "low",
    }
    assert first == expected
    assert second == {**expected, "seed": 4}


@pytest.mark.parametrize(
    "line", ["temperature = 5", "format = 'xml'", "tries = 0", "reasoning = 'maybe'", "top_p = -1"]
)
def test_config_refuses_what_makes_no_sense(bare: Any, line: Any) -> None:
    before = dict(bare.session.settings.trait_values())
    bare.run(f"%config GroqMagics.{line}")
    name = line.partition(" ")[0]
    assert bare.session.settings.trait_values()[name] == before[name]


def test_the_model_sticks_until_it_is_switched(cells: Any, practice: Any) -> None:
    cells.fine("%groq_model openai/gpt-oss-20b")
    cells.fine("%groq --once Say hi", "a")
    cells.fine("%groq_model vision")
    cells.fine("%groq --once Say hi", "a")
    models = [record["body"]["model"] for record in practice.requests()]
    assert models == ["openai/gpt-oss-20b", "qwen/qwen3.8-27b"]
    assert "qwen/qwen3.8-27b" in cells.fine("%groq_model").plain
