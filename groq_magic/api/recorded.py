"""An answer that needs no request: it has the face of one on the wire."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.reply_reader import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WHOLE", "Recorded", "Recording", "recording_in", "recording_of"]

# How an answer ends that is worth keeping: one that broke off or ran out of tokens is not.
WHOLE = frozenset({"stop"})
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
    """

    text: str
    model: str
    finish_reason: str
    usage: Mapping[str, Any] | None = None
    reasoning: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "text": self.text,
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": dict(self.usage) if self.usage else None,
            "reasoning": self.reasoning,
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
    )


def recording_in(told: Mapping[str, Any]) -> Recording | None:
    """Return the recording that plain data holds, None where it holds none."""
    texts = [told.get(name) for name in ("text", "model", "finish_reason", "reasoning")]
    usage = told.get("usage")
    if not all(isinstance(text, str) for text in texts) or texts[2] not in WHOLE:
        return None
    if not isinstance(usage, dict | None):
        return None
    text, model, finish_reason, reasoning = map(str, texts)
    return Recording(text, model, finish_reason, usage, reasoning)
