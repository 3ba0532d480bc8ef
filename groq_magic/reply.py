"""The reply of an ask, which the user gets as `_groq`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.ledger.usage import Usage, rounded, token_words
from groq_magic.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.errors import GroqMagicError
    from groq_magic.ledger.ledger import Source
    from groq_magic.tools.call_result import CallResult

__all__ = ["Reply", "Timing", "bundle_of", "code_of", "data_of", "data_text"]

_SHOWN = 60


@dataclass(frozen=True)
class Timing:
    """Seconds of one ask, measured here; unknown ones are None."""

    first_token: float | None = None
    total: float = 0.0
    queue: float | None = None
    tokens_per_second: float | None = None

    @property
    def pieces(self) -> int | None:
        """The number of pieces of an answer without usage, about one per token; None if unknown."""
        if self.tokens_per_second is None or self.first_token is None:
            return None
        return round(self.tokens_per_second * (self.total - self.first_token))

    def __repr__(self) -> str:
        return f"Timing({rounded(vars(self))})"


@dataclass(frozen=True)
class Reply:
    """An answer as a value: comparable, hashable, and picklable.

    Parameters
    ----------
    text : str
        The answer's source, Markdown as the model wrote it.
    code : str
        All fenced code, joined by a blank line.
    data : object
        The object that `--schema` asks for; else the parsed JSON, None where the answer is
        not JSON.
    model : str
    finish_reason : str
        The API's `stop`, `length`, `tool_calls`; ours: `interrupted`,
        `truncated`, `error`.
    usage : Usage or None
        The tokens, None where the service did not report them.
    timing : Timing
    request : mapping
        As it was sent.
    error : GroqMagicError or None
        Why it ended early.
    reasoning : str
        The model's reasoning, if the service sends it; empty for a replayed answer.
    source : {"service", "cache", "replay"}
        The service, the cache or the saved notebook.
    tool_calls : tuple of CallResult
        The tools that the model called, with their results.
    """

    text: str
    code: str
    data: Any
    model: str
    finish_reason: str
    usage: Usage | None
    timing: Timing
    request: Mapping[str, Any] = field(repr=False)
    error: GroqMagicError | None = field(default=None, compare=False)
    reasoning: str = field(default="", repr=False)
    source: Source = "service"
    tool_calls: tuple[CallResult, ...] = field(default=(), repr=False)

    def __hash__(self) -> int:
        # Other fields, such as the request, are dicts and can't be hashed.
        return hash((self.text, self.model, self.finish_reason))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        start = self.text[:_SHOWN] + "…" * (len(self.text) > _SHOWN)
        speed, pieces = self.timing.tokens_per_second, self.timing.pieces
        about = f"about {token_words(None, pieces)}" if pieces else ""
        facts = (
            self.model,
            self.finish_reason,
            self.usage.words if self.usage else about,
            f"{self.timing.total:.2g} s" if self.timing.total else "",
            f"{speed:,.0f} tok/s" if speed else "",
        )
        return f"Reply({', '.join((repr(start), *filter(None, facts)))})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002 - IPython's signature
        return bundle_of(self.text) if self.text else {"text/plain": repr(self)}


def bundle_of(text: str) -> dict[str, str]:
    """Return the MIME bundle of an answer alone, without bar and metadata."""
    # Its import is slow.
    from groq_magic.rendering import safe_markdown, to_html

    html = (
        '<div class="groq-answer mathjax_ignore tex2jax_ignore">'
        f'<div class="groq-text" dir="auto">{to_html(text)}</div></div>'
    )
    return {"text/html": html, "text/markdown": safe_markdown(text), "text/plain": printable(text)}


def code_of(text: str) -> str:
    """Return all fenced code of an answer, joined by a blank line."""
    if "```" not in text and "~~~" not in text:
        return ""
    from groq_magic.rendering import fenced_code

    return "\n\n".join(fence.code.rstrip("\n") for fence in fenced_code(text))


def data_of(text: str, code: str) -> Any:
    """Return the parsed JSON of an answer or of its fenced code, None if neither is JSON."""
    for candidate in (text, code):
        if candidate.lstrip()[:1] in {"{", "["}:
            try:
                return json.loads(candidate)
            except (ValueError, RecursionError):
                # A thousand nested brackets raise RecursionError.
                continue
    return None


def data_text(text: str) -> str:
    """Return the JSON of an answer: all of it, or the block of code that it consists of."""
    stripped = text.strip()
    if not stripped.startswith(("```", "~~~")):
        return stripped
    return code_of(stripped)
