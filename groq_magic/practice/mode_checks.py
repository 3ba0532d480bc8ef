"""Whether reasoning, tools and response formats go together and with the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.practice import tokens
from groq_magic.practice.refusals import bad_request

if TYPE_CHECKING:
    from groq_magic.practice.chat_request import ChatRequest

__all__ = ["check_reasoning", "check_response_format", "check_tools"]

_MOST_TOOLS = 128
_LONGEST_NAME = 64
_BUILT_IN = ("browser_search", "code_interpreter")
_FORMATS = ("text", "json_object", "json_schema")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CHOICES = ("none", "auto", "required")


def check_reasoning(request: ChatRequest) -> None:
    """Check `reasoning_effort`, `reasoning_format` and `include_reasoning`."""
    model, sent = request.model, request.parameters
    effort = sent.get("reasoning_effort")
    if effort is not None and effort not in model.efforts:
        listed = ", ".join(f"`{known}`" for known in model.efforts)
        raise bad_request(f"`reasoning_effort` must be one of {listed}", param="reasoning_effort")
    wanted = sent.get("reasoning_format")
    if wanted is None:
        return
    if model.is_gpt_oss:
        raise bad_request(
            f"reasoning_format is not supported with model `{model.id}`", param="reasoning_format"
        )
    if wanted not in ("hidden", "raw", "parsed"):
        raise bad_request(
            "`reasoning_format` must be one of `hidden`, `raw`, `parsed`", param="reasoning_format"
        )
    if "include_reasoning" in sent:
        raise bad_request("cannot specify both `reasoning_format` and `include_reasoning`")
    if wanted == "raw" and (request.answer_format != "text" or sent.get("tools")):
        raise bad_request("`reasoning_format` `raw` can't be used with JSON mode or tools")


def check_tools(request: ChatRequest) -> None:
    """Check the tools and the choice among them."""
    tools = request.parameters.get("tools", [])
    if not isinstance(tools, list):
        raise bad_request("'tools' : value must be an array", param="tools")
    if len(tools) > _MOST_TOOLS:
        raise bad_request(f"'tools' : maximum number of items is {_MOST_TOOLS}", param="tools")
    for number, tool in enumerate(tools):
        _check_tool(number, tool, built_in=request.model.is_gpt_oss)
    choice = request.parameters.get("tool_choice", "auto")
    if isinstance(choice, str):
        known = choice in _CHOICES
    else:
        function = choice.get("function") if isinstance(choice, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        known = name in [offered["name"] for offered in request.functions]
    if not known:
        raise bad_request("'tool_choice' : names no tool of the request", param="tool_choice")
    if choice == "required" and not tools:
        raise bad_request("'tool_choice' : `required` needs tools", param="tool_choice")


def _check_tool(number: int, tool: object, *, built_in: bool) -> None:
    kind = tool.get("type") if isinstance(tool, dict) else None
    if kind in _BUILT_IN and built_in:
        return
    if not isinstance(tool, dict) or kind != "function":
        listed = ", ".join(("function", *_BUILT_IN) if built_in else ("function",))
        raise bad_request(f"'tools.{number}.type' : value must be one of {listed}", param="tools")
    function = tool.get("function")
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request(
            f"'tools.{number}.function.name' : value must match {_NAME.pattern}", param="tools"
        )


def check_response_format(request: ChatRequest) -> None:
    """Check JSON mode and schemas."""
    wanted = request.parameters.get("response_format", {"type": "text"})
    if not isinstance(wanted, dict) or wanted.get("type") not in _FORMATS:
        listed = ", ".join(_FORMATS)
        raise bad_request(f"'response_format.type' : value must be one of {listed}")
    if wanted["type"] == "json_object":
        words = " ".join(tokens.message_text(message) for message in request.messages)
        if "json" not in words.lower():
            raise bad_request(
                "'messages' must contain the word 'json' in some form, to use 'response_format' "
                "of type 'json_object'."
            )
    if wanted["type"] == "json_schema":
        _check_schema_mode(request, wanted.get("json_schema"))


def _check_schema_mode(request: ChatRequest, described: object) -> None:
    if "structured_outputs" not in request.model.features:
        raise bad_request(
            "This model does not support response format `json_schema`. See supported models at "
            "https://console.groq.com/docs/structured-outputs#supported-models",
            param="response_format",
        )
    if request.streams:
        raise bad_request("response format `json_schema` cannot be combined with streaming")
    if request.parameters.get("tools"):
        raise bad_request("response format `json_schema` cannot be combined with tool calling")
    name = described.get("name") if isinstance(described, dict) else None
    if not isinstance(described, dict) or not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request(
            "'response_format.json_schema.name' : value must have 1 to "
            f"{_LONGEST_NAME} letters, digits, _ or -"
        )
    schema = described.get("schema", {})
    if not isinstance(schema, dict):
        raise bad_request("'response_format.json_schema.schema' : value must be an object")
    if described.get("strict"):
        _check_strict(schema, "schema")


def _check_strict(schema: Any, where: str) -> None:
    """Check that a strict schema leaves nothing open, at any depth."""
    if isinstance(schema, list):
        for number, entry in enumerate(schema):
            _check_strict(entry, f"{where}.{number}")
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" or "properties" in schema:
        _check_strict_object(schema, where)
    for name in ("properties", "$defs", "definitions"):
        for member, inner in schema.get(name, {}).items():
            _check_strict(inner, f"{where}.{name}.{member}")
    for name in ("items", "anyOf", "oneOf", "allOf"):
        _check_strict(schema.get(name), f"{where}.{name}")


def _check_strict_object(schema: dict[str, Any], where: str) -> None:
    invalid = f"invalid JSON schema for response_format: '{where}': "
    if schema.get("additionalProperties") is not False:
        raise bad_request(f"{invalid}`additionalProperties:false` must be set on every object")
    if set(schema.get("required", ())) != set(schema.get("properties", {})):
        raise bad_request(
            f"{invalid}`required` is required to be supplied and to be an array including every "
            "key in properties"
        )
