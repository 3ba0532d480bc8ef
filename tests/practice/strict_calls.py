"""Check the tool calls and results in messages as the API does."""

from __future__ import annotations

from typing import Any

from groq_magic.practice.refusals import require

__all__ = ["check_calls"]


def check_calls(messages: list[dict[str, Any]]) -> None:
    """Check that each call has its shape and its result, and each result its call.

    The wordings are our own: the documentation gives none.
    """
    open_calls: list[str] = []
    for number, message in enumerate(messages):
        where = f"messages.{number}"
        if message["role"] == "tool":
            called = message["tool_call_id"]
            unknown = f"'{where}.tool_call_id' : no call `{called}` in the message before"
            require(called in open_calls, unknown, "messages")
            is_text = isinstance(message["content"], str)
            require(is_text, f"'{where}.content' : value must be a string", "messages")
            open_calls.remove(called)
            continue
        _require_results(open_calls)
        calls = message.get("tool_calls")
        if calls is not None:
            is_list = isinstance(calls, list) and calls
            require(is_list, f"'{where}.tool_calls' : minimum number of items is 1", "messages")
            open_calls = [_checked_id(f"{where}.tool_calls.{n}", c) for n, c in enumerate(calls)]
            once = len(set(open_calls)) == len(open_calls)
            require(once, f"'{where}.tool_calls' : ids must differ", "messages")
        elif message["role"] == "assistant":
            # Whether an empty content is refused is unknown; nothing needs to send one.
            has_content = message.get("content") not in (None, "", [])
            missing = f"'{where}.content' : property 'content' is missing"
            require(has_content, missing, "messages")
    _require_results(open_calls)


def _require_results(open_calls: list[str]) -> None:
    answered = not open_calls
    listed = ", ".join(open_calls)
    require(answered, f"these tool_call_ids have no tool message: {listed}", "messages")


def _checked_id(where: str, call: Any) -> str:
    is_call = isinstance(call, dict) and call.get("type") == "function"
    require(is_call, f"'{where}.type' : value must be function", "messages")
    unknown = call.keys() - {"id", "type", "function"}
    require(not unknown, f"'{where}' : property is unsupported: {sorted(unknown)}", "messages")
    require(isinstance(call.get("id"), str), f"'{where}.id' : value must be a string", "messages")
    function = call.get("function")
    texts = function.values() if isinstance(function, dict) else (None,)
    is_function = (
        isinstance(function, dict)
        and function.keys() == {"name", "arguments"}
        and all(isinstance(each, str) for each in texts)
    )
    require(is_function, f"'{where}.function' : needs a name and arguments as texts", "messages")
    return str(call["id"])
