"""Prepare an ask: its draft, a stored answer if there is one, key, catalogue and plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.api.models import ALIASES
from groq_magic.asking.code_below import lacks_input, refuse_without_input, result_below_code
from groq_magic.asking.draft import make_draft, with_caller_values
from groq_magic.asking.images import model_for_images, refuse_without_vision
from groq_magic.asking.notices import (
    missed_by,
    notice_of_images,
    notice_of_left_out,
    notice_of_missed,
    notice_of_order,
    notice_of_restorable,
)
from groq_magic.asking.plan import Plan, PlanInputs, make_plan
from groq_magic.asking.stored_answer import (
    ReplayResult,
    StoredAnswer,
    cached_answer,
    is_cached,
    replay_result,
)
from groq_magic.asking.tool_approval import can_approve, no_approval_error
from groq_magic.assistant.values import code_kind
from groq_magic.clipping import clip
from groq_magic.errors import OptionError

if TYPE_CHECKING:
    from groq_magic.api.client import Client
    from groq_magic.api.models import Model
    from groq_magic.asking.draft import Draft
    from groq_magic.conversation import PendingTurn, SavedTurn
    from groq_magic.options import AskOptions
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["PreparedAsk", "plan_dry_run", "prepare"]

# An older limit is ignored: it may have been raised since.
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
        The source of the answer.
    missed : frozenset of str
        The slots of answers that the notices report as missed.
    saved_reasoning : str
        Safe HTML of the reasoning saved with a replayed answer, "" for none.
    fallback : ReplayResult or None
        The saved answer, used if the model gives none.
    offers_restore : bool
        Whether the notices offer saved turns.
    """

    plan: Plan
    notices: tuple[str, ...]
    source: Client | StoredAnswer
    missed: frozenset[str] = frozenset()
    saved_reasoning: str = ""
    fallback: ReplayResult | None = None
    offers_restore: bool = False

    def with_fallback(self, why: str) -> PreparedAsk:
        """Return the ask with the saved answer as its source, and a notice of the reason."""
        fallback = self.fallback
        if fallback is None or fallback.answer is None:
            return self
        notices = (*self.notices, why, *fallback.notices(self.plan.draft))
        return replace(
            self,
            plan=replace(self.plan, pending=fallback.pending or self.plan.pending),
            notices=notices,
            source=fallback.answer,
            saved_reasoning=fallback.reasoning,
            fallback=None,
        )


def prepare(session: Session, ask: Ask) -> PreparedAsk:
    """Prepare an ask without sending anything; the user's own code may run here.

    Raises
    ------
    OptionError
        When `-o` names a module, a class, a function or another callable object.
    PromptError
        When the prompt is empty, or contains a misspelt name.
    TooLargeError
        When it exceeds the window or the tokens a minute.
    ApiKeyError
        When there is no key, and no answer without one.
    NotebookError
        When replay is on and has no answer, and there is no key.
    """
    ask = _keep_for_retry(session, ask)
    _refuse_to_replace_code(session, ask.options.out)
    session.order_turns()
    draft = make_draft(session, ask)
    found = replay_result(session, draft, _turn(session, draft))
    if found.answer is None:
        below = result_below_code(session, draft, _turn(session, draft))
        found = below if below.answer is not None else found
    if found.answer is None:
        refuse_without_input(session, draft)
    fallback = replace(found, pending=_turn(session, draft, found)) if found.is_fallback else None
    if lacks_input(session, draft) or not can_approve(session, draft.tools):
        if found.answer is None:
            raise no_approval_error()
        # The model can't be asked, so the saved answer is no fallback.
        fallback = None
    found = ReplayResult() if fallback else found
    if found.answer is None and not is_cached(draft.options):
        session.service.client()
    # With a fallback nothing waits for the list of models.
    plan = make_plan(draft, _facts(session, draft, found, fetch=fallback is None))
    # Without a stored answer a key is required.
    source = found.answer or cached_answer(session, plan) or session.service.client()
    plan = replace(plan, pending=_turn(session, draft, found, is_sent=True))
    left_out = notice_of_left_out(plan.earlier.left_out, plan.earlier.answers_left_out)
    lines = (*left_out, *found.notices(draft))
    notices = (*draft.notices, *map(draft.secrets.hide, lines))
    if isinstance(source, StoredAnswer):
        return PreparedAsk(plan, notices, source, saved_reasoning=found.reasoning)
    session.service.prefetch_catalogue()
    missed = missed_by(session, plan)
    offer = notice_of_restorable(session)
    more = (*notice_of_missed(missed), *notice_of_order(session, plan), *offer)
    notices = (*notices, *notice_of_images(plan), *more)
    return PreparedAsk(plan, notices, source, missed, fallback=fallback, offers_restore=bool(offer))


