"""The one flow: from an ask as typed to a settled answer."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from groq_magic.api.recorded import Recorded
from groq_magic.asking.draft import bound
from groq_magic.asking.finishing import (
    cut_notice,
    entry_of,
    opening_of,
    reply_of,
    settled_of,
    told_of_earlier,
)
from groq_magic.asking.next_cell import chosen, put_next
from groq_magic.asking.notices import (
    line_of_missed,
    line_of_restorable,
    mark_reported,
    missed_by,
    order_notice,
)
from groq_magic.asking.plan import Plan, peeked, planned
from groq_magic.asking.reader import Reader
from groq_magic.asking.stored import remember
from groq_magic.assistant import Choice
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts, unsent
from groq_magic.session.ask import Ask, LastAsk
from groq_magic.views.guarded import GuardedView
from groq_magic.views.progress import Progress

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from groq_magic.api.client import Client
    from groq_magic.reply import Reply
    from groq_magic.session.session import Session
    from groq_magic.views.opening import Opening
    from groq_magic.views.settled import Settled

__all__ = ["View", "send_ask"]

_FRAME = 0.05


class View(Protocol):
    """What shows one answer: `open`, then any of `feed` and `progress`, then one ending."""

    stopped: threading.Event

    def open(self, opening: Opening) -> None:
        """Begin to show."""

    def feed(self, text: str, reasoning: str) -> None:
        """Show what has come; either may be empty."""

    def progress(self, progress: Progress) -> None:
        """Show how far it is, or what is waited for."""

    def settle(self, settled: Settled) -> None:
        """Leave the static output and close what is alive."""

    def discard(self) -> None:
        """Leave nothing: the ask failed before any text."""


def send_ask(session: Session, ask: Ask, view_of: Callable[[], View]) -> Reply:
    """Send an ask, show its answer as it comes, and settle it.

    Where wanted, the answer's code goes into the next cell; the bar says if it has none.

    Parameters
    ----------
    session : Session
    ask : Ask
    view_of : callable
        Makes the view, once the ask is sure to be sent.

    Returns
    -------
    Reply
        The answer; it is `_groq` as well.

    Raises
    ------
    GroqMagicError
        What kept it from being sent, or broke it off: then `_groq` holds what came.
    """
    with session.service.key_found_once():
        return _asked(session, ask, view_of)


def _asked(session: Session, ask: Ask, view_of: Callable[[], View]) -> Reply:
    prepared = unsent(lambda: _prepared(session, ask))
    with Interrupts() as interrupts:
        run = _Run(session, prepared, GuardedView(view_of()), time.monotonic())
        try:
            reply, choice = _settled(run, interrupts)
        except BaseException:
            # A fault of our own, or the third interrupt: the text that arrived is kept.
            run.view.rescue()
            raise
    if reply.error is not None:
        raise reply.error
    if interrupts.came:
        # It came after the last token: Run All still has to stop.
        raise InterruptedAskError("Stopped; the answer above is whole.")
    if run.view.error is not None:
        raise run.view.error
    if choice.code:
        put_next(session, choice.code, is_replayed=reply.source == "replay")
    return reply


@dataclass(frozen=True)
class _Prepared:
    plan: Plan
    notices: tuple[str, ...]
    client: Client | Recorded
    missed: frozenset[str] = frozenset()


def _prepared(session: Session, ask: Ask) -> _Prepared:
    """Decide everything; the user's own code runs here."""
    if ask.names is not None:
        # If reading the caller's variables fails, nothing is left to retry: they are gone then.
        session.last = None
        ask = bound(session, ask)
    if ask.text.strip():
        # What no key keeps from being sent can be asked again too.
        session.last = LastAsk(ask, peeked(session, ask))
    plan = planned(session, ask, send=True)
    if plan.recorded is not None:
        return _Prepared(plan, plan.notices, plan.recorded)
    session.service.prefetch_catalogue()
    missed = missed_by(session, plan)
    asides = (*line_of_missed(missed), *order_notice(session, plan), *line_of_restorable(session))
    return _Prepared(plan, (*plan.notices, *asides), session.service.client(), missed)


def _settled(run: _Run, interrupts: Interrupts) -> tuple[Reply, Choice]:
    run.view.open(opening_of(run.session, run.plan, run.prepared.notices))
    answering, tried = _answered(run, interrupts)
    reply = reply_of(
        run.plan,
        answering,
        stopped=_is_stopped(run, interrupts),
        tried=tried,
        started=run.started,
        now=time.monotonic(),
    )
    reply = told_of_earlier(run.session, run.plan, reply)
    return reply, _settle(run, answering, reply)


