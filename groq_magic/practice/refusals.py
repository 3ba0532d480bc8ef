"""The API's known refusals, with status, body and headers.

Messages that Groq documents are verbatim; the others are ours, in the API's shape.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Refusal",
    "bad_key",
    "bad_request",
    "context_exceeded",
    "decommissioned",
    "failed_json",
    "parsed_json",
    "rate_limited",
    "require",
    "too_large",
    "unknown_model",
    "unknown_url",
]

_ORGANIZATION = "org_practice"
_NONE: Mapping[str, str] = MappingProxyType({})
_PLANS = "Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"


@dataclass
class Refusal(Exception):  # noqa: N818 - the service's answer, not a failure of the server
    """An error response: a status and an ``{"error": …}`` body.

    Parameters
    ----------
    status : int
        The HTTP status.
    message : str
    type : str
    code : str, optional
    extra : mapping
        Further members of the error: ``param``, ``failed_generation``.
    headers : mapping of str to str
        Headers besides the usual ones, such as ``retry-after``.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    extra: Mapping[str, object] = field(default_factory=lambda: _NONE)
    headers: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def error(self) -> dict[str, object]:
        """Return the inner error object."""
        code = {} if self.code is None else {"code": self.code}
        return {"message": self.message, "type": self.type, **code, **self.extra}


def bad_key() -> Refusal:
    """401: the key is missing or not accepted."""
    return Refusal(401, "Invalid API Key", code="invalid_api_key")


def bad_request(message: str, param: str | None = None) -> Refusal:
    """400: the API doesn't accept a parameter."""
    return Refusal(400, message, extra={} if param is None else {"param": param})


def require(condition: object, message: str, param: str | None = None) -> None:
    """Refuse a request with 400 unless a condition is true."""
    if not condition:
        raise bad_request(message, param)


def parsed_json(body: bytes) -> Any:
    """Return the value of a JSON body, None for an empty body; refuse any other body with 400."""
    try:
        return json.loads(body) if body else None
    except ValueError as error:
        message = f"we could not parse the JSON body of your request: {error}"
        raise bad_request(message) from error


def unknown_model(model: str) -> Refusal:
    """404: no such model."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Refusal(404, message, code="model_not_found")


def decommissioned(model: str) -> Refusal:
    """400: the model is retired."""
    message = (
        f"The model `{model}` has been decommissioned and is no longer supported. Please refer to "
        "https://console.groq.com/docs/deprecations for a recommendation on which model to use "
        "instead."
    )
    return Refusal(400, message, code="model_decommissioned")


def unknown_url(method: str, path: str) -> Refusal:
    """404: no such endpoint."""
    message = (
        f"Unknown request URL: {method} {path}. Please check the URL for typos, or see the docs "
        "at https://console.groq.com/docs/"
    )
    return Refusal(404, message, code="unknown_url")


def context_exceeded() -> Refusal:
    """400: prompt and completion don't fit the model's window."""
    message = "Please reduce the length of the messages or completion."
    extra = {"param": "messages"}
    return Refusal(400, message, code="context_length_exceeded", extra=extra)


def failed_json(generation: str) -> Refusal:
    """400: the model wrote no valid JSON; `generation` is empty if reasoning used up all tokens."""
    message = (
        "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more "
        "details."
    )
    extra = {"failed_generation": generation}
    return Refusal(400, message, code="json_validate_failed", extra=extra)


def too_large(model: str, tier: str, limit: int, requested: int) -> Refusal:
    """413: a single request needs more tokens than a minute allows."""
    message = (
        f"Request too large for model `{model}` in organization `{_ORGANIZATION}` service tier "
        f"`{tier}` on tokens per minute (TPM): Limit {limit}, Requested {requested}, please "
        f"reduce your message size and try again. {_PLANS}"
    )
    return Refusal(413, message, type="tokens", code="rate_limit_exceeded")


def rate_limited(  # noqa: PLR0913 - each is part of the message
    model: str,
    tier: str,
    *,
    kind: str,
    figures: tuple[int, int, int],
    wait: str,
    headers: Mapping[str, str],
) -> Refusal:
    """429: the quota is used up.

    Parameters
    ----------
    model, tier : str
    kind : str
        Such as ``tokens per minute (TPM)``.
    figures : tuple of int
        The limit, the amount used and the amount requested.
    wait : str
        A Go duration, such as ``4.77s``.
    headers : mapping of str to str
        ``retry-after`` in one of its variants, or empty.
    """
    limit, used, requested = figures
    message = (
        f"Rate limit reached for model `{model}` in organization `{_ORGANIZATION}` service tier "
        f"`{tier}` on {kind}: Limit {limit}, Used {used}, Requested {requested}. Please try again "
        f"in {wait}. {_PLANS}"
    )
    unit = "requests" if kind.startswith("requests") else "tokens"
    return Refusal(429, message, type=unit, code="rate_limit_exceeded", headers=headers)
