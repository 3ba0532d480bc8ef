"""Names of slots are single classes, whatever is in a cell's id or a model's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from groq_magic.conversation import Turn, TurnKey, messages_of, sha_of
from groq_magic.views.slots import answer_class, slot_of, speed_slot


@pytest.mark.parametrize("odd", ['a b"c', "openai/gpt-oss-120b", "<é>", "."])
def test_it_is_one_class(odd: str) -> None:
    for slot in (slot_of(TurnKey(odd, 2)), speed_slot(odd)):
        assert slot.isascii()
        assert slot.replace("-", "").replace("_", "").isalnum()


def test_each_ask_of_a_turn_has_its_own_slot() -> None:
    assert slot_of(TurnKey("ab-1", 2)) == "groq-turn-ab-1-2"
    assert slot_of(TurnKey(None, 1)) == "groq-turn-none-1"


def test_an_answer_has_its_own_class_whenever_it_is_shown() -> None:
    def of(prompt: str, answer: str, **more: Any) -> str:
        key = TurnKey("a", 1)
        messages = messages_of(prompt, answer)
        return answer_class(
            Turn(key, key, "main", False, messages=messages, prompt_sha=sha_of(prompt), **more)  # noqa: FBT003 - not practice
        )

    assert re.fullmatch("groq-answer-[0-9a-f]{8}", of("A?", "Yes."))
    assert of("A?", "Yes.") == of("A?", "Yes.", revision=7, cell_number=2)
    assert len({of("A?", "Yes."), of("A?", "No."), of("B?", "Yes.")}) == 3


def test_a_models_slot_is_no_turns() -> None:
    assert speed_slot("openai/gpt-oss-20b") == "groq-model-openai-gpt-oss-20b"
