from __future__ import annotations

from typing import Any

import groq
import pytest


def test_lists_chat_models_and_others(client: groq.Groq) -> None:
    listed = {model.id: model for model in client.models.list().data}
    assert {"openai/gpt-oss-120b", "qwen/qwen3.8-27b", "whisper-large-v3"} <= listed.keys()
    assert listed["openai/gpt-oss-120b"].created == 1754408224


def test_an_item_has_every_live_field(client: groq.Groq) -> None:
    item = client.models.retrieve("openai/gpt-oss-120b").to_dict()
    assert item == {
        "id": "openai/gpt-oss-120b",
        "object": "model",
        "created": 1754408224,
        "owned_by": "OpenAI",
        "active": True,
        "context_window": 131072,
        "max_completion_tokens": 65536,
        "name": "GPT OSS 120B",
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "supported_features": ["tools", "json_mode", "structured_outputs", "reasoning"],
    }


def test_only_the_vision_model_takes_images(client: groq.Groq) -> None:
    seeing = [model.id for model in client.models.list().data if "image" in model.input_modalities]
    assert seeing == ["qwen/qwen3.8-27b"]


def test_an_unknown_model_is_not_found(client: groq.Groq) -> None:
    with pytest.raises(groq.NotFoundError) as caught:
        client.models.retrieve("no/such")
    assert caught.value.body["error"]["code"] == "model_not_found"


def test_requests_for_models_have_their_own_faults(practice: Any, client: groq.Groq) -> None:
    practice.faults(models=("503",))
    with pytest.raises(groq.InternalServerError):
        client.models.list()
    assert client.models.list().data


def test_the_list_needs_a_key(practice: Any) -> None:
    assert practice.control.get("/openai/v1/models").status_code == 401


def test_other_urls_are_unknown(practice: Any) -> None:
    answers = [
        practice.control.post("/openai/v1/responses", json={}),
        practice.control.get("/openai/v1/modelsx"),
        practice.control.get("/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["error"]["code"] for answer in answers} == {"unknown_url"}
