"""The finished output of an ask: the answer, its bar, its metadata."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.asking.next_cell import diff_of, prose_of, remarks_of, replacement_of
from groq_magic.asking.warnings import warnings_of
from groq_magic.conversation import METADATA_VERSION, chain_of, prompt_in, sha_of
from groq_magic.ledger.usage import cost, dollars, token_words
from groq_magic.practice import is_unscripted
from groq_magic.reply import data_of
from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, LiveFacts, ViewFormat
from groq_magic.views.bar import Bar
from groq_magic.views.slots import answer_class, slot_of
from groq_magic.views.thumbnails import thumbnails_of

if TYPE_CHECKING:
    from groq_magic.asking.plan import Plan
    from groq_magic.assistant import CodeChoice
    from groq_magic.conversation import Turn, TurnKey
    from groq_magic.reply import Reply
    from groq_magic.session.session import Session

__all__ = ["opening_of", "output_of"]

_MARKS = MappingProxyType(
    {
        "interrupted": "interrupted",
        "truncated": "truncated",
        # The error below the answer gives the reason and the remedy.
        "error": "incomplete",
        "length": "truncated",
    }
)

# Shown while the session lives: the saved file must not depend on the source.
_SOURCES = MappingProxyType({"cache": "from the cache", "replay": "replayed"})


def opening_of(session: Session, plan: Plan, notices: tuple[str, ...]) -> AnswerStart:
    """Return the facts that the view shows before the first token."""
    return AnswerStart(
        slot_of(plan.pending.shown),
        plan.model,
        plan.pending.practice,
        notices,
        _metadata_of(session, plan, None, chain_of(t.as_earlier for t in plan.pending.before).sha),
        _format_of(plan),
        thumbnails_of(plan.draft.images),
    )


def _format_of(plan: Plan) -> ViewFormat:
    """Return the format of the view: typed data as a table or a tree, unless `-f` is given."""
    format_ = plan.draft.options.format or "markdown"
    return "data" if plan.draft.schema is not None and format_ == "markdown" else format_


def output_of(  # noqa: PLR0913 - all but three are named
    session: Session,
    plan: Plan,
    reply: Reply,
    *,
    choice: CodeChoice,
    turn: Turn,
    notices: tuple[str, ...],
    saved_reasoning: str,
    code_sha: str | None = None,
) -> FinishedAnswer:
    """Return the finished answer as a view shows and saves it."""
    from groq_magic.rendering import fenced_code

    ask, options = plan.draft.ask, plan.draft.options
    # The practice server's unscripted answer quotes the request: its tokens mean nothing.
    is_counted = not (plan.pending.practice and is_unscripted(reply.text))
    tokens = _tokens(session, plan, reply) if is_counted else ""
    return FinishedAnswer(
        slot=slot_of(plan.pending.shown),
        text=reply.text,
        format=_format_of(plan),
        code=fenced_code(reply.text) if options.format == "code" else (),
        data=data_of(reply.text, reply.code) if options.format == "json" else None,
        reasoning=reply.reasoning if options.reasoning == "show" else "",
        saved_reasoning=saved_reasoning if options.reasoning == "show" else "",
        notices=(*remarks_of(choice), *notices),
        warnings=(*warnings_of(plan, reply, choice), *_warning_without_page(session, turn)),
        bar=_bar(plan, reply, tokens),
        images=thumbnails_of(plan.draft.images),
        calls=reply.tool_calls,
        metadata=_metadata_of(session, plan, reply, turn.above_sha, code_sha),
        live=replace(
            _live_facts(session, reply, turn, tokens), replacement=replacement_of(session, choice)
        ),
        change=diff_of(session, ask, choice),
        prose=prose_of(choice, reply.text),
    )


def _warning_without_page(session: Session, turn: Turn) -> tuple[str, ...]:
    """Return the warning of a replayed answer that was saved below other turns.

    If there is a page, it shows the warning itself, while it applies.
    """
    is_of_others = turn.saved_above is not None and session.live is None
    return (session.bars.stale_line(turn),) if is_of_others else ()


def _live_facts(session: Session, reply: Reply, turn: Turn, tokens: str) -> LiveFacts:
    """Return the facts in a finished answer's bar while the session lives."""
    usage, speed = reply.usage, reply.timing.tokens_per_second
    figures = [tokens, f"{speed:,.0f} tok/s" if tokens and speed else ""]
    asked = reply.source == "service"
    figures.append(_SOURCES.get(reply.source, ""))
    if asked and not turn.practice and cost(reply.model, usage) is not None:
        figures.append(dollars(cost(reply.model, usage)))
    return LiveFacts(
        figures=" · ".join(filter(None, figures)),
        copy=reply.text,
        stale=session.bars.stale_line(turn),
        answer=answer_class(turn.answer),
        order=turn.revision,
    )


