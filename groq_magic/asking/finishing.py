"""Finish an ask, in named steps: keep the reply, make the turn, show the answer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.asking.code_below import code_sha_of
from groq_magic.asking.next_cell import choose_code
from groq_magic.asking.notices import mark_reported
from groq_magic.asking.output import output_of
from groq_magic.asking.stored_answer import StoredAnswer, keep_in_cache
from groq_magic.assistant import Attempt, CodeChoice
from groq_magic.conversation import messages_of, sha_of
from groq_magic.ledger.ledger import Entry
from groq_magic.ledger.request_history import AskLabel
from groq_magic.ledger.usage import cost
from groq_magic.practice import without_fold
from groq_magic.prompt import UNKNOWN_LIMITS

if TYPE_CHECKING:
    from groq_magic.asking.plan import Plan
    from groq_magic.asking.prepare import PreparedAsk
    from groq_magic.asking.reader import Reader
    from groq_magic.asking.rounds import Rounds
    from groq_magic.conversation import PromptData, Turn
    from groq_magic.reply import Reply
    from groq_magic.session.session import Session
    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.guarded_view import GuardedView

__all__ = ["FinishState", "finish"]


@dataclass(repr=False)  # each step sets its fields
class FinishState:
    """The data that the steps share; a step may use what earlier steps have set.

    Parameters
    ----------
    rounds : Rounds
        The exchanges, with the text so far.
    reply : Reply

    Attributes
    ----------
    turn : Turn
    is_appended : bool
        Whether the turn is the last one, so that no later one became stale.
    choice : CodeChoice
        The code for the next cell.
    output : FinishedAnswer
    """

    rounds: Rounds
    reply: Reply
    turn: Turn = field(init=False)
    is_appended: bool = field(init=False)
    choice: CodeChoice = field(default_factory=CodeChoice)
    output: FinishedAnswer = field(init=False)

    @property
    def session(self) -> Session:
        """The session."""
        return self.rounds.run.session

    @property
    def prepared(self) -> PreparedAsk:
        """The prepared ask."""
        return self.rounds.run.prepared

    @property
    def view(self) -> GuardedView:
        """The view that shows the answer."""
        return self.rounds.run.view

    @property
    def plan(self) -> Plan:
        """The plan of the ask."""
        return self.prepared.plan

    @property
    def reader(self) -> Reader:
        """The reader of the last exchange."""
        return self.rounds.last


def finish(state: FinishState) -> CodeChoice:
    """Run the steps and return the code for the next cell."""
    reply = state.reply
    has_no_answer = reply.error is not None and not reply.text and not reply.tool_calls
    for step in (*KEEP, *(NO_ANSWER if has_no_answer else SHOW), show_refused_text):
        step(state)
    return state.choice


def put_into_namespace(state: FinishState) -> None:
    """Set `_groq`, and the name of `-o`."""
    state.session.keep(state.reply, state.plan.draft.ask.options.out)


def add_to_ledger(state: FinishState) -> None:
    """Record the usage for `%groq_usage`."""
    state.session.ledger.add(_entry(state))


def write_log(state: FinishState) -> None:
    """Write the last exchange into the request log."""
    state.rounds.run.log(state.reader)


def put_into_cache(state: FinishState) -> None:
    """Put the answer into the cache; if the cache fails, the answer is still shown."""
    if state.reply.error is not None:
        return
    with contextlib.suppress(Exception):
        keep_in_cache(state.session, state.plan, state.reader)


def note_unanswered(state: FinishState) -> None:
    """Note for `%groq_export` that this ask has no answer to export."""
    state.session.requests.note_failure()


def discard_view(state: FinishState) -> None:
    """Remove the view: the error is enough."""
    state.view.discard()


def end_turn(state: FinishState) -> None:
    """Add the turn to the conversation."""
    session, plan, reply = state.session, state.plan, state.reply
    practice, source = plan.pending.practice, state.prepared.source
    before = session.conversations.count(practice)
    state.turn = session.conversations.add(
        plan.pending,
        messages_of(
            plan.draft.prompt,
            without_fold(reply.text) if practice else reply.text,
            state.rounds.messages,
        ),
        model=reply.model,
        finish_reason=reply.finish_reason,
        usage=reply.usage.counts if reply.usage else None,
        typed=plan.draft.as_saved(plan.draft.ask.text.strip()),
        data=_data_of(state),
        prompt_sha=sha_of(plan.draft.ask.identity),
        saved_above=source.above_sha if isinstance(source, StoredAnswer) else None,
    )
    has_grown = session.conversations.count(practice) == before + 1
    state.is_appended = has_grown and session.conversations.is_last(state.turn)


def add_request(state: FinishState) -> None:
    """Keep the request for `%groq_export`."""
    turn = state.turn
    label = AskLabel(turn.typed, turn.cell_number)
    # The request includes the results of the calls, so the code needs no functions.
    request = state.rounds.request if state.rounds.messages else state.plan.request
    state.session.requests.add(request, turn.revision, label)


def learn_token_size(state: FinishState) -> None:
    """Calibrate the estimate of tokens by the usage of a model's answer."""
    usage, plan = state.reply.usage, state.plan
    if usage is None or state.reply.source != "service" or plan.pending.practice:
        return
    if len(state.rounds.readers) == 1:
        state.session.estimate.learn(plan.request, usage.prompt_tokens)


