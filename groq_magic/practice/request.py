"""A chat request that passed the checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.practice import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.catalogue import Model

__all__ = ["ChatRequest"]


@dataclass(frozen=True)
class ChatRequest:
    """A chat request that passed the checks.

    Parameters
    ----------
    model : Model
    messages : tuple of mapping
        As sent.
    parameters : mapping
        The other parameters that were sent and aren't null.
    """

    model: Model
    messages: tuple[Mapping[str, Any], ...]
    parameters: Mapping[str, Any]

    @property
    def streams(self) -> bool:
        """Whether the answer is to be streamed."""
        return bool(self.parameters.get("stream"))

    @property
    def tier(self) -> str:
        """The service tier, as messages about limits name it."""
        return str(self.parameters.get("service_tier", "on_demand"))

    @property
    def max_tokens(self) -> int | None:
        """The most tokens that the answer may have, None if not set."""
        most = self.parameters.get("max_completion_tokens", self.parameters.get("max_tokens"))
        return None if most is None else int(most)

    @property
    def stops(self) -> tuple[str, ...]:
        """The texts before which the answer ends."""
        stop = self.parameters.get("stop", ())
        return (stop,) if isinstance(stop, str) else tuple(stop)

    @property
    def answer_format(self) -> str:
        """``text``, ``json_object`` or ``json_schema``."""
        return str(self.parameters.get("response_format", {}).get("type", "text"))

    @property
    def functions(self) -> tuple[Mapping[str, Any], ...]:
        """The functions that the model may call."""
        tools = self.parameters.get("tools", ())
        return tuple(tool["function"] for tool in tools if tool["type"] == "function")

    @property
    def reasoning_format(self) -> str:
        """``parsed``, ``raw``, ``hidden``, or ``none`` if the model doesn't reason."""
        if not self.model.efforts or self.parameters.get("reasoning_effort") == "none":
            return "none"
        if self.parameters.get("include_reasoning") is False:
            return "hidden"
        if self.model.is_gpt_oss:
            return "parsed"
        is_plain = self.answer_format == "text" and not self.parameters.get("tools")
        return str(self.parameters.get("reasoning_format", "raw" if is_plain else "parsed"))

    @cached_property
    def question(self) -> str:
        """The text of the last user message."""
        prompts = [message for message in self.messages if message["role"] == "user"]
        return tokens.message_text(prompts[-1]) if prompts else ""

    @property
    def rounds(self) -> int:
        """How often the model has called tools since the last user message."""
        roles = [message["role"] for message in self.messages]
        last_user = len(roles) - 1 - roles[::-1].index("user") if "user" in roles else 0
        return sum(1 for message in self.messages[last_user:] if message.get("tool_calls"))

    @cached_property
    def prompt_tokens(self) -> int:
        """An estimate of the tokens in the messages and tools."""
        tools = self.parameters.get("tools")
        tool_tokens = tokens.count(str(tools)) if tools else 0
        return tokens.PER_REQUEST + tool_tokens + sum(map(tokens.message_tokens, self.messages))
