"""The reply to a prompt without a scripted reply: no model is here, and how to connect one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from groq_magic.practice import NO_MODEL, tokens
from groq_magic.practice.script import Reply

if TYPE_CHECKING:
    from groq_magic.practice.request import ChatRequest

__all__ = ["unscripted"]

_NO_ANSWER = f"{NO_MODEL}, and this prompt has no answer written in advance."
_NO_FIX = f"{NO_MODEL} to fix this cell, so it stays as it is."
_NO_TOOL = "No tool was called."
_CONNECT = "Run `%groq_key` to connect a model; https://console.groq.com/keys gives a key."
# How the system prompt of `%groq_fix` begins.
_FIX = re.compile(r"You (?:mend|fix) cells")
# Characters.
_LONGEST = 2_000
# Earlier messages are shown in full in their own cells.
_LONGEST_EARLIER = 200
_LEFT_OUT = ("stop", "stream", "tools")


def unscripted(request: ChatRequest) -> Reply:
    """Reply to a request without a scripted reply.

    Parameters
    ----------
    request : ChatRequest

    Returns
    -------
    Reply
        Two sentences, a third if tools were offered, and a closed fold that shows what was sent;
        in JSON mode an object with the sentences.
    """
    is_fix = _FIX.match(tokens.message_text(request.messages[0]))
    no_tool = (_NO_TOOL,) if request.parameters.get("tools") and not request.rounds else ()
    sentences = " ".join((_NO_FIX if is_fix else _NO_ANSWER, *no_tool, _CONNECT))
    if request.answer_format == "text":
        text = f"{sentences}\n\n{_fold(request)}\n"
    else:
        text = json.dumps({"practice": True, "note": sentences}, ensure_ascii=False)
    return Reply(reply=text, tokens_per_second=0)


def _fold(request: ChatRequest) -> str:
    """Return a `<details>` with what was sent, as indented code, so that its Markdown is inert."""
    count = len(request.messages)
    size = f"{count} message{'s' * (count != 1)}, {request.prompt_tokens:,} tokens"
    parts = []
    for number, message in enumerate(request.messages, 1):
        text = tokens.message_text(message)
        if number < count:
            text = _shortened(" ".join(text.split()), _LONGEST_EARLIER)
        parts.append(f"{message['role']}:\n{_indented(_shortened(text, _LONGEST))}")
    parts.append(f"model: {request.model.id}")
    for name, value in sorted(request.parameters.items()):
        if name not in _LEFT_OUT:
            parts.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    for tool in request.parameters.get("tools", ()):
        text = json.dumps(tool, ensure_ascii=False)
        parts.append(_shortened(f"tool: {text}", _LONGEST))
    sent = _indented("\n\n".join(parts))
    return f"<details>\n<summary>What was sent: {size}</summary>\n\n{sent}\n\n</details>"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _shortened(text: str, longest: int) -> str:
    left_out = len(text) - longest
    more = f"{left_out:,} more character{'s' * (left_out != 1)}"
    return text if left_out <= 0 else f"{text[:longest].rstrip()} … ({more})"
