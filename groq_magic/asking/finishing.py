"""The end of an ask, as lists of named steps."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.asking.next_cell import chosen
from groq_magic.asking.notices import mark_reported
from groq_magic.asking.output import output_of
from groq_magic.asking.stored_answer import keep_in_cache
from groq_magic.assistant import CodeChoice
from groq_magic.conversation import messages_of
from groq_magic.ledger.ledger import Entry
from groq_magic.ledger.prices import cost

if TYPE_CHECKING:
    from groq_magic.asking.plan import Plan
    from groq_magic.asking.prepare import PreparedAsk
    from groq_magic.asking.reader import Reader
    from groq_magic.conversation import Turn
    from groq_magic.reply import Reply
    from groq_magic.session.session import Session
    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.guarded_view import GuardedView

__all__ = ["FinishState", "finish"]


@dataclass(repr=False)  # steps leave fields one by one
class FinishState:
    """What the steps work on; a step may use what those before it have left.

    Parameters
    ----------
    session : Session
    prepared : PreparedAsk
    view : GuardedView
    reader : Reader
        With what has come.
    reply : Reply

    Attributes
    ----------
    turn : Turn
    is_appended : bool
        Whether the turn stands behind all others, so that none became stale.
    choice : CodeChoice
        The code for the next cell.
    output : FinishedAnswer
    """

    session: Session
    prepared: PreparedAsk
    view: GuardedView
    reader: Reader
    reply: Reply
    turn: Turn = field(init=False)
    is_appended: bool = field(init=False)
    choice: CodeChoice = field(default_factory=CodeChoice)
    output: FinishedAnswer = field(init=False)

    @property
    def plan(self) -> Plan:
        """What was sent."""
        return self.prepared.plan


def finish(state: FinishState) -> CodeChoice:
    """Keep the reply, show it finished, and return the code for the next cell."""
    came_to_nothing = not state.reply.text and state.reply.error is not None
    for step in (*KEEP, *(NOTHING_CAME if came_to_nothing else SHOW), show_refused_text):
        step(state)
    return state.choice


def put_into_namespace(state: FinishState) -> None:
    """Set `_groq`, and the name of `-o`."""
    state.session.keep(state.reply, state.plan.draft.ask.options.out)


def add_to_ledger(state: FinishState) -> None:
    """Count it for `%groq_usage`."""
    state.session.ledger.add(_entry(state))


def put_into_cache(state: FinishState) -> None:
    """Keep it in the cache; what that can't do never costs an answer."""
    with contextlib.suppress(Exception):
        keep_in_cache(state.session, state.plan, state.reader)


def pass_by_request(state: FinishState) -> None:
    """Leave the request to `%groq_export`, without a turn."""
    state.session.requests.pass_by()


def discard_view(state: FinishState) -> None:
    """Leave nothing on the page: the error says it all."""
    state.view.discard()


def end_turn(state: FinishState) -> None:
    """Make it a turn of the conversation."""
    session, plan, reply = state.session, state.plan, state.reply
    practice = plan.pending.practice
    before = session.conversations.count(practice)
    state.turn = session.conversations.add(
        plan.pending,
        messages_of(plan.draft.prompt, reply.text),
        model=reply.model,
        finish_reason=reply.finish_reason,
        usage=reply.usage.counts if reply.usage else None,
    )
    has_grown = session.conversations.count(practice) == before + 1
    state.is_appended = has_grown and session.conversations.is_last(state.turn)


def add_request(state: FinishState) -> None:
    """Keep the request for `%groq_export`."""
    state.session.requests.add(state.plan.request, state.turn.revision)


def learn_token_size(state: FinishState) -> None:
    """Learn how many tokens a text takes."""
    if (usage := state.reply.usage) is not None:
        state.session.learn(state.plan.size, usage.prompt_tokens)


def choose_next_cell(state: FinishState) -> None:
    """Choose the code for the next cell, from what is a model's text."""
    state.choice = chosen(state.plan.draft.ask, state.reply)


def make_output(state: FinishState) -> None:
    """Make the finished output, with all that is to be read above it."""
    session, plan = state.session, state.plan
    state.output = output_of(
        session,
        plan,
        state.reply,
        choice=state.choice,
        turn=state.turn,
        notices=(*state.prepared.notices, *_cut_notice(state), *session.news(plan.model)),
        saved_reasoning=state.prepared.saved_reasoning,
    )


def mark_missed(state: FinishState) -> None:
    """Note that the missed answers were named: the page may be loaded anew from here on."""
    mark_reported(state.session, state.prepared.missed)


def show_output(state: FinishState) -> None:
    """Show it in place of what has streamed."""
    state.view.finish(state.output)


def use_restore_offer(state: FinishState) -> None:
    """Note that answers above were offered; an ask without a request has offered nothing."""
    if state.reader.source == "service":
        state.session.restore_offered = True


def update_bars(state: FinishState) -> None:
    """Show in other bars what this turn made stale."""
    state.session.finished(
        state.turn,
        state.output,
        in_conversation=not state.plan.pending.once,
        appended=state.is_appended,
    )


def show_refused_text(state: FinishState) -> None:
    """Show what the model wrote and the service refused."""
    fault = state.reader.outcome.fault
    if fault is not None and fault.failed_generation:
        state.view.refused(fault.failed_generation)


Step = Callable[[FinishState], None]
# First all that must not be lost: a fault of a later step costs no answer.
KEEP: tuple[Step, ...] = (put_into_namespace, add_to_ledger, put_into_cache)
NOTHING_CAME: tuple[Step, ...] = (pass_by_request, discard_view)
SHOW: tuple[Step, ...] = (
    end_turn,
    add_request,
    learn_token_size,
    choose_next_cell,
    make_output,
    mark_missed,
    show_output,
    use_restore_offer,
    update_bars,
)


def _cut_notice(state: FinishState) -> tuple[str, ...]:
    """Return the line that says why the service gave an answer up, where it did."""
    cut = state.reader.outcome.cut
    return (f"The service ended the answer early: {cut}",) if cut else ()


def _entry(state: FinishState) -> Entry:
    """Return the ask as the ledger holds it."""
    reply, practice = state.reply, state.plan.pending.practice
    timing = reply.timing
    free = practice or reply.source != "service"
    return Entry(
        number=len(state.session.ledger) + 1,
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
