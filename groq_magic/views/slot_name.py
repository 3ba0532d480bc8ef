"""What slots are called: classes of elements, safe whatever a cell or a model is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.conversation import TurnKey

__all__ = ["slot_of", "speed_slot"]

_NOT_IN_A_CLASS = re.compile(r"[^A-Za-z0-9_-]")


def slot_of(key: TurnKey) -> str:
    """Return the class of an ask's bar."""
    return f"groq-turn-{_NOT_IN_A_CLASS.sub('-', key.cell or 'none')}-{key.ask}"


def speed_slot(model: str) -> str:
    """Return the class of a model's slot in `%groq_models`."""
    return f"groq-model-{_NOT_IN_A_CLASS.sub('-', model)}"
