"""A chat request: what tools add to it, and leave out."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.models import Model
from groq_magic.api.request import form_of, request_of
from groq_magic.errors import ModelError, OptionError
from groq_magic.options import AskOptions
from groq_magic.schemas import schema_of
from groq_magic.tools import NO_TOOLS, ToolSet, tool_set_of

MESSAGES = [{"role": "user", "content": "Hi"}]
OSS = Model("openai/gpt-oss-20b", features=("tools", "json_mode", "structured_outputs"))
QWEN = Model("qwen/qwen3.8-27b", features=("tools", "json_mode", "reasoning"))


def add(a: int, b: int) -> int:
    return a + b


TOOLS = tool_set_of(["add"], {"add": add})


def request(model: Model, tools: ToolSet = TOOLS, **options: Any) -> dict[str, Any]:
    return request_of(AskOptions(**options), model.id, model, MESSAGES, tools=tools)


def test_gpt_oss_makes_one_call_at_a_time() -> None:
    assert request(OSS)["parallel_tool_calls"] is False
    assert "parallel_tool_calls" not in request(OSS, ToolSet((), ("browser_search",)))
    assert "parallel_tool_calls" not in request(QWEN)
    assert "tools" not in request(QWEN, NO_TOOLS)


def test_reasoning_is_kept_apart_from_calls() -> None:
    assert request(QWEN)["reasoning_format"] == "parsed"
    assert "reasoning_format" not in request(QWEN, NO_TOOLS)


def test_a_model_without_tools_is_refused() -> None:
    with pytest.raises(OptionError, match="can't call tools"):
        request(Model("guard", features=("json_mode",)))
    # Where the service does not list features, it decides.
    assert request(Model("new"))["tools"]


def test_tools_of_the_service_are_for_gpt_oss_alone() -> None:
    search = ToolSet((), ("browser_search",))
    assert request(OSS, search)["tools"] == [{"type": "browser_search"}]
    with pytest.raises(ModelError) as caught:
        request(QWEN, search)
    said = "qwen/qwen3.8-27b can't use `browser_search`. `-m openai/gpt-oss-120b` can."
    assert str(caught.value) == said
    # A model that the service does not describe is asked.
    assert request(Model("new/model"), search)["tools"]


def test_json_is_asked_for_in_words_beside_tools() -> None:
    sent = request(OSS, format="json")
    assert "response_format" not in sent
    assert sent["messages"][0]["role"] == "system"
    assert "JSON" in sent["messages"][0]["content"]


def test_no_strict_schema_stands_beside_tools() -> None:
    schema = schema_of("city, price float", {})
    strict, plain = form_of(schema, OSS), form_of(schema, OSS, TOOLS)
    assert strict is not None
    assert plain is not None
    assert (strict.is_strict, plain.is_strict) == (True, False)
