"""Estimate the tokens of a request, corrected by the service's counts."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from groq_magic.api.request import size_of
from groq_magic.conversation import TOKENS_AROUND_A_MESSAGE, whole_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

__all__ = ["TokenEstimate"]

# A token is about four bytes of UTF-8 in most languages; in characters it differs more.
_USUAL_PER_BYTE = 0.25
# Tokens that begin the answer; a model's chat format adds more (see its usage).
_USUAL_AROUND = 3
_MOST_AROUND = 200
# Shorter requests correct `around`, longer ones `per_byte`.
_ENOUGH_BYTES = 400


class TokenEstimate:
    """Estimates what `usage.prompt_tokens` of a request will be.

    Attributes
    ----------
    per_byte : float
        Tokens of a byte of text.
    around : int
        Tokens of the chat format outside of messages.
    """

    def __init__(self) -> None:
        self.per_byte = _USUAL_PER_BYTE
        self.around = _USUAL_AROUND

    def of_message(self, message: Mapping[str, Any]) -> int:
        """Return the estimated tokens of a message, its role included."""
        return TOKENS_AROUND_A_MESSAGE + math.ceil(size_of(whole_text(message)) * self.per_byte)

    def of_messages(self, messages: Sequence[Mapping[str, Any]]) -> int:
        """Return the estimated tokens of messages in a longer request."""
        return sum(map(self.of_message, messages))

    def of_request(self, request: Mapping[str, Any]) -> int:
        """Return the estimated tokens of a request: its messages and its tools."""
        tools = request.get("tools")
        offered = size_of(json.dumps(tools, ensure_ascii=False)) if tools else 0
        around = self.around + math.ceil(offered * self.per_byte)
        return around + self.of_messages(request["messages"])

    def learn(self, request: Mapping[str, Any], prompt_tokens: int) -> None:
        """Correct the estimate by the service's count for a request.

        Parameters
        ----------
        request : mapping
            As sent; one with images or tools changes nothing.
        prompt_tokens : int
            From its usage.
        """
        messages = request["messages"]
        if prompt_tokens <= 0 or request.get("tools"):
            return
        if any(isinstance(each.get("content"), list) for each in messages):
            return
        size = sum(size_of(whole_text(each)) for each in messages)
        if size < _ENOUGH_BYTES:
            around = prompt_tokens - self.of_messages(messages)
            self.around = min(_MOST_AROUND, max(0, around))
            return
        text = prompt_tokens - self.around - TOKENS_AROUND_A_MESSAGE * len(messages)
        self.per_byte = min(1.0, max(0.05, text / size))
