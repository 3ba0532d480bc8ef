"""A call of a tool and what came of it, as a reply lists it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["CallResult", "CallState"]

# `queued` waits for the calls before it, `pending` for approval; after `running` come ends.
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
    """A call of a tool and what came of it.

    Parameters
    ----------
    name : str
        The tool's, as the model wrote it.
    arguments : str
        JSON, as the model wrote it.
    result : str
        The text that the model got; "" while there is none.
    seconds : float or None
        How long it ran; None where it did not, or not here.
    state : str
        `returned`, `failed` (also: unknown tool, arguments that don't fit, time over), `refused`
        by the user, `unanswered` where nobody approved it in time, `stopped` with the ask, `at
        service` for a tool that ran at Groq; while it goes on `queued`, `pending` and `running`.
    sources : tuple of (str, str)
        Titles and addresses of the pages that a search at Groq found.
    images : tuple of str
        Pictures that code at Groq drew: PNG in base64.
    is_code : bool
        Whether it proposes code, which is shown where it is approved.
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
        """Whether nothing more will come of it."""
        return self.state not in {"queued", "pending", "running"}

    @classmethod
    def of_service(cls, part: dict[str, Any]) -> CallResult:
        """Return what the service reports of a tool that ran there; malformed parts are left out.

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