def _metadata_of(
    session: Session, plan: Plan, reply: Reply | None, above_sha: str, code_sha: str | None = None
) -> dict[str, Any]:
    """Return the output's metadata, from which a saved notebook's turn is read."""
    if session.settings.store == "none":
        return {}
    pending = plan.pending
    record: dict[str, Any] = {
        "version": METADATA_VERSION,
        "conversation": pending.conversation,
        "turn": pending.number,
        "cell": pending.shown.cell,
        "ask": pending.shown.ask,
        "model": reply.model if reply else plan.model,
        "options": plan.draft.secrets.hide_in(plan.draft.ask.options.given()),
        "finish_reason": reply.finish_reason if reply else None,
        "usage": reply.usage.counts if reply and reply.usage else None,
        "system": _system(plan),
        "included": [each.name for each in plan.draft.included],
        "prompt_sha": sha_of(plan.draft.ask.identity),
        "request_sha": sha_of(dict(plan.request)),
        "values_sha": plan.draft.values_sha,
        "above_sha": above_sha,
        "replaces": _replaced(pending.replaces),
        "once": pending.once,
    }
    if code_sha is not None:
        record["code_sha"] = code_sha
    if pending.practice:
        record["practice"] = True
    if not _is_in_source(session, plan):
        record["prompt"] = plan.draft.as_saved(plan.draft.ask.text.strip())
    return {"groq_magic": record}


def _is_in_source(session: Session, plan: Plan) -> bool:
    """Whether the prompt can be read from the cell's source in the saved file."""
    ask = plan.draft.ask
    if ask.line or (ask.composed is not None and ask.composed.identity != ask.text.strip()):
        return False
    return prompt_in(session.executions.current.source, alone=True) == ask.text.strip()


def _system(plan: Plan) -> str | None:
    """Return the system prompt unfilled: the values of variables are not saved."""
    if plan.draft.ask.composed is not None:
        return None
    return plan.draft.as_saved(plan.draft.options.system or "") or None


def _replaced(key: TurnKey | None) -> dict[str, Any] | None:
    return {"cell": key.cell, "ask": key.ask} if key is not None else None


def _tokens(session: Session, plan: Plan, reply: Reply) -> str:
    """Return the tokens sent and received in words: as billed, else estimated; "" if unknown."""
    if reply.usage is not None:
        return reply.usage.words
    if reply.timing.pieces is None:
        return ""
    sent = session.estimate.of_request(plan.request)
    more = f", plus {plan.images}" if plan.images else ""
    return f"about {token_words(sent, reply.timing.pieces)}{more}"


def _bar(plan: Plan, reply: Reply, tokens: str) -> Bar:
    them = "images" if len(plan.draft.images) > 1 else "image"
    marks = [f"model chosen for the {them}" if plan.is_for_images else ""]
    marks.append(_MARKS.get(reply.finish_reason, ""))
    if plan.pending.practice:
        marks.append("practice" if is_unscripted(reply.text) else "practice, scripted")
    return Bar(
        reply.model,
        tokens,
        plan.included,
        plan.window.note,
        tuple(mark for mark in marks if mark),
        plan.included_earlier,
    )
