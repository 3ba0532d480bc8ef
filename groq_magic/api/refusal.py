"""A refusal of the service, read without trust in its shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groq_magic.api.scrub import scrub

__all__ = ["Refusal", "refusal_of"]

_TAGS = re.compile(r"<[^>]*>")
# Of a proxy's page the title says enough.
_TITLE = re.compile(r"<title>([^<]+)</title>", re.IGNORECASE)
_LONGEST = 300


@dataclass(frozen=True)
class Refusal:
    """A refusal.

    Parameters
    ----------
    status : int or None
        The HTTP status; for an event in a stream its `status_code`, if it has one.
    code : str
        Groq's code, empty where there is none.
    told : str
        What the service says, on one line, without keys and tags.
    written : str
        What the model wrote before the service refused it.
    headers : Mapping
    """

    status: int | None
    code: str
    told: str
    written: str
    headers: Mapping[str, str]


def refusal_of(status: int | None, body: object, headers: Mapping[str, str], key: str) -> Refusal:
    """Return the refusal that a body holds.

    Parameters
    ----------
    status : int or None
    body : object
        Parsed JSON: `{"error": {…}}`, the inner dict alone; or a str, or anything.
    headers : Mapping
    key : str
        To be hidden.
    """
    inner = _inner(body)
    if status is None and isinstance(inner.get("status_code"), int):
        status = inner["status_code"]
    written = scrub(str(inner.get("failed_generation") or ""), key)
    told = scrub(_text_of(body, inner), key)
    return Refusal(status, str(inner.get("code") or ""), told, written, headers)


def _inner(body: object) -> Mapping[str, Any]:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return {}
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body


def _text_of(body: object, inner: Mapping[str, Any]) -> str:
    told = inner.get("message")
    if not isinstance(told, str) or not told:
        error = body.get("error") if isinstance(body, Mapping) else body
        told = error if isinstance(error, str) else ""
    title = _TITLE.search(told)
    told = " ".join(_TAGS.sub(" ", title[1] if title else told).split())[:_LONGEST]
    if not told:
        return "it says nothing more."
    return told if told[-1] in ".!?" else f"{told}."
