"""The server's own answers: the request, shown back as a lesson.

The same request is always answered the same.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.practice import tokens
from groq_magic.practice.sample import sample
from groq_magic.practice.script import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.request import ChatRequest

__all__ = ["answer"]

_FIRST_LINE = "Practice mode: no model is answering. `%groq_key` connects you."

_PAGES = Path(__file__).with_name("pages")
_SHOWN = 200
_TICKS = re.compile(r"`+")
_SAMPLE = re.compile(r"\b(samples?|showcase|every markdown)\b", re.IGNORECASE)
_CODE = re.compile(r"\b(code|python|function|script|program|snippet)s?\b", re.IGNORECASE)
_EXAMPLES = (
    (re.compile(r"\b(plot|chart|figure|matplotlib|histogram)s?\b", re.IGNORECASE), "plot"),
    (re.compile(r"\b(pandas|data ?frames?|csv|tables?|columns?)\b", re.IGNORECASE), "table"),
)


def answer(request: ChatRequest, tokens_per_minute: int) -> Reply:
    """Answer a request that no scripted reply fits.

    Parameters
    ----------
    request : ChatRequest
    tokens_per_minute : int
        The limit that the cost is compared with; 0 is no limit.

    Returns
    -------
    Reply
        Markdown with a label on its first line, or JSON in the format asked for.
    """
    if request.answer_format == "json_schema":
        schema = request.parameters["response_format"]["json_schema"].get("schema", {})
        text = json.dumps(sample(schema), ensure_ascii=False)
    elif request.answer_format == "json_object":
        text = _json(request)
    else:
        text = _markdown(request, tokens_per_minute)
    return Reply(reply=text, reasoning=_reasoning(request))


def _markdown(request: ChatRequest, tokens_per_minute: int) -> str:
    question = request.question
    if _SAMPLE.search(question):
        return f"{_FIRST_LINE}\n\n{_page('sample')}"
    parts = [_FIRST_LINE, _messages(request), _parameters(request)]
    parts.append(_cost(request, tokens_per_minute))
    if _CODE.search(question):
        parts.append(_example(question))
    parts.append(_next(request))
    return "\n\n".join(parts) + "\n"


def _json(request: ChatRequest) -> str:
    facts = {
        "practice": True,
        "model": request.model.id,
        "messages": len(request.messages),
        "question": _shortened(request.question),
        "prompt_tokens": request.prompt_tokens,
    }
    return json.dumps(facts, ensure_ascii=False)


def _reasoning(request: ChatRequest) -> str:
    """Write what a reasoning model would have thought; more of it with more effort."""
    if not request.model.efforts:
        return ""
    thoughts = (
        f"The request holds {_counted(len(request.messages), 'message')}.",
        "No model is here to think about it, so I show it back, message by message.",
        "Then I add its parameters, and what it would cost of the quota.",
    )
    effort = request.parameters.get("reasoning_effort", "medium")
    return " ".join(thoughts[: {"low": 1, "high": 3}.get(effort, 2)])


def _page(name: str) -> str:
    return (_PAGES / f"{name}.md").read_text("utf-8")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1].rstrip()}…"


def _quoted(text: str) -> str:
    """Quote any text as inline code."""
    line = _shortened(text)
    if not line:
        return "(empty)"
    longest = max((len(run) for run in _TICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{gap}{line}{gap}{fence}"


def _messages(request: ChatRequest) -> str:
    lines = [
        f"{number}. **{message['role']}** "
        f"(≈ {_counted(tokens.message_tokens(message), 'token')}): {_summary(message)}"
        for number, message in enumerate(request.messages, 1)
    ]
    count = _counted(len(request.messages), "message")
    return "\n".join(["### What was sent", "", f"{count} for `{request.model.id}`:", "", *lines])


def _summary(message: Mapping[str, object]) -> str:
    text = tokens.message_text(message)
    calls = message.get("tool_calls")
    if isinstance(calls, list) and calls:
        names = ", ".join(_quoted(str(call["function"]["name"])) for call in calls)
        called = f"called {names}"
        return f"{_quoted(text)}, then {called}" if text else called
    return _quoted(text)


def _parameters(request: ChatRequest) -> str:
    lines = [
        f"- `{name}`: {_quoted(json.dumps(value, ensure_ascii=False))}"
        for name, value in sorted(request.parameters.items())
        if name not in ("stop", "stream", "tools")
    ]
    if request.stops:
        # Counted, not shown: the answer would end right here.
        lines.append(f"- `stop`: {_counted(len(request.stops), 'text')}, to end before")
    names = [str(function["name"]) for function in request.functions]
    if names:
        lines.append(f"- `tools`: {', '.join(_quoted(name) for name in names)}")
    if not lines:
        lines = ["None: the model's own defaults hold."]
    return "\n".join(["### Its parameters", "", *lines])


def _cost(request: ChatRequest, tokens_per_minute: int) -> str:
    prompt, longest = request.prompt_tokens, request.longest
    counted = prompt + (longest or 0)
    fits = f"the model's window holds {request.model.window:,}"
    lines = ["### What it costs", "", f"- The prompt has ≈ {_counted(prompt, 'token')}; {fits}."]
    limit = f" of {tokens_per_minute:,}" if tokens_per_minute else ""
    quota = f"- Of the quota it takes 1 request and {counted:,}{limit} tokens a minute"
    if longest is None:
        lines.append(f"{quota}; the answer's tokens are added when it is there.")
    else:
        lines.append(
            f"{quota}: prompt and `max_completion_tokens` ({longest:,}) are counted before the "
            "answer begins, and what it did not need is given back."
        )
    return "\n".join(lines)


def _example(question: str) -> str:
    name = next((name for pattern, name in _EXAMPLES if pattern.search(question)), "function")
    return _page(f"code_{name}").rstrip()


def _next(request: ChatRequest) -> str:
    earlier = sum(1 for message in request.messages if message["role"] == "user") - 1
    if earlier > 0:
        before = "prompt and its answer" if earlier == 1 else f"{earlier} prompts and answers"
        text = (
            f"A model remembers nothing: the earlier {before} were sent again. `%groq_history` "
            "shows the conversation, `%groq_reset` starts over."
        )
    else:
        text = "In a conversation the second question is sent with the first one, as you will see."
    return f"---\n\n{text} Ask for a *sample* to see every kind of Markdown."
