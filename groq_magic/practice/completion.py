"""What a request is answered: a scripted reply, or one of the server's own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.practice import lesson, sample_value, tokens
from groq_magic.practice.refusals import failed_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.chat_request import ChatRequest
    from groq_magic.practice.script import ScriptedReply

__all__ = ["Completion", "complete"]

_OPEN, _SHUT = "<think>\n", "\n</think>\n\n"


@dataclass(frozen=True)
class Completion:
    """An answer, cut into the deltas that it is sent as.

    Parameters
    ----------
    reasoning, content : tuple of str
        One delta each.
    tool_calls : tuple of mapping
        Of the API's shape.
    finish_reason : str
    tokens, reasoning_tokens : int
        What the answer costs in all, and what of it was reasoning, hidden or not.
    """

    reasoning: tuple[str, ...]
    content: tuple[str, ...]
    tool_calls: tuple[Mapping[str, Any], ...]
    finish_reason: str
    tokens: int
    reasoning_tokens: int


@dataclass(frozen=True)
class _Draft:
    """An answer before the request's limits and formats are applied to it."""

    reasoning: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    finish_reason: str | None = None


def complete(
    request: ChatRequest, scripted: ScriptedReply | None, tokens_per_minute: int
) -> Completion:
    """Answer a request; the same one is always answered the same.

    Parameters
    ----------
    request : ChatRequest
    scripted : ScriptedReply or None
    tokens_per_minute : int
        The limit that a lesson names; 0 is none.

    Raises
    ------
    Refusal
        400 if JSON was wanted and `max_completion_tokens` cuts it off.
    """
    draft = _own(request, tokens_per_minute) if scripted is None else _scripted(request, scripted)
    if request.reasoning_format == "none":
        draft = _Draft((), draft.content, draft.tool_calls, draft.finish_reason)
    content = _until_stop(draft.content, request.stops)
    reasoning, content, is_cut = _within(draft.reasoning, content, request.longest)
    if is_cut and request.answer_format != "text":
        raise failed_json("".join(content))
    calls = () if is_cut else draft.tool_calls
    finish_reason = draft.finish_reason or ("tool_calls" if calls else "stop")
    shown, said = _placed(request.reasoning_format, reasoning, content, is_cut=is_cut)
    called = sum(tokens.count(str(call["function"])) for call in calls)
    return Completion(
        reasoning=shown,
        content=said,
        tool_calls=calls,
        finish_reason="length" if is_cut else finish_reason,
        tokens=len(reasoning) + len(content) + called,
        reasoning_tokens=len(reasoning),
    )


def _scripted(request: ChatRequest, reply: ScriptedReply) -> _Draft:
    return _Draft(
        reasoning=tuple(tokens.pieces(reply.reasoning)),
        content=reply.deltas,
        tool_calls=tuple(_shaped(request, call) for call in reply.tool_calls),
        finish_reason=reply.finish_reason,
    )


def _own(request: ChatRequest, tokens_per_minute: int) -> _Draft:
    reasoning = tuple(tokens.pieces(lesson.reasoning(request)))
    function = _called(request)
    if function is not None:
        arguments = sample_value.sample(function.get("parameters", {}))
        call = {"name": function["name"], "arguments": arguments}
        return _Draft(reasoning, tool_calls=(_shaped(request, call),))
    if request.answer_format == "json_schema":
        schema = request.parameters["response_format"]["json_schema"].get("schema", {})
        text = json.dumps(sample_value.sample(schema), ensure_ascii=False)
    elif request.answer_format == "json_object":
        text = lesson.as_json(request)
    else:
        text = lesson.write(request, tokens_per_minute)
    return _Draft(reasoning, tuple(tokens.pieces(text)))


def _called(request: ChatRequest) -> Mapping[str, Any] | None:
    """Choose the function to call: the named one, or the one that the prompt is most about."""
    choice = request.parameters.get("tool_choice", "auto")
    last = request.messages[-1]["role"]
    if not request.functions or choice == "none" or last == "tool":
        return None
    if isinstance(choice, dict):
        name = choice["function"]["name"]
        return next(function for function in request.functions if function["name"] == name)
    words = set(request.question.lower().split())

    def shared(function: Mapping[str, Any]) -> int:
        about = f"{function['name'].replace('_', ' ')} {function.get('description', '')}"
        return len(words & set(about.lower().split()))

    return max(request.functions, key=shared)


def _shaped(request: ChatRequest, call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function", call)
    arguments = function.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    told = f"{request.question}|{function['name']}|{text}|{len(request.messages)}"
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return {
        "id": call.get("id", f"fc_{digest[:8]}-{digest[8:12]}-{digest[12:16]}"),
        "type": "function",
        "function": {"name": function["name"], "arguments": text},
    }


def _until_stop(content: tuple[str, ...], stops: tuple[str, ...]) -> tuple[str, ...]:
    if not stops:
        return content
    text = "".join(content)
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


def _within(
    reasoning: tuple[str, ...], content: tuple[str, ...], longest: int | None
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Cut an answer at `max_completion_tokens`; reasoning comes first and uses it up."""
    if longest is None or len(reasoning) + len(content) <= longest:
        return reasoning, content, False
    kept = reasoning[:longest]
    return kept, content[: longest - len(kept)], True


def _placed(
    reasoning_format: str, reasoning: tuple[str, ...], content: tuple[str, ...], *, is_cut: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put reasoning where the request wants it: apart, into the content, or nowhere."""
    if reasoning_format == "hidden":
        return (), content
    if reasoning_format != "raw" or not reasoning:
        return reasoning, content
    closing = () if is_cut and not content else (_SHUT,)
    return (), (_OPEN, *reasoning, *closing, *content)
