"""From what came over the wire to what is kept and shown: reply, turn, output."""

from __future__ import annotations

import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.api.recorded import Recorded
from groq_magic.api.request import sha_of
from groq_magic.errors import (
    ConnectionLostError,
    GroqMagicError,
    InterruptedAskError,
)
from groq_magic.ledger.entry import Entry
from groq_magic.ledger.prices import cost, dollars
from groq_magic.ledger.usage import usage_of
from groq_magic.next_cell import change_of, prose_of
from groq_magic.notebook_session import stale_line
from groq_magic.reply import Reply, Timing, code_of, data_of
from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, LiveFacts
from groq_magic.views.bar import Bar
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from groq_magic.api.answering import Answering
    from groq_magic.assistant import Choice
    from groq_magic.conversation import Turn, TurnKey
    from groq_magic.notebook_session import Session
    from groq_magic.plan import Plan
    from groq_magic.prompt import Inserted

__all__ = ["cut_notice", "entry_of", "opening_of", "reply_of", "settled_of", "told_of_earlier"]

METADATA_VERSION = 1
_MARKS = MappingProxyType(
    {
        "interrupted": "interrupted",
        "truncated": "cut off before its end: `%groq_retry` asks again",
        # The error below the answer says why, and what to do.
        "error": "broken off",
        "length": "ended at the token limit: a larger `--max-tokens` gives more",
    }
)

# Said while the session lives: the saved file is the same wherever an answer is from.
_SOURCES = MappingProxyType({"cache": "from the cache", "replay": "replayed"})


def opening_of(session: Session, plan: Plan, notices: tuple[str, ...]) -> AnswerStart:
    """Return what the view is told before the first token."""
    return AnswerStart(
        slot_of(plan.pending.typed),
        plan.model,
        plan.pending.practice,
        notices,
        _metadata_of(session, plan, None),
        plan.options.format or "markdown",
    )


def reply_of(  # noqa: PLR0913 - how an ask went, named
    plan: Plan,
    answering: Answering | Recorded,
    *,
    stopped: bool,
    tried: int,
    started: float,
    now: float,
) -> Reply:
    """Return the reply that has come, whole or not."""
    outcome = answering.outcome
    text = answering.text
    usage = usage_of(outcome.usage)
    finish_reason = outcome.finish_reason or "truncated"
    error: GroqMagicError | None = None
    if outcome.finish_reason is None and stopped:
        finish_reason, error = "interrupted", _stopped(text)
    elif outcome.fault is not None:
        finish_reason, error = "error", _broken(outcome.fault.error, text, tried)
    elif outcome.finish_reason is None and not text:
        error = ConnectionLostError("The reply ended before any text.", "`%groq_retry` asks again.")
    first = answering.first_token
    writing = (usage.completion_time if usage else None) or (now - first if first else 0.0)
    # Without usage a piece counts as a token; the time since the first one covers reasoning too.
    pieces = len(answering.texts) + len(answering.reasonings)
    tokens = usage.completion_tokens if usage else pieces
    code = code_of(text)
    return Reply(
        text=text,
        code=code,
        data=data_of(text, code),
        model=outcome.model or plan.model,
        finish_reason=finish_reason,
        usage=usage,
        timing=Timing(None, now - started)
        if isinstance(answering, Recorded)
        else Timing(
            first - started if first else None,
            now - started,
            usage.queue_time if usage else None,
            tokens / writing if writing > 0 and tokens else None,
        ),
        request=plan.request,
        error=error,
        reasoning=answering.reasoning,
        source=answering.source if isinstance(answering, Recorded) else "service",
    )


def told_of_earlier(session: Session, plan: Plan, reply: Reply) -> Reply:
    """Return the reply; where nothing came, its error says that an earlier answer stays."""
    error, practice = reply.error, plan.pending.practice
    if error is None or reply.text or plan.pending.once:
        return reply
    conversations = session.conversations
    books = [conversations.get(name, practice) for name in conversations.names(practice)]
    if not any(book.at(plan.pending.place) for book in books):
        return reply
    happened = f"{error.happened} The earlier answer stays in the conversation."
    return replace(reply, error=type(error)(happened, error.remedy))


def entry_of(session: Session, plan: Plan, reply: Reply) -> Entry:
    """Return an ask as the ledger holds it."""
    practice, timing = plan.pending.practice, reply.timing
    free = practice or reply.source != "service"
    return Entry(
        number=len(session.ledger) + 1,
        at=time.time(),
        model=reply.model,
        source=reply.source,
        practice=practice,
        finish_reason=reply.finish_reason,
        usage=reply.usage,
        queue=timing.queue,
        first_token=timing.first_token,
        total=timing.total,
        tokens_per_second=timing.tokens_per_second,
        cost=0.0 if free else cost(reply.model, reply.usage),
    )


def cut_notice(answering: Answering | Recorded) -> tuple[str, ...]:
    """Return the line that says why the service gave an answer up, where it did."""
    cut = answering.outcome.cut
    return (f"The service ended the answer early: {cut}",) if cut else ()


