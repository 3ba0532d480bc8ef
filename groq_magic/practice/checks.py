"""Whether a chat request is one that the API takes.

The ranges are those of groq-api.md §1. Each check raises the 400 of its own;
`check` gives the request that all of them let through.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.practice import catalogue
from groq_magic.practice.chat_request import ChatRequest
from groq_magic.practice.message_checks import check_messages
from groq_magic.practice.mode_checks import check_reasoning, check_response_format, check_tools
from groq_magic.practice.refusals import (
    bad_request,
    context_exceeded,
    decommissioned,
    unknown_model,
)

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
_REFUSED = ("logprobs", "top_logprobs", "logit_bias")
_TIERS = ("auto", "on_demand", "flex", "performance")
_MOST_STOPS = 4
_TAKEN = frozenset(
    {
        "disable_tool_validation",
        "frequency_penalty",
        "include_reasoning",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "reasoning_effort",
        "reasoning_format",
        "response_format",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
        "user",
    }
)


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
        if name not in sent:
            raise bad_request(f"'{name}' : property '{name}' is missing")
    for name in sent:
        if name in _REFUSED:
            raise bad_request(f"property '{name}' is not supported by any model", param=name)
        if name not in _TAKEN:
            raise bad_request(f"property '{name}' is unsupported", param=name)
    model = _model(sent.pop("model"))
    messages = check_messages(sent.pop("messages"), sees=model.sees)
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
    if not model.chats:
        raise bad_request(f"The model `{name}` does not support chat completions")
    return model


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_numbers(sent: Mapping[str, Any], longest: int) -> None:
    for name, (low, high) in _RANGES.items():
        value = sent.get(name, low)
        if not _is_number(value):
            raise bad_request(f"'{name}' : value must be a number", param=name)
        if value < low:
            raise bad_request(f"'{name}' : number must be at least {low}", param=name)
        if not value <= high:
            raise bad_request(f"'{name}' : number must be at most {high}", param=name)
    for name in ("max_completion_tokens", "max_tokens"):
        most = sent.get(name, 1)
        if not _is_whole(most) or most < 1:
            raise bad_request(f"'{name}' : value must be an integer of at least 1", param=name)
        if most > longest:
            raise bad_request(
                f"`{name}` must be less than or equal to `{longest}`, the maximum value for "
                f"`{name}` is less than the `context_window` for this model",
                param=name,
            )
    if not _is_whole(sent.get("seed", 0)):
        raise bad_request("'seed' : value must be an integer", param="seed")
    if sent.get("n", 1) != 1:
        raise bad_request("'n' : number must be at most 1", param="n")


def _check_words(sent: Mapping[str, Any]) -> None:
    for name in ("stream", "parallel_tool_calls", "include_reasoning"):
        if not isinstance(sent.get(name, False), bool):
            raise bad_request(f"'{name}' : value must be a boolean", param=name)
    stop = sent.get("stop", "")
    stops = [stop] if isinstance(stop, str) else stop
    if not isinstance(stops, list) or not all(isinstance(text, str) for text in stops):
        raise bad_request("'stop' : value must be a string or a list of strings", param="stop")
    if len(stops) > _MOST_STOPS:
        raise bad_request(f"'stop' : maximum number of items is {_MOST_STOPS}", param="stop")
    if sent.get("service_tier", "auto") not in _TIERS:
        listed = ", ".join(_TIERS)
        raise bad_request(f"'service_tier' : value must be one of {listed}", param="service_tier")
