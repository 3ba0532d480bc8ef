"""Which model stands for a kind of task: by features and window, whatever the key has."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.models import ALIASES, catalogue_of, offline_catalogue
from groq_magic.errors import ModelError

TOOLS = ["tools", "json_mode", "reasoning"]


def item(model_id: str, window: int = 131_072, **more: Any) -> dict[str, Any]:
    return {
        "id": model_id,
        "active": True,
        "context_window": window,
        "max_completion_tokens": 8_192,
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "supported_features": TOOLS,
        **more,
    }


TODAY = [
    item("openai/gpt-oss-120b"),
    item("openai/gpt-oss-20b"),
    item("openai/gpt-oss-safeguard-20b", supported_features=["reasoning"]),
    item("qwen/qwen3.8-27b", input_modalities=["text", "image"]),
    item("minimaxai/minimax-m2.7", 196_608),
    item("whisper-large-v3", output_modalities=["text"], input_modalities=["audio"]),
    item("meta-llama/llama-prompt-guard-2-22m", 512),
    item("allam-2-7b", 4_096, supported_features=[]),
]


def choices(items: list[dict[str, Any]]) -> dict[str, str]:
    """Return what each task stands for, where there is a model for it."""
    catalogue = catalogue_of(items)
    return {name: catalogue.resolve(name) for name in ALIASES if catalogue.choice(name)}


def test_todays_models() -> None:
    assert choices(TODAY) == {
        "fast": "openai/gpt-oss-20b",
        "balanced": "openai/gpt-oss-120b",
        "reasoning": "openai/gpt-oss-120b",
        "vision": "qwen/qwen3.8-27b",
    }


def test_other_models_are_chosen_by_their_properties() -> None:
    assert choices(
        [
            item("new/tiny-3b", 8_192),
            item("new/small-9b"),
            item("new/guard-1b"),
            item("new/unskilled-2b", supported_features=["reasoning"]),
            item("new/glance-4b", input_modalities=["text", "image"]),
            item("new/big-400b", supported_features=[*TOOLS]),
            item("new/huge-900b", supported_features=["tools"]),
            item("new/eye-30b", 65_536, input_modalities=["text", "image"]),
            item("new/eyes-20b", 262_144, input_modalities=["text", "image"]),
        ]
    ) == {
        "fast": "new/small-9b",
        "balanced": "new/big-400b",
        "reasoning": "new/big-400b",
        "vision": "new/eyes-20b",
    }


def test_models_with_ids_alone_still_serve() -> None:
    bare = [{"id": "new/small-8b"}, {"id": "new/large-70b"}, {"id": "whisper-large-v3"}]
    assert choices(bare) == {
        "fast": "new/small-8b",
        "balanced": "new/large-70b",
        "reasoning": "new/large-70b",
    }


def test_the_default_stays_balanced_beside_a_larger_model() -> None:
    chosen = choices([item("openai/gpt-oss-120b"), item("new/big-400b")])
    assert (chosen["balanced"], chosen["reasoning"]) == ("openai/gpt-oss-120b", "new/big-400b")


def test_a_window_that_is_not_reported_is_no_small_one() -> None:
    untold = {"id": "new/small-8b", "supported_features": TOOLS}
    assert choices([untold, item("new/large-70b")])["fast"] == "new/small-8b"


@pytest.mark.parametrize(("name", "does"), [("vision", "takes images"), ("fast", "answers")])
def test_a_task_that_no_model_is_for_is_refused(name: str, does: str) -> None:
    models = [item("openai/gpt-oss-120b")] if name == "vision" else [{"id": "whisper-large-v3"}]
    with pytest.raises(ModelError, match=f"No model of this key {does}"):
        catalogue_of(models).resolve(name)


@pytest.mark.parametrize("name", ["fast", "balanced", "reasoning", "vision"])
def test_the_offline_table_serves_every_task(name: str) -> None:
    catalogue = offline_catalogue()
    chosen = catalogue.choice(name)
    assert chosen is not None
    assert chosen in catalogue.chat
    assert chosen.sees or name != "vision"


def test_an_inactive_model_is_never_chosen() -> None:
    items = [item("openai/gpt-oss-120b", active=False), item("openai/gpt-oss-20b")]
    assert set(choices(items).values()) == {"openai/gpt-oss-20b"}
    assert catalogue_of(items).choice("balanced").id == "openai/gpt-oss-20b"
