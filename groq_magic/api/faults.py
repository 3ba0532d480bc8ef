"""The SDK's and the network's failures, as faults of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.api.fault import Fault
from groq_magic.api.limits import limits_in
from groq_magic.api.refusal import refusal_of
from groq_magic.api.refusals import fault_of_refusal
from groq_magic.api.scrub import scrub
from groq_magic.errors import ConnectionLostError, RequestError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.asked import Asked

__all__ = ["fault_of", "fault_of_body"]


def fault_of(failure: BaseException, asked: Asked) -> Fault:
    """Return what an exception of the SDK or of the network means."""
    import groq

    if isinstance(failure, groq.APIStatusError):
        headers = failure.response.headers
        return fault_of_body(failure.status_code, failure.body, headers, asked)
    return _network_fault(failure, asked)


def fault_of_body(
    status: int | None, body: object, headers: Mapping[str, str], asked: Asked
) -> Fault:
    """Return what a refusal means, be it a whole reply or an event in a stream."""
    refusal = refusal_of(status, body, headers, asked.key)
    return replace(fault_of_refusal(refusal, asked), limits=limits_in(headers))


def _network_fault(failure: BaseException, asked: Asked) -> Fault:
    import groq
    import httpx

    timeouts = (groq.APITimeoutError, httpx.TimeoutException)
    if isinstance(failure, timeouts):
        cause = failure.__cause__ if isinstance(failure, groq.APITimeoutError) else failure
        if isinstance(cause, httpx.ConnectTimeout):
            return _unreachable(asked, "no answer to the connection")
        reason = f"Nothing came for {asked.timeout:g} s."
        remedy = "`%groq_retry` asks again; `--timeout` waits longer."
        return Fault(ConnectionLostError(reason, remedy), retry=True, reason=reason)
    if isinstance(failure, (groq.APIConnectionError, httpx.TransportError)):
        return _unreachable(asked, _why(failure))
    if isinstance(failure, UnicodeEncodeError):
        return Fault(RequestError("The request holds text that can't be encoded."))
    name = type(failure).__name__
    told = scrub(str(failure), asked.key)[:200]
    return Fault(
        ServiceError(f"The reply can't be read ({name}: {told}).", "`%groq_retry` asks again.")
    )


def _unreachable(asked: Asked, why: str) -> Fault:
    reason = f"{asked.base_url} can't be reached: {scrub(why, asked.key)}."
    return Fault(
        ConnectionLostError(reason, "Check the network and GROQ_BASE_URL, then `%groq_retry`."),
        retry=True,
        reason=reason,
    )


def _why(failure: BaseException) -> str:
    cause = failure.__cause__ or failure
    told = str(cause).strip().rstrip(".")
    # A malformed header's text holds the key itself, and says nothing to a user.
    return told[:160] if told and "header" not in told.lower() else type(cause).__name__
