"""Send one ask and show its answer: prepare, read, draw, finish."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.asking.ask_run import AskRun
from groq_magic.asking.finishing import FinishState, finish
from groq_magic.asking.next_cell import can_replace, insert_below, replacement_of
from groq_magic.asking.output import opening_of
from groq_magic.asking.prepare import prepare
from groq_magic.asking.replies import mention_earlier_answer, reply_of
from groq_magic.asking.rounds import read_rounds
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts, interruptible
from groq_magic.views.guarded_view import GuardedView

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.asking.reader import Reader
    from groq_magic.assistant import CodeChoice
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session
    from groq_magic.views.guarded_view import View

__all__ = ["send_ask"]


def send_ask(session: Session, ask: Ask, view_of: Callable[[], View]) -> Reply:
    """Send an ask, show its answer as it arrives, and finish it.

    With `--cell` the answer's code goes into the next cell; the bar reports it if there is no code.

    Parameters
    ----------
    session : Session
    ask : Ask
    view_of : callable
        Returns a new view; called when the ask is ready to be sent.

    Returns
    -------
    Reply
        The answer; it is `_groq` as well.

    Raises
    ------
    GroqMagicError
        When it could not be sent, or failed. `_groq` then has the text so far.
    """
    session.executions.refuse_in_tool()
    with session.service.key_found_once():
        return _run_ask(session, ask, view_of)


def _run_ask(session: Session, ask: Ask, view_of: Callable[[], View]) -> Reply:
    prepared = interruptible(lambda: prepare(session, ask))
    with Interrupts() as interrupts:
        run = AskRun(session, prepared, GuardedView(view_of()), interrupts)
        try:
            reply, choice = _read_and_finish(run)
        except BaseException:
            # A fault of our own, or the third interrupt: the text that arrived is kept.
            run.view.rescue()
            raise
    if reply.error is not None:
        raise reply.error
    if interrupts.came:
        # The interrupt came after the last token: Run All still has to stop.
        raise InterruptedAskError("Stopped; the answer above is complete.")
    if run.view.error is not None:
        raise run.view.error
    if choice.code:
        # If no page can replace cells now, one that loads later must not do it either.
        is_in_place = ask.in_place and can_replace(session)
        replaces = replacement_of(session, choice) if is_in_place else None
        insert_below(session, choice.code, replaces)
    return reply


def _read_and_finish(run: AskRun) -> tuple[Reply, CodeChoice]:
    run.view.open(opening_of(run.session, run.plan, run.prepared.notices))
    run, reader = _read_answer(run)
    rounds = read_rounds(run, reader)
    reply = reply_of(run.plan, rounds, started=run.started, now=time.monotonic())
    reply = mention_earlier_answer(run.session, run.plan, reply)
    return reply, finish(FinishState(rounds, reply))


def _read_answer(run: AskRun) -> tuple[AskRun, Reader]:
    """Read the model's answer, or the saved one if the model's does not begin in time."""
    reader, patience = run.reader(), run.session.stored_answers.patience
    is_late = run.watch(reader, patience if run.prepared.fallback else None)
    outcome = reader.outcome
    has_begun = reader.first_token is not None or outcome.finish_reason is not None
    if run.prepared.fallback is None or run.is_stopped or (has_begun and not is_late):
        return run, reader
    why = f"No first token after {patience:g} s."
    if not is_late:
        why = outcome.fault.error.happened if outcome.fault else "The reply ended before any text."
    # The request without an answer was sent, and counts.
    run.session.note(run.plan.model, outcome)
    run.log(reader)
    run = replace(run, prepared=run.prepared.with_fallback(f"{why} This is the saved answer."))
    reader = run.reader()
    run.watch(reader)
    return run, reader
