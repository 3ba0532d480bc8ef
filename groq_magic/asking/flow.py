"""The one flow: from an ask as typed to a finished answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.api.answering import Answering
from groq_magic.api.recorded import Recorded
from groq_magic.api.retry_after import backoff
from groq_magic.api.waiting import line_of
from groq_magic.asking.finishing import Ending, finish
from groq_magic.asking.next_cell import put_next
from groq_magic.asking.output import opening_of
from groq_magic.asking.prepare import prepare
from groq_magic.asking.replies import earlier_stays, reply_of
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts, unsent
from groq_magic.views.answer_facts import Progress
from groq_magic.views.guarded import GuardedView

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.fault import Fault
    from groq_magic.asking.plan import Plan
    from groq_magic.asking.prepare import Prepared
    from groq_magic.assistant import Choice
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session
    from groq_magic.views.guarded import View

__all__ = ["send_ask"]

_FRAME = 0.05
# A service that asks for no pause, or hardly any, must not be hammered.
_SHORTEST_WAIT = 0.25


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
    prepared = unsent(lambda: prepare(session, ask))
    with Interrupts() as interrupts:
        run = _Run(session, prepared, GuardedView(view_of()), time.monotonic())
        try:
            reply, choice = _finished(run, interrupts)
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


def _finished(run: _Run, interrupts: Interrupts) -> tuple[Reply, Choice]:
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
    reply = earlier_stays(run.session, run.plan, reply)
    return reply, finish(Ending(run.session, run.prepared, run.view, answering, reply))


@dataclass(frozen=True)
class _Run:
    session: Session
    prepared: Prepared
    view: GuardedView
    started: float

    @property
    def plan(self) -> Plan:
        return self.prepared.plan

    def progress(self, answering: Answering | Recorded | None, waiting: str = "") -> Progress:
        first = answering.first_token if answering is not None else None
        return Progress(
            len(answering.texts) + len(answering.reasonings) if answering is not None else 0,
            time.monotonic() - self.started,
            first - self.started if first is not None else None,
            waiting,
        )


def _answered(run: _Run, interrupts: Interrupts) -> tuple[Answering | Recorded, int]:
    """Try until an answer has come, or trying again can't help; tell how often was tried."""
    if isinstance(run.prepared.source, Recorded):
        _watch(run, run.prepared.source, interrupts)
        return run.prepared.source, 1
    settings = run.session.settings
    timeout = run.plan.draft.options.timeout or settings.timeout
    asked = run.session.service.asked(run.plan.model, timeout)
    tried = 0
    while True:
        tried += 1
        answering = Answering(run.prepared.source, run.plan.request, asked)
        _watch(run, answering, interrupts)
        run.session.note(run.plan.model, answering.outcome, run.plan.reserved)
        fault = answering.outcome.fault
        done = fault is None or not fault.retry or answering.first_token is not None
        if fault is None or done or _is_stopped(run, interrupts):
            return answering, tried
        # A pause of 0 is not followed: it would flood the service.
        wait = max(_SHORTEST_WAIT, fault.wait or backoff(tried))
        # What a try took that came to nothing was waiting too.
        waited = time.monotonic() - run.started
        if tried >= settings.tries or waited + wait > settings.max_wait:
            return answering, tried
        _count_down(run, fault, wait, tried + 1, interrupts)
        if _is_stopped(run, interrupts):
            return answering, tried


def _watch(run: _Run, answering: Answering | Recorded, interrupts: Interrupts) -> None:
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


def _draw(run: _Run, answering: Answering | Recorded, shown: list[int]) -> None:
    counts = len(answering.texts), len(answering.reasonings)
    text = "".join(answering.texts[shown[0] : counts[0]])
    reasoning = "".join(answering.reasonings[shown[1] : counts[1]])
    shown[:] = counts
    if text or reasoning:
        run.view.feed(text, reasoning)
    run.view.progress(run.progress(answering))


def _count_down(
    run: _Run, fault: Fault, wait: float, next_try: int, interrupts: Interrupts
) -> None:
    until = time.monotonic() + wait
    while (left := until - time.monotonic()) > 0 and not _is_stopped(run, interrupts):
        line = line_of(fault.reason, left, next_try, run.session.settings.tries)
        run.view.progress(run.progress(None, line))
        run.view.stopped.wait(min(left, _FRAME))
    run.view.progress(run.progress(None))


def _is_stopped(run: _Run, interrupts: Interrupts) -> bool:
    return interrupts.came or run.view.stopped.is_set()
