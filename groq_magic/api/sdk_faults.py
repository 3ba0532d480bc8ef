"""Turn exceptions of the SDK and the network into faults."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.api.environment import proxy_in_use, trust_remedy
from groq_magic.api.fault import Fault
from groq_magic.api.key import scrub
from groq_magic.api.limits import limits_in
from groq_magic.api.status_faults import fault_of_refusal
from groq_magic.errors import ConnectionLostError, GroqMagicError, RequestError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from groq_magic.api.fault import FaultContext

__all__ = ["fault_of", "fault_of_body", "garbled", "no_thread", "nothing_came", "unreadable"]

_AGAIN = "`%groq_retry` asks again."
_LONGEST = 160


def fault_of(failure: BaseException, context: FaultContext, *, sent: bool) -> Fault:
    """Return the fault for an exception of the SDK or of the network.

    Parameters
    ----------
    failure : BaseException
    context : FaultContext
    sent : bool
        Whether headers of a reply had arrived.
    """
    import groq
    import httpx

    if isinstance(failure, GroqMagicError):
        return Fault(failure)
    if isinstance(failure, groq.APIStatusError):
        headers = failure.response.headers
        fault = fault_of_body(failure.status_code, failure.body, headers, context)
        return replace(fault, is_refusal=True)
    if isinstance(failure, groq.APIConnectionError | httpx.TransportError):
        return _network_fault(failure, context, sent=sent)
    # The text of other exceptions may contain anything: only its start is shown, without keys.
    detail = f"{type(failure).__name__}: {_clipped(str(failure), context)}"
    if sent:
        return Fault(ServiceError(f"The reply can't be read ({detail}).", _AGAIN))
    remedy = "Check the options, GROQ_BASE_URL and the proxy settings."
    return Fault(RequestError(f"The request can't be sent ({detail}).", remedy))


def fault_of_body(
    status: int | None, body: object, headers: Mapping[str, str], context: FaultContext
) -> Fault:
    """Return the fault of a refusal, a whole reply or an event in a stream."""
    fault = fault_of_refusal(status, body, headers, context)
    return replace(fault, limits=limits_in(headers))


def nothing_came() -> Fault:
    """Return the fault of a reply that ended normally but contains no text."""
    reason = "The reply ended before any text."
    return Fault(ConnectionLostError(reason, _AGAIN), retry=True, reason=reason)


def no_thread() -> Fault:
    """Return the fault of a process that can start no more threads, or is ending."""
    happened = "The request can't be sent: this process can't start another thread."
    return Fault(RequestError(happened, "End some threads or processes and ask again."))


def garbled() -> Fault:
    """Return the fault of a stream whose later part can't be parsed."""
    return Fault(ServiceError("The rest of the stream can't be read.", _AGAIN))


def unreadable(body: str) -> Fault:
    """Return the fault of a reply that is not a chat completion."""
    is_page = body.lstrip()[:1] == "<"
    what = "a web page, such as a network's login page" if is_page else "not a chat completion"
    remedy = "Check the network and GROQ_BASE_URL, then `%groq_retry`."
    return Fault(ServiceError(f"The reply is {what}.", remedy))


def _network_fault(failure: Exception, context: FaultContext, *, sent: bool) -> Fault:
    import httpx

    causes = tuple(_causes(failure))

    def found(kind: type[BaseException]) -> bool:
        return any(isinstance(cause, kind) for cause in causes)

    if found(ssl.SSLCertVerificationError):
        happened = f"The certificate of {context.base_url} is not trusted here."
        return Fault(ConnectionLostError(happened, trust_remedy()))
    if found(httpx.TimeoutException) and not found(httpx.ConnectTimeout):
        reason = f"No data arrived for {context.timeout:g} s."
        remedy = "`%groq_retry` asks again; `--timeout` waits longer."
        return Fault(ConnectionLostError(reason, remedy), retry=True, reason=reason)
    if sent:
        reason = "The connection broke."
        return Fault(ConnectionLostError(reason, _AGAIN), retry=True, reason=reason)
    # The SDK wraps every exception of the transport: the cause is more precise.
    return _unsent(failure.__cause__ or failure, context)


def _unsent(cause: BaseException, context: FaultContext) -> Fault:
    import httpx

    ours = httpx.LocalProtocolError | httpx.UnsupportedProtocol
    if isinstance(cause, ours) or not isinstance(cause, httpx.TransportError):
        # The text of a malformed header's error contains the key: only the type is shown.
        reason = f"The request can't be sent ({type(cause).__name__})."
        return Fault(RequestError(reason, "Check the options, the key and GROQ_BASE_URL."))
    why = _clipped(str(cause), context) or type(cause).__name__
    if isinstance(cause, httpx.ConnectTimeout):
        why = "no answer to the connection"
    elif isinstance(cause, httpx.ProxyError):
        why = f"the proxy refuses ({why})"
    proxy = proxy_in_use(context.base_url)
    through = f" through the proxy of {proxy}" if proxy else ""
    reason = f"{context.base_url} can't be reached{through}: {why}."
    remedy = f"Check the network and {proxy or 'GROQ_BASE_URL'}, then `%groq_retry`."
    return Fault(ConnectionLostError(reason, remedy), retry=True, reason=reason)


def _clipped(text: str, context: FaultContext) -> str:
    return scrub(" ".join(text.split()), context.key)[:_LONGEST].rstrip(".")


def _causes(failure: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = failure
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
