"""The fault for each kind of refusal by the service.

The texts and codes are those of Groq's error page and of recorded replies;
status **and** code decide, since a 413 bears the code of a 429.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from groq_magic.api.durations import requested_wait, wait_words
from groq_magic.api.fault import Fault, FaultContext
from groq_magic.api.key import KEY_PAGE, WITHOUT_KEY, scrub
from groq_magic.api.limits import LimitHit, hit_in, wait_in, words_of
from groq_magic.errors import (
    ApiKeyError,
    ModelError,
    RateLimitError,
    RequestError,
    ServiceError,
    TooLargeError,
)

__all__ = ["fault_of_refusal"]

_TAGS = re.compile(r"<[^<>]*>")
# Of a proxy's error page.
_TITLE = re.compile(r"<title>([^<]+)</title>", re.IGNORECASE)
_LONGEST = 300
_BILLING = "https://console.groq.com/settings/billing"
# Groq's number for a flex tier without capacity; it is not in HTTP.
_FLEX_FULL = 498
# Seconds; the remedy names a longer wait.
_LONG_WAIT = 60.0


@dataclass(frozen=True)
class _Refusal:
    """The parts of a reply that refuses a request.

    Parameters
    ----------
    status : int or None
        The HTTP status; for an event in a stream its `status_code`, if it has one.
    code : str
        Groq's code, "" without one.
    message : str
        The service's message, on one line, without keys and tags.
    written : str
        The model's text, if the service refused it.
    headers : Mapping
    """

    status: int | None
    code: str
    message: str
    written: str
    headers: Mapping[str, str]


def fault_of_refusal(
    status: int | None, body: object, headers: Mapping[str, str], context: FaultContext
) -> Fault:
    """Return the fault for a refusal: its message, and whether to try again."""
    refusal = _refusal_of(status, body, headers, context.key)
    return _rule_for(refusal)(refusal, context)


def _refusal_of(status: int | None, body: object, headers: Mapping[str, str], key: str) -> _Refusal:
    """Return the refusal in a reply.

    Parameters
    ----------
    status : int or None
    body : object
        Parsed JSON: `{"error": {…}}`, the inner dict alone; or a str, or anything.
    headers : Mapping
    key : str
        It is hidden.
    """
    inner = _inner(body)
    if status is None and isinstance(inner.get("status_code"), int):
        status = inner["status_code"]
    written = scrub(str(inner.get("failed_generation") or ""), key)
    message = scrub(_text_of(body, inner), key)
    return _Refusal(status, str(inner.get("code") or ""), message, written, headers)


def _model_refused(refusal: _Refusal, context: FaultContext) -> Fault:
    retired = refusal.code == "model_decommissioned"
    what = "is retired" if retired else "is not among this key's models"
    return Fault(
        ModelError(
            f"{context.model} {what}.",
            f"Use `-m {context.nearest(context.model)}`; `%groq_models` lists what your key has.",
        )
    )


def _key_refused(_refusal: _Refusal, context: FaultContext) -> Fault:
    remedy = f"`%groq_key` asks for another; {KEY_PAGE} gives one; {WITHOUT_KEY}."
    source = f" from {context.source}" if context.source else ""
    return Fault(ApiKeyError(f"The service refuses the key{source} (401).", remedy))


def _spent(_refusal: _Refusal, _context: FaultContext) -> Fault:
    happened = "The organisation's spend limit is reached."
    remedy = f"Raise it at {_BILLING}."
    return Fault(RateLimitError(happened, remedy))


def _bad_tool_call(refusal: _Refusal, _context: FaultContext) -> Fault:
    happened = f"The model's tool call was not valid: {refusal.message}"
    error = RequestError(happened, "`%groq_retry` asks again.")
    return Fault(error, failed_generation=refusal.written)


def _bad_json(refusal: _Refusal, _context: FaultContext) -> Fault:
    happened, remedy = "The model's answer is not valid JSON.", "`%groq_retry` asks again."
    if not refusal.written:
        happened = "The model's answer is not valid JSON: reasoning used up the tokens."
        remedy = "A larger --max-tokens or a lower --reasoning-effort helps."
    return Fault(RequestError(happened, remedy), failed_generation=refusal.written)


def _denied(refusal: _Refusal, _context: FaultContext) -> Fault:
    remedy = "Check the network, a VPN or proxy, and the key's rights."
    return Fault(RequestError(f"Access is denied (403): {refusal.message}", remedy))


def _not_in_plan(_refusal: _Refusal, _context: FaultContext) -> Fault:
    happened = "This key has no access to Groq's batch engine (403)."
    remedy = f"It needs a paid plan: {_BILLING}. Without --batch the rows are asked one by one."
    return Fault(RequestError(happened, remedy))


def _not_there(refusal: _Refusal, context: FaultContext) -> Fault:
    happened = f"{context.base_url} does not know this address (404): {refusal.message}"
    return Fault(RequestError(happened, "Check GROQ_BASE_URL."))


def _too_large(refusal: _Refusal, context: FaultContext) -> Fault:
    hit = hit_in(refusal.message)
    over = refusal.message
    if hit is not None and hit.requested is not None:
        over = f"{hit.requested:,} tokens asked for, {_limit_words(hit)} allowed."
    remedy = "Shorten it, lower --max-tokens, or `%groq_reset` the conversation."
    happened = f"The request is too large for {context.model}: {over}"
    return Fault(TooLargeError(happened, remedy), hit=hit)


def _limited(refusal: _Refusal, _context: FaultContext) -> Fault:
    hit = hit_in(refusal.message)
    wait = requested_wait(refusal.headers)
    if wait is None:
        wait = wait_in(refusal.message)
    reason = f"Rate limit: {_limit_words(hit)} are used up."
    when = f"More are available in {wait_words(wait)}." if wait else ""
    error = RateLimitError(reason, f"{when} `%groq_retry` asks again.")
    return Fault(error, retry=True, wait=wait, reason=reason, hit=hit)


def _failing(refusal: _Refusal, _context: FaultContext) -> Fault:
    status, full = refusal.status, "over capacity" in refusal.message
    number = f" ({status})" if status else ""
    if status == _FLEX_FULL:
        reason = f"The flex tier has no capacity left{number}."
    elif full:
        reason = f"The model is over capacity{number}."
    else:
        reason = f"The service failed{number}: {refusal.message}"
    wait = requested_wait(refusal.headers)
    when = f"Try again in {wait_words(wait)}:" if wait and wait >= _LONG_WAIT else ""
    error = ServiceError(reason, f"{when} `%groq_retry` asks again.")
    # An event in a stream has no HTTP status, and seldom its own.
    is_flex_full, retry = status == _FLEX_FULL, full or status is not None
    return Fault(error, retry=retry, wait=wait, reason=reason, is_flex_full=is_flex_full)


def _refused(refusal: _Refusal, context: FaultContext) -> Fault:
    if "reduce the length" in refusal.message:
        return _too_large(refusal, context)
    happened = f"The service refuses the request: {refusal.message}"
    return Fault(RequestError(happened, "`%%groq?` lists the options."))


_Rule = Callable[[_Refusal, FaultContext], Fault]
_BY_CODE: Mapping[str, _Rule] = MappingProxyType(
    {
        "model_not_found": _model_refused,
        "model_decommissioned": _model_refused,
        "invalid_api_key": _key_refused,
        "blocked_api_access": _spent,
        "not_available_for_plan": _not_in_plan,
        "tool_use_failed": _bad_tool_call,
        "json_validate_failed": _bad_json,
    }
)
_BY_STATUS: Mapping[int, _Rule] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: _key_refused,
        HTTPStatus.FORBIDDEN: _denied,
        HTTPStatus.NOT_FOUND: _not_there,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _too_large,
        HTTPStatus.REQUEST_TIMEOUT: _failing,
        HTTPStatus.TOO_MANY_REQUESTS: _limited,
        _FLEX_FULL: _failing,
    }
)


def _rule_for(refusal: _Refusal) -> _Rule:
    rule = _BY_CODE.get(refusal.code)
    if rule is not None:
        return rule
    if refusal.status is None or refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failing
    return _BY_STATUS.get(refusal.status, _refused)


def _limit_words(hit: LimitHit | None) -> str:
    if hit is None:
        return "the requests or tokens of a minute"
    return words_of(hit.kind, hit.limit)


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
    message = inner.get("message")
    if not isinstance(message, str) or not message:
        error = body.get("error") if isinstance(body, Mapping) else body
        message = error if isinstance(error, str) else ""
    title = _TITLE.search(message)
    message = " ".join(_TAGS.sub(" ", title[1] if title else message).split())[:_LONGEST]
    if not message:
        return "no details were given."
    return message if message[-1] in ".!?" else f"{message}."
