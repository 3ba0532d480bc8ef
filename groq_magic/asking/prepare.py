"""Prepare an ask: its draft, a stored answer if there is one, key, catalogue and plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.api.models import ALIASES
from groq_magic.asking.code_below import lacks_input, refuse_without_input, result_below_code
from groq_magic.asking.draft import bound, draft
from groq_magic.asking.images import model_for_images, refuse_without_vision
from groq_magic.asking.notices import (
    line_of_images,
    line_of_left_out,
    line_of_missed,
    line_of_restorable,
    missed_by,
    order_notice,
)
from groq_magic.asking.plan import Plan, PlanInputs, plan
from groq_magic.asking.stored_answer import (
    ReplayResult,
    StoredAnswer,
    cached_answer,
    is_cached,
    replay_result,
)
from groq_magic.asking.tool_approval import can_approve, no_approval_error

if TYPE_CHECKING:
    from groq_magic.api.client import Client
    from groq_magic.api.models import Model
    from groq_magic.asking.draft import Draft
    from groq_magic.conversation import PendingTurn, SavedTurn
    from groq_magic.options import AskOptions
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["PreparedAsk", "dry_run", "prepare"]

# A limit seen longer ago may have been raised since: it refuses nothing.
_FRESH = 3600.0  # seconds


@dataclass(frozen=True)
class PreparedAsk:
    """An ask that is ready to be sent, or to be answered from storage.

    Parameters
    ----------
    plan : Plan
    notices : tuple of str
        The lines above the answer.
    source : Client or StoredAnswer
        Where the answer comes from.
    missed : frozenset of str
        The slots of answers that the notices report as missed.
    saved_reasoning : str
        Safe HTML of the reasoning that a replayed answer was saved with, "" for none.
    spare : ReplayResult or None
        The saved answer, used if the model gives none.
    offers_restore : bool
        Whether the notices offer saved turns.
    """

    plan: Plan
    notices: tuple[str, ...]
    source: Client | StoredAnswer
    missed: frozenset[str] = frozenset()
    saved_reasoning: str = ""
    spare: ReplayResult | None = None
    offers_restore: bool = False

    def with_spare(self, why: str) -> PreparedAsk:
        """Return the ask as the saved answer answers it, with a notice that gives the reason."""
        spare = self.spare
        if spare is None or spare.answer is None:
            return self
        notices = (*self.notices, why, *spare.notices(self.plan.draft))
        return replace(
            self,
            plan=replace(self.plan, pending=spare.pending or self.plan.pending),
            notices=notices,
            source=spare.answer,
            saved_reasoning=spare.reasoning,
            spare=None,
        )


def prepare(session: Session, ask: Ask) -> PreparedAsk:
    """Prepare an ask without sending anything; the user's own code may run here.

    Raises
    ------
    PromptError
        When the prompt is empty, or contains a misspelt name.
    TooLargeError
        When it fits neither the window nor the tokens a minute.
    ApiKeyError
        When there is no key, and no answer without one.
    NotebookError
        When replay is on and has no answer, and there is no key.
    """
    ask = _kept(session, ask)
    session.order_turns()
    begun = draft(session, ask)
    found = replay_result(session, begun, _turn(session, begun))
    if found.answer is None:
        below = result_below_code(session, begun, _turn(session, begun))
        found = below if below.answer is not None else found
    if found.answer is None:
        refuse_without_input(session, begun)
    spare = replace(found, pending=_turn(session, begun, found)) if found.is_spare else None
    if lacks_input(session, begun) or not can_approve(session, begun.tools):
        if found.answer is None:
            raise no_approval_error()
        # The model can't be asked, so the saved answer is no spare.
        spare = None
    found = ReplayResult() if spare else found
    if found.answer is None and not is_cached(begun.options):
        session.service.client()
    # With a spare answer nothing waits for the list of models.
    made = plan(begun, _facts(session, begun, found, fetch=spare is None))
    # Without a stored answer a key is required.
    source = found.answer or cached_answer(session, made) or session.service.client()
    made = replace(made, pending=_turn(session, begun, found, is_begun=True))
    lines = (*_line_of_left_out(made), *found.notices(begun))
    notices = (*begun.notices, *map(begun.secrets.hidden, lines))
    if isinstance(source, StoredAnswer):
        return PreparedAsk(made, notices, source, saved_reasoning=found.reasoning)
    session.service.prefetch_catalogue()
    missed = missed_by(session, made)
    offer = line_of_restorable(session)
    more = (*line_of_missed(missed), *order_notice(session, made), *offer)
    notices = (*notices, *line_of_images(made), *more)
    return PreparedAsk(made, notices, source, missed, spare=spare, offers_restore=bool(offer))


def dry_run(session: Session, ask: Ask) -> Plan:
    """Return what would be sent; changes nothing, asks for no key, fetches no models.

    Raises
    ------
    PromptError, TooLargeError
        As `prepare`.
    """
    session.order_turns()
    begun = draft(session, ask)
    return plan(begun, _facts(session, begun, ReplayResult(), fetch=False))


def _line_of_left_out(made: Plan) -> tuple[str, ...]:
    return line_of_left_out(made.earlier.left_out, made.earlier.answers_left_out)


def _kept(session: Session, ask: Ask) -> Ask:
    """Keep the ask for `%groq_retry`, which also repeats an ask that failed for want of a key."""
    if ask.names is not None or ask.options.image:
        # If reading the caller's values fails, there is nothing to retry.
        session.last = None
        ask = bound(session, ask)
    if ask.text.strip():
        options = ask.options.over(session.settings.defaults())
        pending = _pending(session, ask, options)
        # A retry from another cell takes the same place.
        options = replace(ask.options, conversation=pending.conversation)
        session.last = replace(ask, options=options, replaces=pending.key)
    return ask


def _turn(
    session: Session, begun: Draft, found: ReplayResult | None = None, *, is_begun: bool = False
) -> PendingTurn:
    saved = found.saved if found is not None else None
    return _pending(session, begun.ask, begun.options, saved, is_begun=is_begun)


def _pending(
    session: Session,
    ask: Ask,
    options: AskOptions,
    saved: SavedTurn | None = None,
    *,
    is_begun: bool = False,
) -> PendingTurn:
    """Return the pending turn of an ask; only one that will be sent takes a number.

    The turn of a replayed answer belongs to practice mode if the answer does.
    """
    execution = session.executions.present
    return session.conversations.begin(
        execution.cell,
        session.shell.execution_count,
        conversation=options.conversation or session.settings.conversation,
        practice=saved.practice if saved is not None else session.service.in_practice,
        once=options.once,
        replaces=ask.replaces,
        run=execution.run,
        is_sent=is_begun,
        cell_number=execution.number,
    )


def _facts(session: Session, begun: Draft, found: ReplayResult, *, fetch: bool) -> PlanInputs:
    named = _model_named(session, begun)
    model, known = _model(session, named, found, fetch=fetch, has_images=bool(begun.images))
    if begun.images and found.saved is None:
        refuse_without_vision(known, session.service.catalogue())
    minute = session.service.limiter.limits_of(model).get("TPM")
    is_fresh = minute is not None and time.time() - minute.seen < _FRESH
    return PlanInputs(
        model,
        known,
        _turn(session, begun, found),
        minute.limit if minute is not None and is_fresh else None,
        session.settings.history_share,
        session.estimate.per_byte,
        session.earlier.without,
        session.privacy(),
        is_for_images=found.saved is None and named != _model_set(session, begun),
    )


def _model_set(session: Session, begun: Draft) -> str:
    """Return the model as set for the ask or the session, an id or a task."""
    return begun.options.model or session.settings.model


def _model_named(session: Session, begun: Draft) -> str:
    """Return the model to ask, an id or a task: with images one that sees, unless one is given."""
    name = _model_set(session, begun)
    if not begun.images or begun.ask.options.model is not None:
        return name
    return model_for_images(name, session.service.catalogue())


def _model(
    session: Session, named: str, found: ReplayResult, *, fetch: bool, has_images: bool
) -> tuple[str, Model | None]:
    # A replayed answer keeps its model, whichever one a task means now.
    name = found.saved.model if found.saved else named
    # Which models take images, as which one a task means, only the service's list says.
    if (name not in ALIASES and not has_images) or found.saved:
        return name, session.service.catalogue().get(name)
    service = session.service
    live = fetch and service.key_now() is not None
    catalogue = service.fetched_catalogue() if live else service.catalogue()
    chosen = catalogue.resolve(name)
    return chosen, catalogue.get(chosen)
