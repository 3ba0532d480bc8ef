"""Check reasoning, tools and response formats: for each other, and for the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.practice import tokens
from groq_magic.practice.refusals import require

if TYPE_CHECKING:
    from groq_magic.practice.request import ChatRequest

__all__ = ["check_reasoning", "check_response_format", "check_tools"]

_MOST_TOOLS = 128
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FORMATS = ("text", "json_object", "json_schema")
# Groq documents what is refused; keywords that it doesn't document are refused here too.
_STRICT_KEYWORDS = frozenset(
    (
        *("$defs", "$ref", "additionalProperties", "anyOf", "definitions", "description", "enum"),
        *("items", "properties", "required", "title", "type"),
    )
)


def check_reasoning(request: ChatRequest) -> None:
    """Check `reasoning_format` and `include_reasoning`."""
    sent = request.parameters
    wanted = sent.get("reasoning_format")
    if wanted is None:
        return
    formats = "`reasoning_format` must be one of `hidden`, `raw`, `parsed`"
    require(wanted in ("hidden", "raw", "parsed"), formats, "reasoning_format")
    both = "cannot specify both `reasoning_format` and `include_reasoning`"
    require("include_reasoning" not in sent, both)
    plain = request.answer_format == "text" and not sent.get("tools")
    require(
        wanted != "raw" or plain, "`reasoning_format` `raw` can't be used with JSON mode or tools"
    )


def check_tools(request: ChatRequest) -> None:
    """Check the names of the tools and the choice among them."""
    tools = request.parameters.get("tools", [])
    few = len(tools) <= _MOST_TOOLS
    require(few, f"'tools' : maximum number of items is {_MOST_TOOLS}", "tools")
    for number, tool in enumerate(tools):
        kind = tool["type"]
        function = tool.get("function") if kind == "function" else {"name": kind}
        name = function.get("name") if isinstance(function, dict) else None
        named = isinstance(name, str) and _NAME.fullmatch(name)
        pattern = f"'tools.{number}.function.name' : value must match {_NAME.pattern}"
        require(named, pattern, "tools")
    choice = request.parameters.get("tool_choice", "auto")
    if isinstance(choice, str):
        known = choice in ("none", "auto", "required")
    else:
        function = choice.get("function") if isinstance(choice, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        known = name in [offered["name"] for offered in request.functions]
    require(known, "'tool_choice' : names no tool of the request", "tool_choice")
    offered = choice != "required" or tools
    require(offered, "'tool_choice' : `required` needs tools", "tool_choice")


def check_response_format(request: ChatRequest) -> None:
    """Check JSON mode and schemas."""
    wanted = request.parameters.get("response_format", {"type": "text"})
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    formats = ", ".join(_FORMATS)
    require(kind in _FORMATS, f"'response_format.type' : value must be one of {formats}")
    if kind == "json_object":
        texts = " ".join(tokens.message_text(message) for message in request.messages)
        require(
            "json" in texts.lower(),
            "'messages' must contain the word 'json' in some form, to use 'response_format' "
            "of type 'json_object'.",
        )
    if kind == "json_schema":
        _check_schema_format(request, wanted.get("json_schema"))


def _check_schema_format(request: ChatRequest, described: Any) -> None:
    require(
        "structured_outputs" in request.model.features,
        "This model does not support response format `json_schema`. See supported models at "
        "https://console.groq.com/docs/structured-outputs#supported-models",
        "response_format",
    )
    combined = "response format `json_schema` cannot be combined with"
    require(not request.streams, f"{combined} streaming")
    require(not request.parameters.get("tools"), f"{combined} tool calling")
    where = "'response_format.json_schema"
    name = described.get("name") if isinstance(described, dict) else None
    named = isinstance(name, str) and _NAME.fullmatch(name)
    require(named, f"{where}.name' : value must have 1 to 64 letters, digits, _ or -")
    schema = described.get("schema", {})
    require(isinstance(schema, dict), f"{where}.schema' : value must be an object")
    if described.get("strict"):
        _check_strict(schema, "schema")


def _check_strict(schema: Any, where: str) -> None:
    """Check that a strict schema is closed, at any depth."""
    if isinstance(schema, list):
        for number, entry in enumerate(schema):
            _check_strict(entry, f"{where}.{number}")
    if not isinstance(schema, dict):
        return
    invalid = f"invalid JSON schema for response_format: '{where}': "
    unknown = sorted(schema.keys() - _STRICT_KEYWORDS)
    require(not unknown, f"{invalid}`{unknown[0] if unknown else ''}` is not supported")
    if schema.get("type") == "object" or "properties" in schema:
        require(
            schema.get("additionalProperties") is False,
            f"{invalid}`additionalProperties:false` must be set on every object",
        )
        require(
            set(schema.get("required", ())) == set(schema.get("properties", {})),
            f"{invalid}`required` is required to be supplied and to be an array including every "
            "key in properties",
        )
    for name in ("properties", "$defs", "definitions"):
        for member, inner in schema.get(name, {}).items():
            _check_strict(inner, f"{where}.{name}.{member}")
    for name in ("items", "anyOf", "oneOf", "allOf"):
        _check_strict(schema.get(name), f"{where}.{name}")
