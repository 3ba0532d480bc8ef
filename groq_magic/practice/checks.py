"""Whether the API takes a chat request: its model, numbers, words and messages.

The ranges are those of groq-api.md §1. Each check raises the 400 of its own;
`check` returns the request that all of them let through.
"""

from __future__ import annotations

import base64
import binascii
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.practice import catalogue
from groq_magic.practice.mode_checks import check_reasoning, check_response_format, check_tools
from groq_magic.practice.refusals import (
    bad_request,
    context_exceeded,
    decommissioned,
    require,
    unknown_model,
)
from groq_magic.practice.request import ChatRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check"]

_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "temperature": (0, 2),
        "top_p": (0, 1),
        "frequency_penalty": (-2, 2),
        "presence_penalty": (-2, 2),
    }
)
_LENGTHS = ("max_completion_tokens", "max_tokens")
_SWITCHES = ("stream", "parallel_tool_calls", "include_reasoning")
_REFUSED = ("logprobs", "top_logprobs", "logit_bias")
_TAKEN = frozenset(
    (
        *("model", "messages", "seed", "n", "stop", "service_tier", "stream_options"),
        *("reasoning_effort", "reasoning_format", "response_format", "tools", "tool_choice"),
        *("disable_tool_validation", "metadata", "store", "user"),
        *(*_RANGES, *_LENGTHS, *_SWITCHES),
    )
)
_TIERS = ("auto", "on_demand", "flex", "performance")
_MOST_STOPS = 4
_MOST_IMAGES = 3
_MEMBERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "system": frozenset({"role", "content"}),
        "developer": frozenset({"role", "content"}),
        "user": frozenset({"role", "content"}),
        "assistant": frozenset({"role", "content", "reasoning", "tool_calls"}),
        "tool": frozenset({"role", "content", "tool_call_id"}),
    }
)
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def check(body: object) -> ChatRequest:
    """Check a whole request.

    Parameters
    ----------
    body : object
        The body, parsed from JSON.

    Returns
    -------
    ChatRequest

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
    for name in sent:
        require(name not in _REFUSED, f"property '{name}' is not supported by any model", name)
        require(name in _TAKEN, f"property '{name}' is unsupported", name)
    model = _model(sent.pop("model"))
    messages = _checked_messages(sent.pop("messages"), sees=model.sees)
    _check_numbers(sent, model.longest)
    _check_words(sent)
    request = ChatRequest(model, messages, MappingProxyType(sent))
    check_response_format(request)
    check_tools(request)
    check_reasoning(request)
    if request.prompt_tokens + (request.longest or 1) > model.window:
        raise context_exceeded()
    return request


def _model(name: object) -> catalogue.Model:
    if not isinstance(name, str):
        raise bad_request("'model' : value must be a string", param="model")
    if name in catalogue.RETIRED:
        raise decommissioned(name)
    model = catalogue.find(name)
    if model is None:
        raise unknown_model(name)
    require(model.chats, f"The model `{name}` does not support chat completions")
    return model


def _is_number(value: object, kind: type = int) -> bool:
    return isinstance(value, int | kind) and not isinstance(value, bool)


def _check_numbers(sent: Mapping[str, Any], longest: int) -> None:
    for name, (low, high) in _RANGES.items():
        value = sent.get(name, low)
        require(_is_number(value, float), f"'{name}' : value must be a number", name)
        require(value >= low, f"'{name}' : number must be at least {low}", name)
        require(value <= high, f"'{name}' : number must be at most {high}", name)
    for name in _LENGTHS:
        most = sent.get(name, 1)
        whole = _is_number(most) and most >= 1
        require(whole, f"'{name}' : value must be an integer of at least 1", name)
        require(
            most <= longest,
            f"`{name}` must be less than or equal to `{longest}`, the maximum value for "
            f"`{name}` is less than the `context_window` for this model",
            name,
        )
    require(_is_number(sent.get("seed", 0)), "'seed' : value must be an integer", "seed")
    require(sent.get("n", 1) == 1, "'n' : number must be at most 1", "n")


def _check_words(sent: Mapping[str, Any]) -> None:
    for name in _SWITCHES:
        is_switch = isinstance(sent.get(name, False), bool)
        require(is_switch, f"'{name}' : value must be a boolean", name)
    stop = sent.get("stop", "")
    stops = [stop] if isinstance(stop, str) else stop
    are_texts = isinstance(stops, list) and all(isinstance(text, str) for text in stops)
    require(are_texts, "'stop' : value must be a string or a list of strings", "stop")
    few = len(stops) <= _MOST_STOPS
    require(few, f"'stop' : maximum number of items is {_MOST_STOPS}", "stop")
    tiers = ", ".join(_TIERS)
    known = sent.get("service_tier", "auto") in _TIERS
    require(known, f"'service_tier' : value must be one of {tiers}", "service_tier")


def _checked_messages(messages: object, *, sees: bool) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(messages, list):
        raise bad_request("'messages' : value must be an array", param="messages")
    require(messages, "'messages' : minimum number of items is 1", "messages")
    images = 0
    for number, message in enumerate(messages):
        content = _checked_content(number, message)
        for part in content if isinstance(content, list) else ():
            _check_part(number, part, sees=sees)
            images += part["type"] == "image_url"
    limit = f"Too many images provided. This model supports up to {_MOST_IMAGES} images"
    require(images <= _MOST_IMAGES, limit, "messages")
    return tuple(messages)


def _checked_content(number: int, message: object) -> object:
    where = f"messages.{number}"
    if not isinstance(message, dict):
        raise bad_request(f"'{where}' : value must be an object", param="messages")
    role = message.get("role")
    if not isinstance(role, str) or role not in _MEMBERS:
        roles = ", ".join(_MEMBERS)
        raise bad_request(f"'{where}.role' : value must be one of {roles}")
    rule = f"'{where}' : for 'role:{role}' the following must be satisfied"
    for name in message:
        wrong = f"{rule}[('{where}' : property '{name}' is unsupported)]"
        require(name in _MEMBERS[role], wrong, "messages")
    needed = {"tool": ("tool_call_id", "content"), "assistant": ()}.get(role, ("content",))
    for name in needed:
        missing = f"{rule}[('{where}.{name}' : property '{name}' is missing)]"
        require(message.get(name) is not None, missing, "messages")
    content = message.get("content")
    is_content = content is None or isinstance(content, str | list)
    require(is_content, f"messages[{number}].content must be a string", "messages")
    return content


def _check_part(number: int, part: Any, *, sees: bool) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        return
    where = f"'messages.{number}' :"
    types = f"{where} a part of the content must be of type text or image_url"
    require(kind == "image_url", types, "messages")
    require(sees, f"messages[{number}].content must be a string", "messages")
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    is_url = isinstance(url, str) and url.startswith(("https://", "http://", "data:"))
    require(is_url, f"{where} image_url.url must be an http(s) or a data URL", "messages")
    if str(url).startswith("data:"):
        require(_image_data(str(url)), f"{where} invalid image data", "messages")


def _image_data(url: str) -> bytes:
    found = _DATA_URL.fullmatch(url)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        return b""