def plan_dry_run(session: Session, ask: Ask) -> Plan:
    """Return what would be sent; changes nothing, asks for no key, fetches no models.

    Raises
    ------
    PromptError, TooLargeError
        As `prepare`.
    """
    session.order_turns()
    draft = make_draft(session, ask)
    return make_plan(draft, _facts(session, draft, ReplayResult(), fetch=False))


def _refuse_to_replace_code(session: Session, name: str | None) -> None:
    if name and (kind := code_kind(session.namespace.get(name))):
        raise OptionError(f"`{clip(name, 60)}` is a {kind}.", "Choose another name: `-o answer`.")


def _keep_for_retry(session: Session, ask: Ask) -> Ask:
    """Keep the ask for `%groq_retry`, which also repeats an ask that failed without a key."""
    if ask.names is not None or ask.options.image:
        # If reading the caller's values fails, there is nothing to retry.
        session.last = None
        ask = with_caller_values(session, ask)
    if ask.text.strip():
        options = ask.options.over(session.settings.defaults())
        pending = _pending(session, ask, options)
        # A retry from another cell takes the same place.
        options = replace(ask.options, conversation=pending.conversation)
        session.last = replace(ask, options=options, replaces=pending.key)
    return ask


def _turn(
    session: Session, draft: Draft, found: ReplayResult | None = None, *, is_sent: bool = False
) -> PendingTurn:
    saved = found.saved if found is not None else None
    return _pending(session, draft.ask, draft.options, saved, is_sent=is_sent)


def _pending(
    session: Session,
    ask: Ask,
    options: AskOptions,
    saved: SavedTurn | None = None,
    *,
    is_sent: bool = False,
) -> PendingTurn:
    """Return the pending turn of an ask; only one that will be sent takes a number.

    The turn of a replayed answer belongs to practice mode if the answer does.
    """
    execution = session.executions.current
    return session.conversations.begin(
        execution.cell,
        session.shell.execution_count,
        conversation=options.conversation or session.settings.conversation,
        practice=saved.practice if saved is not None else session.service.in_practice,
        once=options.once,
        replaces=ask.replaces,
        run=execution.run,
        is_sent=is_sent,
        cell_number=execution.number,
    )


def _facts(session: Session, draft: Draft, found: ReplayResult, *, fetch: bool) -> PlanInputs:
    named = _model_named(session, draft)
    model, known = _model(session, named, found, fetch=fetch, has_images=bool(draft.images))
    if draft.images and found.saved is None:
        refuse_without_vision(known, session.service.catalogue())
    minute = session.service.limiter.limits_of(model).get("TPM")
    is_fresh = minute is not None and time.time() - minute.seen < _FRESH
    return PlanInputs(
        model,
        known,
        _turn(session, draft, found),
        minute.limit if minute is not None and is_fresh else None,
        session.settings.history_share,
        session.estimate.per_byte,
        session.earlier.without,
        session.privacy(),
        is_for_images=found.saved is None and named != _model_set(session, draft),
    )


def _model_set(session: Session, draft: Draft) -> str:
    """Return the model set for the ask or the session, an id or a task."""
    return draft.options.model or session.settings.model


def _model_named(session: Session, draft: Draft) -> str:
    """Return the model to ask, an id or a task; with images one that reads them, unless given."""
    name = _model_set(session, draft)
    if not draft.images or draft.ask.options.model is not None:
        return name
    return model_for_images(name, session.service.catalogue())


def _model(
    session: Session, named: str, found: ReplayResult, *, fetch: bool, has_images: bool
) -> tuple[str, Model | None]:
    # A replayed answer keeps its model, whichever one a task means now.
    name = found.saved.model if found.saved else named
    # Only the service's list has which models take images, and which one a task means.
    if (name not in ALIASES and not has_images) or found.saved:
        return name, session.service.catalogue().get(name)
    service = session.service
    live = fetch and service.key_now() is not None
    catalogue = service.fetched_catalogue() if live else service.catalogue()
    model = catalogue.resolve(name)
    return model, catalogue.get(model)
