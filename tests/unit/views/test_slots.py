"""Names of slots are single classes, whatever is in a cell's id or a model's."""

from __future__ import annotations

import re

import pytest

from groq_magic.conversation import TurnKey
from groq_magic.views.slots import answer_class, slot_of, speed_slot


@pytest.mark.parametrize("odd", ['a b"c', "openai/gpt-oss-120b", "<é>", "."])
def test_it_is_one_class(odd: str) -> None:
    for slot in (slot_of(TurnKey(odd, 2)), speed_slot(odd)):
        assert slot.isascii()
        assert slot.replace("-", "").replace("_", "").isalnum()


def test_each_ask_of_a_turn_has_its_own_slot() -> None:
    assert slot_of(TurnKey("ab-1", 2)) == "groq-turn-ab-1-2"
    assert slot_of(TurnKey(None, 1)) == "groq-turn-none-1"


def test_an_answer_has_a_class_of_its_own() -> None:
    assert re.fullmatch("groq-answer-[0-9a-f]{8}", answer_class("Yes."))
    assert len({answer_class(text) for text in ("Yes.", "No.", "", "\ud800 half")}) == 4


def test_a_models_slot_is_no_turns() -> None:
    assert speed_slot("openai/gpt-oss-20b") == "groq-model-openai-gpt-oss-20b"
