"""The completion of a request: a reply, cut and formatted as the request asks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.practice import tokens
from groq_magic.practice.refusals import failed_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.request import ChatRequest
    from groq_magic.practice.script import Reply

__all__ = ["Completion", "complete"]

Pieces = tuple[str, ...]

_THINK, _END_THINK = "<think>\n", "\n</think>\n\n"


@dataclass(frozen=True)
class Completion:
    """One completion, in deltas.

    Parameters
    ----------
    reasoning, content : tuple of str
        One delta each.
    tool_calls, executed_tools : tuple of mapping
        Of the API's shape.
    finish_reason : str
    tokens, reasoning_tokens : int
        The tokens of the whole completion, and of its reasoning, hidden or not.
    """

    reasoning: Pieces
    content: Pieces
    tool_calls: tuple[Mapping[str, Any], ...]
    finish_reason: str
    tokens: int
    reasoning_tokens: int
    executed_tools: tuple[Mapping[str, Any], ...] = ()


def complete(request: ChatRequest, reply: Reply) -> Completion:
    """Make the completion of a request from a reply.

    Parameters
    ----------
    request : ChatRequest
    reply : Reply

    Raises
    ------
    Refusal
        400 if the request asks for JSON and `max_completion_tokens` cuts it off.
    """
    reasoning: Pieces = ()
    if request.reasoning_format != "none":
        reasoning = tuple(tokens.pieces(reply.reasoning))
    content = _until_stop(reply.deltas, request.stops)
    length = len(reasoning) + len(content)
    most = length if request.max_tokens is None else request.max_tokens
    is_cut = length > most
    # Reasoning comes first, and may use up all tokens.
    reasoning = reasoning[:most]
    content = content[: most - len(reasoning)]
    if is_cut and request.answer_format != "text":
        raise failed_json("".join(content))
    calls = () if is_cut else tuple(_call(request, call) for call in reply.tool_calls)
    call_tokens = sum(tokens.count(str(call["function"])) for call in calls)
    finish_reason = reply.finish_reason or ("tool_calls" if calls else "stop")
    shown, text = _place_reasoning(request.reasoning_format, reasoning, content, is_cut=is_cut)
    return Completion(
        reasoning=shown,
        content=text,
        tool_calls=calls,
        finish_reason="length" if is_cut else finish_reason,
        tokens=len(reasoning) + len(content) + call_tokens,
        reasoning_tokens=len(reasoning),
        executed_tools=reply.executed_tools,
    )


def _call(request: ChatRequest, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scripted tool call in the API's shape."""
    function = call.get("function", call)
    arguments = function.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    seed = f"{request.question}|{function['name']}|{text}|{len(request.messages)}"
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()
    return {
        "id": call.get("id", f"fc_{digest[:8]}-{digest[8:12]}-{digest[12:16]}"),
        "type": "function",
        "function": {"name": function["name"], "arguments": text},
    }


def _until_stop(content: Pieces, stops: Pieces) -> Pieces:
    text = "".join(content) if stops else ""
    found = [text.find(stop) for stop in stops if stop and stop in text]
    if not found:
        return content
    kept, left = [], min(found)
    for piece in content:
        if left <= 0:
            break
        kept.append(piece[:left])
        left -= len(piece)
    return tuple(kept)


def _place_reasoning(
    reasoning_format: str, reasoning: Pieces, content: Pieces, *, is_cut: bool
) -> tuple[Pieces, Pieces]:
    """Return reasoning and content: the reasoning apart, at the start of the content, or hidden."""
    if reasoning_format == "hidden":
        return (), content
    if reasoning_format != "raw" or not reasoning:
        return reasoning, content
    closing = () if is_cut and not content else (_END_THINK,)
    return (), (_THINK, *reasoning, *closing, *content)
