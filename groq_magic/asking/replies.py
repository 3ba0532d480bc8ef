"""Build the reply, complete or partial, from the received deltas and the outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groq_magic.asking.typed_answers import with_data
from groq_magic.errors import ConnectionLostError, GroqMagicError, InterruptedAskError
from groq_magic.ledger.usage import total_usage, usage_of
from groq_magic.reply import Reply, Timing, code_of, data_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.api.send import Outcome
    from groq_magic.asking.plan import Plan
    from groq_magic.asking.rounds import Rounds
    from groq_magic.session.session import Session

__all__ = ["mention_earlier_answer", "no_text_error", "reply_from", "reply_of"]


def reply_of(plan: Plan, rounds: Rounds, *, started: float, now: float) -> Reply:
    """Return the reply to an ask, complete or partial.

    Parameters
    ----------
    plan : Plan
    rounds : Rounds
        The exchanges, with the text so far.
    started, now : float
        When it began and ended, on the clock of `time.monotonic`.
    """
    last, outcome, texts = rounds.last, rounds.outcome, rounds.texts
    reply = reply_from(
        plan.request,
        outcome,
        texts,
        rounds.reasonings,
        error=rounds.error or _error_of(outcome, "".join(texts), stopped=rounds.is_stopped),
        started=started,
        first=next((each.first_token for each in rounds.readers if each.first_token), None),
        now=now,
    )
    usages = [usage_of(each.outcome.usage) for each in rounds.readers]
    reply = replace(reply, usage=total_usage(usages), tool_calls=rounds.calls)
    if plan.pending.practice and reply.usage is not None:
        # The practice server's speed is not a model's.
        reply = replace(reply, timing=replace(reply.timing, tokens_per_second=None))
    if last.source != "service":
        reply = replace(reply, timing=Timing(None, now - started), source=last.source)
    if plan.draft.schema is None:
        return reply
    # A saved answer has the form of the schema itself.
    return with_data(reply, plan.draft.schema, None if last.source == "replay" else plan.form)


def _error_of(outcome: Outcome, text: str, *, stopped: bool) -> GroqMagicError | None:
    if outcome.finish_reason is None and stopped:
        return _stopped(text)
    if outcome.fault is not None:
        return _broken(outcome.fault.error, text, outcome.tries)
    return no_text_error() if outcome.finish_reason is None and not text else None


def reply_from(  # noqa: PLR0913 - all but four are named
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
    """Return the reply, complete or partial, for received deltas.

    Parameters
    ----------
    request : mapping
    outcome : Outcome
    texts, reasonings : sequence of str
        The received deltas.
    error : GroqMagicError or None
        The error that ended it.
    started, now : float
        When it began and ended, on the clock of `time.monotonic`.
    first : float or None
        When the first delta arrived.
    """
    finish_reason = outcome.finish_reason or "truncated"
    if isinstance(error, InterruptedAskError):
        finish_reason = "interrupted"
    elif outcome.fault is not None:
        finish_reason = "error"
    text, usage = "".join(texts), usage_of(outcome.usage)
    writing = (usage.completion_time if usage else None) or (now - first if first else 0.0)
    # Without usage each delta counts as a token, those of the reasoning too.
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


def no_text_error() -> ConnectionLostError:
    """Return the error of a reply that ended normally but contains no text."""
    return ConnectionLostError("The reply ended before any text.", "`%groq_retry` asks again.")


def mention_earlier_answer(session: Session, plan: Plan, reply: Reply) -> Reply:
    """Return the reply; if it is empty, its error adds that the earlier answer stays."""
    error, practice = reply.error, plan.pending.practice
    if error is None or reply.text or reply.tool_calls or plan.pending.once:
        return reply
    conversations = session.conversations
    held = [conversations.get(name, practice) for name in conversations.names(practice)]
    if not any(each.at(plan.pending.key) for each in held):
        return reply
    happened = f"{error.happened} The earlier answer stays in the conversation."
    return replace(reply, error=type(error)(happened, error.remedy))


def _stopped(text: str) -> InterruptedAskError:
    if not text:
        return InterruptedAskError("Stopped before any text arrived.", "`%groq_retry` asks again.")
    return InterruptedAskError("Stopped; the text so far is above.", "`%groq_retry` asks again.")


def _broken(error: GroqMagicError, text: str, tried: int) -> GroqMagicError:
    if text:
        happened = f"{error.happened} The partial answer is above."
        return type(error)(happened, "`%groq_retry` asks again.")
    if tried > 1:
        return type(error)(f"{error.happened} {tried} tries failed.", error.remedy)
    return error
