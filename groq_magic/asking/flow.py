"""Send one ask and show its answer: prepare, read, draw, finish."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from groq_magic.api.send import send
from groq_magic.asking.finishing import FinishState, finish, log_request
from groq_magic.asking.next_cell import can_replace, insert_below, replacement_of
from groq_magic.asking.output import opening_of
from groq_magic.asking.prepare import prepare
from groq_magic.asking.reader import Reader
from groq_magic.asking.replies import earlier_stays, reply_of
from groq_magic.asking.stored_answer import StoredAnswer
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts, unsent
from groq_magic.views.answer_facts import Progress
from groq_magic.views.guarded_view import GuardedView

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.asking.plan import Plan
    from groq_magic.asking.prepare import PreparedAsk
    from groq_magic.assistant import CodeChoice
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session
    from groq_magic.views.guarded_view import View

__all__ = ["send_ask"]

_FRAME = 0.05


def send_ask(session: Session, ask: Ask, view_of: Callable[[], View]) -> Reply:
    """Send an ask, show its answer as it arrives, and finish it.

    With `--cell` the answer's code goes into the next cell; the bar reports it if there is none.

    Parameters
    ----------
    session : Session
    ask : Ask
    view_of : callable
        Makes the view; called when the ask is ready to be sent.

    Returns
    -------
    Reply
        The answer; it is `_groq` as well.

    Raises
    ------
    GroqMagicError
        When it could not be sent, or failed: then `_groq` contains the text so far.
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
        # The interrupt came after the last token: Run All still has to stop.
        raise InterruptedAskError("Stopped; the answer above is whole.")
    if run.view.error is not None:
        raise run.view.error
    if choice.code:
        # The answer says where no page can do it: one that loads later replaces nothing either.
        is_in_place = ask.in_place and can_replace(session)
        replaces = replacement_of(session, choice) if is_in_place else None
        insert_below(session, choice.code, replaces)
    return reply


def _finished(run: _Run, interrupts: Interrupts) -> tuple[Reply, CodeChoice]:
    run.view.open(opening_of(run.session, run.plan, run.prepared.notices))
    run, reader = _answered(run, interrupts)
    if reader.source == "service":
        run.session.note(run.plan.model, reader.outcome)
    reply = reply_of(
        run.plan,
        reader,
        stopped=_is_stopped(run, interrupts),
        started=run.started,
        now=time.monotonic(),
    )
    reply = earlier_stays(run.session, run.plan, reply)
    return reply, finish(FinishState(run.session, run.prepared, run.view, reader, reply))


@dataclass(frozen=True)
class _Run:
    session: Session
    prepared: PreparedAsk
    view: GuardedView
    started: float

    @property
    def plan(self) -> Plan:
        return self.prepared.plan

    def progress(self, reader: Reader) -> Progress:
        first, wait = reader.first_token, reader.waiting
        return Progress(
            len(reader.texts) + len(reader.reasonings),
            time.monotonic() - self.started,
            first - self.started if first is not None else None,
            wait.line if wait is not None else "",
        )


def _answered(run: _Run, interrupts: Interrupts) -> tuple[_Run, Reader]:
    """Read the answer; or the spare one, if the model's does not begin in time."""
    reader, patience = _reader(run), run.session.stored_answers.patience
    is_late = _watch(run, reader, interrupts, patience if run.prepared.spare else None)
    outcome = reader.outcome
    has_begun = reader.first_token is not None or outcome.finish_reason is not None
    if run.prepared.spare is None or _is_stopped(run, interrupts) or (has_begun and not is_late):
        return run, reader
    why = f"No first token after {patience:g} s."
    if not is_late:
        why = outcome.fault.error.happened if outcome.fault else "The reply ended before any text."
    # The request that gave no answer counts, and its data was sent.
    run.session.note(run.plan.model, outcome)
    log_request(run.session, run.prepared, reader)
    run = replace(run, prepared=run.prepared.with_spare(f"{why} This is the saved answer."))
    reader = _reader(run)
    _watch(run, reader, interrupts)
    return run, reader


def _reader(run: _Run) -> Reader:
    """Return the reader of the answer: from the service, or of a stored answer."""
    source, session = run.prepared.source, run.session
    if isinstance(source, StoredAnswer):
        return Reader(source.read, source.source)
    settings = session.settings
    return Reader(
        partial(
            send,
            run.plan.request,
            client=source,
            limiter=session.service.limiter,
            nearest=session.service.nearest,
            tokens=session.estimate.of_request(run.plan.request["messages"]),
            urgent=True,
            timeout=run.plan.draft.options.timeout or settings.timeout,
            tries=settings.tries,
            max_wait=settings.max_wait,
        )
    )


def _watch(
    run: _Run, reader: Reader, interrupts: Interrupts, patience: float | None = None
) -> bool:
    """Draw the answer as it arrives, at most 20 times a second; always draw the last frame.

    Returns
    -------
    bool
        Whether it was given up, because no token came within `patience` seconds.
    """
    shown, next_frame, is_late = [0, 0], 0.0, False
    try:
        reader.start()
        while not (reader.ended.is_set() or is_late or _is_stopped(run, interrupts)):
            # Returns at once if something arrived while the last frame was drawn.
            reader.wait(_FRAME, sum(shown))
            reader.ended.wait(max(0.0, next_frame - time.monotonic()))
            next_frame = time.monotonic() + _FRAME
            late = patience is not None and time.monotonic() - run.started > patience
            is_late = late and reader.first_token is None and not reader.ended.is_set()
            if not (is_late or reader.ended.is_set()):
                _draw(run, reader, shown)
    finally:
        if not reader.ended.is_set():
            reader.stop()
        reader.close()
    if not is_late:
        _draw(run, reader, shown)
    return is_late


def _draw(run: _Run, reader: Reader, shown: list[int]) -> None:
    counts = len(reader.texts), len(reader.reasonings)
    text = "".join(reader.texts[shown[0] : counts[0]])
    reasoning = "".join(reader.reasonings[shown[1] : counts[1]])
    shown[:] = counts
    if text or reasoning:
        run.view.feed(text, reasoning)
    run.view.progress(run.progress(reader))


def _is_stopped(run: _Run, interrupts: Interrupts) -> bool:
    return interrupts.came or run.view.stopped.is_set()