def choose_next_cell(state: FinishState) -> None:
    """Choose the code for the next cell; remember a fix, which may fail again."""
    composed = state.plan.draft.ask.composed
    choice = state.choice = choose_code(state.session, state.plan.draft.ask, state.reply)
    if state.rounds.tools.code:
        state.choice = CodeChoice(state.rounds.tools.code)
        return
    if composed is not None and choice.cell is not None and choice.code:
        attempt = Attempt(choice.cell, composed.error, choice.code, composed.privacy)
        state.session.failures.add_attempt(attempt)


def make_output(state: FinishState) -> None:
    """Build the finished output, with the notices above it."""
    session, plan = state.session, state.plan
    state.output = output_of(
        session,
        plan,
        state.reply,
        choice=state.choice,
        turn=state.turn,
        notices=(*state.prepared.notices, *_cut_notice(state), *session.due_notices(plan.model)),
        saved_reasoning=state.prepared.saved_reasoning,
        code_sha=_code_sha(state),
    )


def mark_missed(state: FinishState) -> None:
    """Note that the missed answers were reported."""
    mark_reported(state.session, state.prepared.missed)


def show_output(state: FinishState) -> None:
    """Replace the streamed view by the finished output."""
    state.view.finish(state.output)
    state.session.note_shown(state.reply)


def end_restore_offer(state: FinishState) -> None:
    """Offer saved turns no more, if this ask offered them or its answer came from the service."""
    if state.reader.source == "service" or state.prepared.offers_restore:
        state.session.restore_offered = True


def update_bars(state: FinishState) -> None:
    """Mark the answers that this turn made stale."""
    state.session.add_answer(
        state.turn,
        state.output,
        in_conversation=not state.plan.pending.once,
        appended=state.is_appended,
    )


def show_refused_text(state: FinishState) -> None:
    """Show the text that the model wrote and the service refused."""
    fault = state.reader.outcome.fault
    if fault is not None and fault.failed_generation:
        state.view.refused(fault.failed_generation)


Step = Callable[[FinishState], None]
# The reply is kept first, so that a failure of a later step loses nothing.
KEEP: tuple[Step, ...] = (put_into_namespace, add_to_ledger, write_log, put_into_cache)
NO_ANSWER: tuple[Step, ...] = (note_unanswered, discard_view)
SHOW: tuple[Step, ...] = (
    end_turn,
    add_request,
    learn_token_size,
    choose_next_cell,
    make_output,
    mark_missed,
    show_output,
    end_restore_offer,
    update_bars,
)


def _data_of(state: FinishState) -> PromptData:
    """Return the turn's data; the data in the request of a replayed answer is unknown."""
    data, source = state.plan.data, state.prepared.source
    if state.rounds.messages:
        # Results of tool calls are data too.
        data = replace(data, seen=state.session.privacy().joined(data.seen))
    if not isinstance(source, StoredAnswer) or source.source != "replay":
        return data
    options = state.plan.draft.options
    had_data = data.seen is not None or options.tools or options.run_code
    return replace(data, seen=UNKNOWN_LIMITS) if had_data else data


def _code_sha(state: FinishState) -> str | None:
    """Return the SHA-256 of the code that ran for the answer, None for none."""
    source, code = state.prepared.source, state.rounds.tools.code
    if isinstance(source, StoredAnswer):
        return source.code_sha
    return code_sha_of(code) if code else None


def _cut_notice(state: FinishState) -> tuple[str, ...]:
    """Return the notice that the service ended the answer early, if it did."""
    cut = state.reader.outcome.cut
    return (f"The service ended the answer early: {cut}",) if cut else ()


def _entry(state: FinishState) -> Entry:
    """Return the ask's entry in the ledger."""
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
