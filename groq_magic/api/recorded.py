"""An answer that needs no request: it has the face of one on the wire."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.answering import Outcome
from groq_magic.api.chunk import ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WHOLE", "Recorded", "Recording", "recording_in", "recording_of"]

# How an answer ends that is worth keeping: one that broke off or ran out of tokens is not.
WHOLE = frozenset({"stop", "tool_calls"})
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
_DETAILS = ("prompt_tokens_details", "completion_tokens_details")


@dataclass(frozen=True)
class Recording:
    """An answer as it came once.

    Parameters
    ----------
    text, reasoning, model, finish_reason : str
    usage : mapping or None
        Counts alone: how long it took then says nothing of now.
    tool_calls : tuple of ToolCall
    """

    text: str
    model: str
    finish_reason: str
    usage: Mapping[str, Any] | None = None
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = field(default=())

    def told(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "text": self.text,
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": dict(self.usage) if self.usage else None,
            "reasoning": self.reasoning,
            "tool_calls": [[c.index, c.id, c.name, c.arguments] for c in self.tool_calls],
        }


class Recorded:
    """Gives a recording as `Answering` gives an answer, at once and without a request.

    Parameters
    ----------
    recording : Recording
    source : {"cache", "replay"}
        Where it is from.
    """

    def __init__(self, recording: Recording, source: Literal["cache", "replay"]) -> None:
        self.source = source
        self.texts: list[str] = []
        self.reasonings: list[str] = []
        self.first_token: float | None = None
        self.ended = threading.Event()
        self.outcome = Outcome()
        self._recording = recording

    def start(self) -> None:
        """Give all of it."""
        kept = self._recording
        self.first_token = time.monotonic()
        self.texts = [kept.text] if kept.text else []
        self.reasonings = [kept.reasoning] if kept.reasoning else []
        self.outcome = Outcome(
            finish_reason=kept.finish_reason,
            usage=kept.usage,
            tool_calls=kept.tool_calls,
            model=kept.model,
        )
        self.ended.set()

    def wait(self, seconds: float, seen: int = 0) -> None:
        """Return at once: all of it is there."""

    def stop(self) -> None:
        """Do nothing: it has ended."""

    def close(self) -> None:
        """Do nothing: nothing is open."""

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(self.texts)

    @property
    def reasoning(self) -> str:
        """The reasoning."""
        return "".join(self.reasonings)


def recording_of(outcome: Outcome, text: str, reasoning: str, model: str) -> Recording | None:
    """Return the recording of an answer that came whole, None for any other."""
    if outcome.fault is not None or outcome.finish_reason not in WHOLE:
        return None
    counts = {
        name: value
        for name, value in (outcome.usage or {}).items()
        if name in _COUNTS or name in _DETAILS
    }
    return Recording(
        text,
        outcome.model or model,
        outcome.finish_reason or "",
        counts or None,
        reasoning,
        outcome.tool_calls,
    )


def recording_in(told: Mapping[str, Any]) -> Recording | None:
    """Return the recording that plain data holds, None where it holds none."""
    texts = [told.get(name) for name in ("text", "model", "finish_reason", "reasoning")]
    usage, calls = told.get("usage"), told.get("tool_calls")
    if not all(isinstance(text, str) for text in texts) or texts[2] not in WHOLE:
        return None
    if not isinstance(calls, list) or not isinstance(usage, dict | None):
        return None
    if not all(isinstance(call, list) and _fields(call) == "isss" for call in calls):
        return None
    text, model, finish_reason, reasoning = map(str, texts)
    return Recording(
        text, model, finish_reason, usage, reasoning, tuple(ToolCall(*call) for call in calls)
    )


def _fields(values: list[Any]) -> str:
    """Return the kinds of values in letters: a call is ``isss``."""
    return "".join(
        "i" if isinstance(v, int) else "s" if isinstance(v, str) else "?" for v in values
    )
