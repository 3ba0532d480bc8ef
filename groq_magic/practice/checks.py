"""Check a chat request: whether its model exists and takes its parameters."""

from __future__ import annotations

from types import MappingProxyType

from groq_magic.practice import catalogue
from groq_magic.practice.refusals import (
    bad_request,
    context_exceeded,
    decommissioned,
    require,
    unknown_model,
)
from groq_magic.practice.request import ChatRequest

__all__ = ["check"]

_LENGTHS = ("max_completion_tokens", "max_tokens")
_TOOLS_AT_GROQ = ("browser_search", "code_interpreter")


def check(body: object) -> ChatRequest:
    """Check a request.

    Only for mistakes that users can make. The tests' server also checks what our own client
    always sends correctly.

    Parameters
    ----------
    body : object
        The body, parsed from JSON.

    Raises
    ------
    Refusal
        400 for a parameter, 404 or 400 for the model.
    """
    if not isinstance(body, dict):
        raise bad_request("invalid JSON body: an object is expected")
    sent = {name: value for name, value in body.items() if value is not None}
    for name in ("model", "messages"):
        require(name in sent, f"'{name}' : property '{name}' is missing")
    model = _model(sent.pop("model"))
    messages = sent.pop("messages")
    are_messages = isinstance(messages, list) and all(isinstance(one, dict) for one in messages)
    require(are_messages, "'messages' : value must be an array of objects", "messages")
    require(messages, "'messages' : minimum number of items is 1", "messages")
    request = ChatRequest(model, tuple(messages), MappingProxyType(sent))
    _check_reasoning(request)
    _check_tools(request)
    _check_length(request)
    return request


def _model(name: object) -> catalogue.Model:
    if name in catalogue.RETIRED:
        raise decommissioned(str(name))
    model = catalogue.find(str(name))
    if model is None:
        raise unknown_model(str(name))
    require(model.is_chat_model, f"The model `{name}` does not support chat completions")
    return model


def _check_reasoning(request: ChatRequest) -> None:
    model, sent = request.model, request.parameters
    efforts = ", ".join(f"`{known}`" for known in model.efforts)
    is_known = sent.get("reasoning_effort") in (None, *model.efforts)
    require(is_known, f"`reasoning_effort` must be one of {efforts}", "reasoning_effort")
    unsupported = f"reasoning_format is not supported with model `{model.id}`"
    require(not model.is_gpt_oss or "reasoning_format" not in sent, unsupported, "reasoning_format")


def _check_tools(request: ChatRequest) -> None:
    tools = request.parameters.get("tools", [])
    require(isinstance(tools, list), "'tools' : value must be an array", "tools")
    kinds = ("function", *_TOOLS_AT_GROQ) if request.model.is_gpt_oss else ("function",)
    for number, tool in enumerate(tools):
        kind = tool.get("type") if isinstance(tool, dict) else None
        listed = ", ".join(kinds)
        require(kind in kinds, f"'tools.{number}.type' : value must be one of {listed}", "tools")


def _check_length(request: ChatRequest) -> None:
    most = request.model.max_completion_tokens
    for name in _LENGTHS:
        length = request.parameters.get(name, 1)
        require(
            isinstance(length, int) and length <= most,
            f"`{name}` must be less than or equal to `{most}`, the maximum value for "
            f"`{name}` is less than the `context_window` for this model",
            name,
        )
    if request.prompt_tokens + (request.max_tokens or 1) > request.model.context_window:
        raise context_exceeded()
