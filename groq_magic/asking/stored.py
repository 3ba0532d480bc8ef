"""Answers that need no request: from the cache, or from this notebook's own saved turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.api.models import ALIASES
from groq_magic.api.recorded import Recorded, Recording, recording_in, recording_of
from groq_magic.api.request import sha_of
from groq_magic.conversation import Wanted
from groq_magic.errors import NotebookError
from groq_magic.ledger.cache import key_of
from groq_magic.views.static import saved_reasoning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.answering import Answering
    from groq_magic.asking.draft import Draft
    from groq_magic.asking.plan import Plan
    from groq_magic.conversation import PendingTurn, SavedTurn
    from groq_magic.options import AskOptions
    from groq_magic.session.session import Session

__all__ = ["Replayed", "cached_answer", "is_cached", "remember", "replayed"]

_SHOWN = 40
_OTHER_SYSTEM = "Saved with another system prompt than now."
_OTHER_VALUES = "Saved with other values than now."
_LEFT_OUT = "The saved reasoning is left out: it is too long. `%groq_retry` asks anew."


@dataclass(frozen=True)
class Replayed:
    """What replay has for an ask.

    Parameters
    ----------
    recorded : Recorded or None
        The answer, where it has one.
    lines : tuple of str
        For the user.
    saved : SavedTurn or None
        As the file tells it.
    reasoning : str
        Safe HTML of the reasoning that the saved answer shows, "" for none.
    """

    recorded: Recorded | None = None
    lines: tuple[str, ...] = ()
    saved: SavedTurn | None = None
    reasoning: str = ""

    def notices(self, draft: Draft) -> tuple[str, ...]:
        """Return the lines, and what surely was otherwise when the answer was saved.

        Unchanged cells are answered though values and the system prompt
        have changed; the reader is to know it.
        """
        saved = self.saved
        # What a magic writes is known by its identity, which was compared.
        if saved is None or draft.ask.composed is not None:
            return self.lines
        if saved.system not in (None, draft.as_saved(draft.options.system or "")):
            return (*self.lines, _OTHER_SYSTEM)
        # Version 1 of the metadata has no hash: then nothing is known.
        if saved.values_sha not in (None, draft.values_sha):
            return (*self.lines, _OTHER_VALUES)
        return self.lines


def replayed(session: Session, draft: Draft, pending: PendingTurn) -> Replayed:
    """Return the saved answer to an ask while replay is on, and lines for the user.

    Raises
    ------
    NotebookError
        When there is none, and no key to ask for real.
    """
    replay = session.recall.replay
    if replay is None:
        return Replayed()
    wanted = _wanted(session, draft, pending)
    found = replay.find(wanted)
    if found is not None:
        recorded = Recorded(_recording(found), "replay")
        reasoning = saved_reasoning(found.html)
        if reasoning is None:
            return Replayed(recorded, (_LEFT_OUT,), found)
        return Replayed(recorded, (), found, reasoning)
    start = wanted.prompt.split("\n")[0]
    named = start[:_SHOWN] + "…" * (start != wanted.prompt or len(start) > _SHOWN)
    happened = f"“{named}” has no saved answer: {replay.why_none(wanted)}"
    if session.service.key_now() is not None:
        return Replayed(lines=(f"{happened}; it was asked for real.",))
    raise NotebookError(
        f"{happened}; and there is no key to ask for real.",
        "Undo the change, or give a key with `%groq_key`.",
    )


def is_cached(options: AskOptions) -> bool:
    """Whether an ask with these options uses the cache."""
    return bool(options.cache)


def cached_answer(session: Session, plan: Plan) -> Recorded | None:
    """Return the kept answer to a request; None where there is none, or another one is wanted."""
    if plan.draft.ask.again or not is_cached(plan.draft.options):
        return None
    told = session.recall.kept(_key(session, plan.request))
    recording = recording_in(told) if told is not None else None
    return Recorded(recording, "cache") if recording is not None else None


def remember(session: Session, plan: Plan, answering: Answering | Recorded) -> None:
    """Keep an answer that came whole, if the ask uses the cache."""
    if isinstance(answering, Recorded) or not is_cached(plan.draft.options):
        return
    recording = recording_of(answering.outcome, answering.text, answering.reasoning, plan.model)
    if recording is not None:
        session.recall.keep(_key(session, plan.request), recording.told())


def _key(session: Session, request: Mapping[str, Any]) -> str:
    service = session.service
    # The practice server's port is another one each time.
    return key_of("practice" if service.in_practice else service.base_url(), request)


def _wanted(session: Session, draft: Draft, pending: PendingTurn) -> Wanted:
    ask = draft.ask
    model = session.settings.model
    decided = ask.options.model is not None or model in ALIASES
    prompt = ask.text.strip()
    return Wanted(
        pending.shown.cell,
        pending.shown.ask,
        prompt,
        sha_of(ask.identity),
        None if decided else model,
        # As the file has them.
        draft.secrets.hidden_in(ask.options.given()),
        pending.practice,
    )


def _recording(saved: SavedTurn) -> Recording:
    return Recording(saved.answer, saved.model, saved.finish_reason, saved.usage)