@dataclass(frozen=True)
class _Run:
    session: Session
    prepared: _Prepared
    view: GuardedView
    started: float

    @property
    def plan(self) -> Plan:
        return self.prepared.plan

    def progress(self, answering: Reader | Recorded) -> Progress:
        first = answering.first_token
        wait = answering.waiting if isinstance(answering, Reader) else None
        return Progress(
            len(answering.texts) + len(answering.reasonings),
            time.monotonic() - self.started,
            first - self.started if first is not None else None,
            wait.line if wait is not None else "",
        )


def _answered(run: _Run, interrupts: Interrupts) -> tuple[Reader | Recorded, int]:
    """Show the answer as it comes; return it, and how often was tried."""
    if isinstance(run.prepared.client, Recorded):
        _watch(run, run.prepared.client, interrupts)
        return run.prepared.client, 1
    settings, service = run.session.settings, run.session.service
    reader = Reader(
        run.prepared.client,
        run.plan.request,
        limiter=service.limiter,
        nearest=service.nearest,
        tokens=round(run.plan.size * run.session.tokens_per_byte),
        urgent=True,
        timeout=run.plan.options.timeout or settings.timeout,
        tries=settings.tries,
        max_wait=settings.max_wait,
    )
    _watch(run, reader, interrupts)
    run.session.note(run.plan.model, reader.outcome)
    return reader, reader.outcome.tries


def _watch(run: _Run, answering: Reader | Recorded, interrupts: Interrupts) -> None:
    """Draw what comes, at most 20 times a second and within 50 ms; the last frame always."""
    shown, next_frame = [0, 0], 0.0
    try:
        answering.start()
        while not answering.ended.is_set() and not _is_stopped(run, interrupts):
            # Returns at once if something arrived while the last frame was drawn.
            answering.wait(_FRAME, sum(shown))
            answering.ended.wait(max(0.0, next_frame - time.monotonic()))
            next_frame = time.monotonic() + _FRAME
            if not answering.ended.is_set():
                _draw(run, answering, shown)
    finally:
        if not answering.ended.is_set():
            answering.stop()
        answering.close()
    _draw(run, answering, shown)


def _draw(run: _Run, answering: Reader | Recorded, shown: list[int]) -> None:
    counts = len(answering.texts), len(answering.reasonings)
    text = "".join(answering.texts[shown[0] : counts[0]])
    reasoning = "".join(answering.reasonings[shown[1] : counts[1]])
    shown[:] = counts
    if text or reasoning:
        run.view.feed(text, reasoning)
    run.view.progress(run.progress(answering))


def _settle(run: _Run, answering: Reader | Recorded, reply: Reply) -> Choice:
    """Keep the reply, show it settled, and choose the next cell's code."""
    session, plan = run.session, run.plan
    session.keep(reply, plan.ask.options.out)
    session.ledger.add(entry_of(session, plan, reply))
    # Before the answer is shown, whose notices say what the cache can't do; it never costs one.
    with contextlib.suppress(Exception):
        remember(session, plan, answering)
    choice = Choice()
    if not reply.text and reply.error is not None:
        session.requests.pass_by()
        run.view.discard()
    else:
        notices = (*run.prepared.notices, *cut_notice(answering), *session.news(plan.model))
        practice = plan.pending.practice
        before = session.turn_count(practice=practice)
        turn = session.conversations.settle(
            plan.pending,
            prompt=plan.prompt,
            answer=reply.text,
            model=reply.model,
            finish_reason=reply.finish_reason,
            usage=reply.usage.counts if reply.usage else None,
        )
        session.requests.add(plan.request, turn.revision)
        if reply.usage is not None:
            session.learn(plan.size, reply.usage.prompt_tokens)
        # After all is kept: what is chosen from is a model's text.
        choice = chosen(plan.ask, reply)
        settled = settled_of(session, plan, reply, choice=choice, turn=turn, notices=notices)
        # Before it is shown: its own page may be loaded anew from there on.
        mark_reported(session, run.prepared.missed)
        run.view.settle(settled)
        if not isinstance(run.prepared.client, Recorded):
            # An ask that shows nothing must not use the offer up.
            session.restore_offered = True
        grown = session.turn_count(practice=practice) == before + 1
        appended = grown and session.is_last(turn)
        session.settled(turn, settled, in_conversation=not plan.pending.once, appended=appended)
    fault = answering.outcome.fault
    if fault is not None and fault.failed_generation:
        run.view.refused(fault.failed_generation)
    return choice


def _is_stopped(run: _Run, interrupts: Interrupts) -> bool:
    return interrupts.came or run.view.stopped.is_set()
