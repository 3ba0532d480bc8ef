"""Faults that answer with an error status or a wrong body instead of a completion."""

from __future__ import annotations

import email.utils
import math
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.practice import refusals
from groq_magic.practice.quota import go_duration
from groq_magic.practice.refusals import Refusal
from groq_magic.practice.response import Chunk, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.practice.fault import Fault

__all__ = ["ERROR_SETTINGS", "error_response"]

_TOO_SOON = MappingProxyType(
    {
        "tpm": ("tokens per minute (TPM)", (6000, 5034, 1443)),
        "tpd": ("tokens per day (TPD)", (200000, 199000, 1443)),
        "rpm": ("requests per minute (RPM)", (30, 30, 1)),
        "rpd": ("requests per day (RPD)", (1000, 1000, 1)),
        "otpm": ("output tokens per minute (OTPM)", (3000, 2900, 400)),
    }
)
_DOWN = (
    "is currently over capacity. Please try again and back off exponentially. Visit "
    "https://groqstatus.com to see if there is an active incident."
)
_PAGE = b"<html>\r\n<head><title>%b</title></head>\r\n<body><h1>%b</h1></body>\r\n</html>\r\n"
_WAITS = frozenset({"retry-after", "retry-after-ms", "date"})


def _wait_headers(fault: Fault, default: str | None = None) -> dict[str, str]:
    """Return `retry-after` in the variant of the fault's settings."""
    headers = {}
    if "retry-after-ms" in fault.settings:
        headers["retry-after-ms"] = fault.text("retry-after-ms", "")
    if "date" in fault.settings:
        at = time.time() + fault.number("date", 0)
        headers["retry-after"] = email.utils.formatdate(math.ceil(at), usegmt=True)
    elif fault.text("retry-after", default or "none") != "none":
        headers["retry-after"] = fault.text("retry-after", default or "")
    return headers


def _rate_limited(fault: Fault, model: str) -> Refusal:
    kind, figures = _TOO_SOON[fault.text("kind", "tpm")]
    plain = fault.settings.keys() & {"retry-after-ms", "date"}
    headers = _wait_headers(fault, None if plain else "2")
    try:
        wait = float(headers.get("retry-after", "2"))
    except ValueError:
        wait = fault.number("date", 2)
    return refusals.rate_limited(
        model, "on_demand", kind=kind, figures=figures, wait=go_duration(wait), headers=headers
    )


def _plain(
    status: int, message: str, type_: str = "invalid_request_error", code: str | None = None
) -> Callable[[Fault, str], Refusal]:
    def make(fault: Fault, model: str) -> Refusal:
        text = fault.text("message", message.replace("{model}", model))
        return Refusal(status, text, type_, code, headers=_wait_headers(fault))

    return make


def _failed_tool_use(generation: str) -> Refusal:
    message = (
        "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more "
        "details."
    )
    extra = {"failed_generation": generation}
    return Refusal(400, message, code="tool_use_failed", extra=extra)


_REFUSALS: Mapping[str, Callable[[Fault, str], Refusal]] = MappingProxyType(
    {
        "400": _plain(400, "'temperature' : number must be at most 2"),
        "401": lambda _fault, _model: refusals.bad_key(),
        "403": _plain(403, "Access denied. Please check your network settings.", "forbidden"),
        "404": lambda _fault, model: refusals.unknown_model(model),
        "408": _plain(408, "Request timed out", "timeout"),
        "409": _plain(409, "Conflict"),
        "413": lambda _fault, model: refusals.too_large(model, "on_demand", 6000, 12328),
        "422": _plain(422, "The request was well-formed but can't be processed."),
        "429": _rate_limited,
        "498": _plain(
            498,
            "Flex tier capacity exceeded. Please try again later, or use another service tier.",
            "service_unavailable",
            "capacity_exceeded",
        ),
        "500": _plain(500, "Internal Server Error", "internal_server_error"),
        "502": _plain(502, "Bad Gateway", "internal_server_error"),
        "503": _plain(503, "{model} " + _DOWN, "internal_server_error"),
        "504": _plain(504, "Gateway Timeout", "internal_server_error"),
        "context": lambda _fault, _model: refusals.context_exceeded(),
        "decommissioned": lambda _fault, model: refusals.decommissioned(model),
        "json-validate-failed": lambda fault, _model: refusals.failed_json(
            fault.text("generation", "")
        ),
        "spend-cap": _plain(
            400,
            "API access is blocked: the organization has reached its spend limit.",
            code="blocked_api_access",
        ),
        "tool-use-failed": lambda fault, _model: _failed_tool_use(
            fault.text("generation", '<function=look_up{"name": "x"}</function>')
        ),
    }
)

_BODIES = MappingProxyType(
    {
        "empty-500": (500, "application/json", b""),
        "html-200": (200, "text/html", _PAGE % (b"Log in", b"Log in to the network")),
        "html-502": (502, "text/html", _PAGE % (b"502 Bad Gateway", b"502 Bad Gateway")),
        "str-500": (500, "application/json", b'"something went wrong"'),
        "text-502": (502, "text/plain", b"upstream connect error"),
        "wrong-json": (200, "application/json", b'{"hello":"mode"}'),
        "malformed-200": (200, "application/json", b'{"id":"chatcmpl-'),
    }
)


def _settings(name: str) -> frozenset[str]:
    if name == "429":
        return _WAITS | {"kind"}
    if name in ("json-validate-failed", "tool-use-failed"):
        return frozenset({"generation"})
    if name in ("401", "404", "413", "context", "decommissioned"):
        return frozenset()
    return _WAITS | {"message"}


ERROR_SETTINGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **{name: _settings(name) for name in _REFUSALS},
        **{name: frozenset[str]() for name in _BODIES},
    }
)
"""The settings that each of these faults takes."""


def error_response(fault: Fault, model: str) -> Response | None:
    """Return the response of an error fault, None for a stream fault.

    Parameters
    ----------
    fault : Fault
    model : str
        The id that the request named.

    Raises
    ------
    Refusal
        For the errors that the API gives.
    """
    if fault.name in _REFUSALS:
        raise _REFUSALS[fault.name](fault, model)
    if fault.name not in _BODIES:
        return None
    status, kind, body = _BODIES[fault.name]
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    return Response(status, headers, (Chunk(body),))
