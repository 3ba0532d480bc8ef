"""The reply, as the user gets it, from what came over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import ConnectionLostError, GroqMagicError, InterruptedAskError
from groq_magic.ledger.usage import usage_of
from groq_magic.reply import Reply, Timing, code_of, data_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.api.send import Outcome

__all__ = ["nothing_came", "reply_from"]


def reply_from(  # noqa: PLR0913 - how a request went, named
    request: Mapping[str, Any],
    outcome: Outcome,
    texts: Sequence[str],
    reasonings: Sequence[str],
    *,
    error: GroqMagicError | None,
    started: float,
    first: float | None,
    now: float,
) -> Reply:
    """Return the reply that has come, whole or not.

    Parameters
    ----------
    request : mapping
    outcome : Outcome
    texts, reasonings : sequence of str
        The pieces as they came.
    error : GroqMagicError or None
        What broke it off.
    started, now : float
        When it began and ended, on the clock of `time.monotonic`.
    first : float or None
        When the first piece came.
    """
    finish_reason = outcome.finish_reason or "truncated"
    if isinstance(error, InterruptedAskError):
        finish_reason = "interrupted"
    elif outcome.fault is not None:
        finish_reason = "error"
    text, usage = "".join(texts), usage_of(outcome.usage)
    writing = (usage.completion_time if usage else None) or (now - first if first else 0.0)
    # Without usage a piece counts as a token; the time since the first one covers reasoning too.
    tokens = usage.completion_tokens if usage else len(texts) + len(reasonings)
    code = code_of(text)
    return Reply(
        text=text,
        code=code,
        data=data_of(text, code),
        model=outcome.model or request["model"],
        finish_reason=finish_reason,
        usage=usage,
        timing=Timing(
            first - started if first else None,
            now - started,
            usage.queue_time if usage else None,
            tokens / writing if writing > 0 and tokens else None,
        ),
        request=request,
        error=error,
        reasoning="".join(reasonings),
    )


def nothing_came() -> ConnectionLostError:
    """Return the error of a reply that ended well, and without a word."""
    return ConnectionLostError("The reply ended before any text.", "`%groq_retry` asks again.")