def settled_of(  # noqa: PLR0913 - what an answer came to, named
    session: Session,
    plan: Plan,
    reply: Reply,
    *,
    choice: Choice,
    turn: Turn,
    notices: tuple[str, ...],
) -> FinishedAnswer:
    """Return the whole answer as a view shows and saves it."""
    from groq_magic.rendering import fenced_code

    options = plan.options
    return FinishedAnswer(
        slot=slot_of(plan.pending.typed),
        text=reply.text,
        format=options.format or "markdown",
        code=fenced_code(reply.text) if options.format == "code" else (),
        data=reply.data if options.format == "json" else None,
        reasoning=reply.reasoning if options.reasoning == "show" else "",
        saved_reasoning=plan.saved_reasoning if options.reasoning == "show" else "",
        notices=notices,
        bar=_bar(plan, reply, choice),
        metadata=_metadata_of(session, plan, reply),
        live=_live_facts(session, reply, turn),
        change=change_of(choice),
        prose=prose_of(choice, reply.text),
    )


def _live_facts(session: Session, reply: Reply, turn: Turn) -> LiveFacts:
    """Return what a settled answer's bar says while the session lives."""
    usage, speed = reply.usage, reply.timing.tokens_per_second
    tokens = usage.completion_tokens if usage else 0
    figures = [f"{tokens:,} token{'s' * (tokens != 1)}" if usage else ""]
    figures.append(f"{speed:,.0f} tok/s" if speed else "")
    asked = reply.source == "service"
    figures.append(_SOURCES.get(reply.source, ""))
    if asked and not turn.practice and cost(reply.model, usage) is not None:
        figures.append(dollars(cost(reply.model, usage)))
    return LiveFacts(
        figures=" · ".join(filter(None, figures)),
        copy=reply.text,
        stale=stale_line(session.conversations, turn),
    )


def _metadata_of(session: Session, plan: Plan, reply: Reply | None) -> dict[str, Any]:
    """Return the output's metadata: what the saved notebook knows of the turn."""
    if session.settings.store == "none":
        return {}
    pending = plan.pending
    record: dict[str, Any] = {
        "version": METADATA_VERSION,
        "conversation": pending.conversation,
        "turn": pending.number,
        "cell": pending.typed.cell,
        "ask": pending.typed.ask,
        "model": reply.model if reply else plan.model,
        "options": plan.secrets.hidden_in(plan.typed.options.given()),
        "finish_reason": reply.finish_reason if reply else None,
        "usage": reply.usage.counts if reply and reply.usage else None,
        "system": _system(plan),
        "inserted": [each.name for each in plan.inserted],
        "prompt_sha": sha_of(plan.typed.identity),
        "request_sha": sha_of(dict(plan.request)),
        "replaces": _replaced(pending.replaces),
        "once": pending.once,
    }
    if pending.practice:
        record["practice"] = True
    if plan.typed.line:
        record["prompt"] = plan.as_saved(plan.typed.text.strip())
    return {"groq_magic": record}


def _system(plan: Plan) -> str | None:
    """Return the system prompt as typed: the values of variables are not for the file."""
    if plan.typed.composed is not None:
        return None
    return plan.as_saved(plan.options.system or "") or None


def _replaced(key: TurnKey | None) -> dict[str, Any] | None:
    return {"cell": key.cell, "ask": key.ask} if key is not None else None


def _bar(plan: Plan, reply: Reply, choice: Choice) -> Bar:
    marks = [_MARKS.get(reply.finish_reason, "")]
    if not reply.text and not reply.error:
        marks.append("no text came")
    if plan.options.format == "json" and reply.data is None:
        marks.append("no valid JSON")
    if plan.options.format == "code" and not reply.code:
        marks.append("no code in it")
    if choice.why:
        marks.append(f"no next cell: {choice.why}")
    marks.append(choice.note)
    if plan.pending.practice:
        marks.append("practice")
    return Bar(
        reply.model,
        reply.usage.completion_tokens if reply.usage else None,
        tuple(map(_put_in, plan.inserted)),
        plan.fitted.note,
        tuple(mark for mark in marks if mark),
    )


def _put_in(value: Inserted) -> str:
    plural = "s" * (value.characters != 1)
    return f"{value.name} put in ({value.characters:,} character{plural})"


def _stopped(text: str) -> InterruptedAskError:
    if not text:
        return InterruptedAskError("Stopped before any text came.", "`%groq_retry` asks again.")
    return InterruptedAskError("Stopped; what came is above.", "`%groq_retry` asks again.")


def _broken(error: GroqMagicError, text: str, tried: int) -> GroqMagicError:
    if text:
        happened = f"{error.happened} What came before is above."
        return type(error)(happened, "`%groq_retry` asks again.")
    if tried > 1:
        return type(error)(f"{error.happened} {tried} tries failed.", error.remedy)
    return error
