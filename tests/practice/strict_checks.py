"""Check a chat request as strictly as the API: its numbers, words and messages, and their types.

The shipped server checks less. Each check raises its own 400.
"""

from __future__ import annotations

import base64
import binascii
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.practice import catalogue, checks
from groq_magic.practice.refusals import bad_request, require
from tests.practice.strict_calls import check_calls
from tests.practice.strict_modes import check_reasoning, check_response_format, check_tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.request import ChatRequest

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
    if isinstance(body, dict):
        _check_shape({name: value for name, value in body.items() if value is not None})
    request = checks.check(body)
    _check_numbers(request.parameters)
    _check_words(request.parameters)
    check_response_format(request)
    check_tools(request)
    check_reasoning(request)
    return request


def _check_shape(sent: Mapping[str, Any]) -> None:
    for name in sent:
        require(name not in _REFUSED, f"property '{name}' is not supported by any model", name)
        require(name in _TAKEN, f"property '{name}' is unsupported", name)
    name, messages = sent.get("model", ""), sent.get("messages", [])
    if not isinstance(name, str):
        raise bad_request("'model' : value must be a string", param="model")
    if not isinstance(messages, list):
        raise bad_request("'messages' : value must be an array", param="messages")
    model = catalogue.find(name)
    _check_messages(messages, takes_images=model is not None and model.takes_images)
    for name in _LENGTHS:
        most = sent.get(name, 1)
        whole = _is_number(most) and most >= 1
        require(whole, f"'{name}' : value must be an integer of at least 1", name)


def _is_number(value: object, kind: type = int) -> bool:
    return isinstance(value, int | kind) and not isinstance(value, bool)


def _check_numbers(sent: Mapping[str, Any]) -> None:
    for name, (low, high) in _RANGES.items():
        value = sent.get(name, low)
        require(_is_number(value, float), f"'{name}' : value must be a number", name)
        require(value >= low, f"'{name}' : number must be at least {low}", name)
        require(value <= high, f"'{name}' : number must be at most {high}", name)
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


def _check_messages(messages: list[Any], *, takes_images: bool) -> None:
    images = 0
    for number, message in enumerate(messages):
        content = _checked_content(number, message)
        for part in content if isinstance(content, list) else ():
            _check_part(number, part, takes_images=takes_images)
            images += part["type"] == "image_url"
    check_calls(messages)
    limit = f"Too many images provided. This model supports up to {_MOST_IMAGES} images"
    require(images <= _MOST_IMAGES, limit, "messages")


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


def _check_part(number: int, part: Any, *, takes_images: bool) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        return
    where = f"'messages.{number}' :"
    types = f"{where} a part of the content must be of type text or image_url"
    require(kind == "image_url", types, "messages")
    require(takes_images, f"messages[{number}].content must be a string", "messages")
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
