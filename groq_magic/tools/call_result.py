"""A tool call with its state and result, as `Reply.tool_calls` lists it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["CallResult", "CallState"]

# `queued` waits for earlier calls, `pending` for approval. All after `running` are final.
CallState = Literal[
    "queued",
    "pending",
    "running",
    "returned",
    "failed",
    "refused",
    "unanswered",
    "stopped",
    "at service",
]


@dataclass(frozen=True)
class CallResult:
    """A tool call with its state and result.

    Parameters
    ----------
    name : str
        The tool's name, as the model wrote it.
    arguments : str
        JSON, as the model wrote it.
    result : str
        The text that the model got; "" until the call is over.
    seconds : float or None
        How long the call took; None if it was not made, or was made at Groq.
    state : str
        First `queued`, `pending` (waits for approval), `running`. At the end `returned`, `failed`
        (also: unknown tool, wrong arguments, time limit), `refused` by the user, `unanswered`
        (nobody replied in time), `stopped` with the ask, or `at service` (made at Groq).
    sources : tuple of (str, str)
        Titles and addresses of the pages that a search at Groq found.
    images : tuple of str
        Images that code at Groq drew: PNG in base64.
    is_code : bool
        Whether the call proposes code, which is displayed where the user approves it.
    """

    name: str
    arguments: str
    result: str = ""
    seconds: float | None = None
    state: CallState = "returned"
    sources: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = field(default=(), repr=False)
    is_code: bool = field(default=False, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the state is final."""
        return self.state not in {"queued", "pending", "running"}

    @classmethod
    def of_service(cls, part: dict[str, Any]) -> CallResult:
        """Return a tool call that was made at the service; malformed parts are left out.

        Parameters
        ----------
        part : dict
            An item of `executed_tools`.
        """
        found = part.get("search_results")
        results = found.get("results") if isinstance(found, dict) else None
        pages = [*_dicts(results), *_dicts(part.get("browser_results"))]
        codes = _dicts(part.get("code_results"))
        output = _text(part.get("output"))
        texts = [output, *(t for each in codes if (t := _text(each.get("text"))) not in output)]
        return cls(
            _text(part.get("type")) or _text(part.get("name")) or "tool",
            _text(part.get("arguments")),
            "\n".join(filter(None, texts)),
            state="at service",
            sources=tuple(
                (_text(each.get("title")) or url, url)
                for each in pages
                if (url := _text(each.get("url")))
            ),
            images=tuple(filter(None, (_text(each.get("png")) for each in codes))),
        )


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
