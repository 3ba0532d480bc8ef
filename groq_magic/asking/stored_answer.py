"""Answers that need no request: from the cache, or from this notebook's saved turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.key import WITHOUT_KEY
from groq_magic.api.send import Outcome
from groq_magic.conversation import NEW_CELL, ReplayKey, sha_of
from groq_magic.errors import NotebookError
from groq_magic.ledger.cache import key_of
from groq_magic.views.saved_output import shows_answer
from groq_magic.views.static import saved_reasoning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.asking.draft import Draft
    from groq_magic.asking.plan import Plan
    from groq_magic.asking.reader import Reader
    from groq_magic.conversation import PendingTurn, SavedTurn
    from groq_magic.options import AskOptions
    from groq_magic.session.session import Session

__all__ = [
    "NoSavedAnswerError",
    "ReplayResult",
    "StoredAnswer",
    "cached_answer",
    "is_cached",
    "keep_in_cache",
    "replay_key_of",
    "replay_result",
    "result_of_saved",
]

# The finish reasons of answers to keep: not of partial or truncated ones.
_WHOLE = frozenset({"stop"})
_COUNTS = (
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "prompt_tokens_details",
    "completion_tokens_details",
)
_OTHER_SYSTEM = (
    "Saved with another system prompt. "
    "`%groq_system` shows the current one; `%groq_retry` asks with it."
)
_OTHER_VALUES = "Saved with values that have changed since."
_OTHER_TEXT = "The saved text, shown below, differs from what the notebook showed."
_NEWER = "Saved by a newer version of groq_magic; some of it may be missing here."
_OF_PRACTICE = (
    "Saved in practice mode: no model wrote this answer, and later prompts are sent without it."
)
_NO_KEY = "No key: this is the saved answer."
_NO_MODEL = "Practice mode: this is the saved answer."
_LEFT_OUT = "The saved reasoning is left out: it is too long. `%groq_retry` asks again."


class NoSavedAnswerError(NotebookError):
    """While replay is on, there is neither a saved answer nor a key.

    Attributes
    ----------
    former : SavedTurn or None
        The saved answer to the cell's former prompt.
    """

    former: SavedTurn | None = None


@dataclass(frozen=True)
class StoredAnswer:
    """An answer that needs no request.

    Parameters
    ----------
    source : {"cache", "replay"}
        Where it was found.
    text, model, finish_reason : str
    usage : mapping or None
        Only the counts: the original timing is meaningless now.
    reasoning : str
    above_sha : str or None
        For a saved answer, the SHA-256 of the turns that were above it, if the file has it.
    code_sha : str or None
        For a saved answer, the SHA-256 of the code that ran for it.
    """

    source: Literal["cache", "replay"]
    text: str
    model: str
    finish_reason: str
    usage: Mapping[str, Any] | None
    reasoning: str = ""
    above_sha: str | None = None
    code_sha: str | None = None

    def read(
        self,
        *,
        cancel: object,  # noqa: ARG002 - it is all there
        on_delta: Callable[[str, str], object],
        on_wait: object,  # noqa: ARG002 - it is all there
    ) -> Outcome:
        """Deliver the answer as `api.send` does, but at once."""
        if self.text or self.reasoning:
            on_delta(self.text, self.reasoning)
        return Outcome(self.finish_reason, usage=self.usage, model=self.model)

    def data(self) -> dict[str, Any]:
        """Return the answer as an entry of the cache."""
        return {
            "text": self.text,
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": dict(self.usage) if self.usage else None,
            "reasoning": self.reasoning,
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> StoredAnswer | None:
        """Return the answer in a cache entry; None if the entry is malformed."""
        texts = [data.get(name) for name in ("text", "model", "finish_reason", "reasoning")]
        usage = data.get("usage")
        if not all(isinstance(text, str) for text in texts) or texts[2] not in _WHOLE:
            return None
        if not isinstance(usage, dict | None):
            return None
        text, model, finish_reason, reasoning = map(str, texts)
        return cls("cache", text, model, finish_reason, usage, reasoning)


@dataclass(frozen=True)
class ReplayResult:
    """The result of looking up an ask in the replayed notebook.

    Parameters
    ----------
    answer : StoredAnswer or None
        The saved answer, if one was found.
    lines : tuple of str
        Notices for the user.
    saved : SavedTurn or None
        The turn as read from the file.
    reasoning : str
        Safe HTML of the reasoning that the saved answer shows, "" for none.
    is_fallback : bool
        Whether the model is asked first, and this answer is used only if it gives none.
    pending : PendingTurn or None
        The turn of a fallback: the saved answer may be of practice mode, and the ask not.
    """

    answer: StoredAnswer | None = None
    lines: tuple[str, ...] = ()
    saved: SavedTurn | None = None
    reasoning: str = ""
    is_fallback: bool = False
    pending: PendingTurn | None = None

    def notices(self, draft: Draft) -> tuple[str, ...]:
        """Return the lines, and a notice if values or the system prompt differ now.

        Unchanged cells are answered even if values or the system prompt have changed.
        """
        return tuple(map(draft.secrets.hide, self._lines(draft)))

    def _lines(self, draft: Draft) -> tuple[str, ...]:
        saved = self.saved
        # Prompts of the assistant were compared by their identity.
        if saved is None or draft.ask.composed is not None:
            return self.lines
        if saved.system not in (None, draft.as_saved(draft.options.system or "")):
            return (*self.lines, _OTHER_SYSTEM)
        # Version 1 of the metadata has no hash to compare.
        if saved.values_sha not in (None, draft.values_sha):
            return (*self.lines, _OTHER_VALUES)
        return self.lines


def replay_result(session: Session, draft: Draft, pending: PendingTurn) -> ReplayResult:
    """Return the saved answer to an ask while replay is on, and lines for the user.

    Raises
    ------
    NoSavedAnswerError
        When there is no saved answer, and no key to ask the model.
    """
    stored = session.stored_answers
    if stored.replay is None:
        return ReplayResult()
    key = replay_key_of(session, draft, pending)
    found = stored.replay.find(key)
    if found is None:
        return _without_saved(session, stored.replay.why_missing(key), stored.replay.former(key))
    in_practice = session.service.in_practice
    result = result_of_saved(found, in_practice=in_practice)
    if not stored.asks_first:
        return result
    if session.service.key_now() is not None and not in_practice:
        return replace(result, is_fallback=True)
    return replace(result, lines=(_NO_MODEL if in_practice else _NO_KEY, *result.lines))


def result_of_saved(found: SavedTurn, *, in_practice: bool) -> ReplayResult:
    """Return the result for a saved answer that was found."""
    answer = StoredAnswer(
        "replay",
        found.answer,
        found.model,
        found.finish_reason,
        found.usage,
        above_sha=found.above_sha,
        code_sha=found.code_sha,
    )
    reasoning = saved_reasoning(found.html)
    lines = (
        _OF_PRACTICE if found.practice and not in_practice else "",
        _LEFT_OUT if reasoning is None else "",
        "" if shows_answer(found) else _OTHER_TEXT,
        _NEWER if found.is_newer else "",
    )
    return ReplayResult(answer, tuple(filter(None, lines)), found, reasoning or "")


def _without_saved(session: Session, why: str, former: SavedTurn | None) -> ReplayResult:
    """Return the notice of an ask without a saved answer, which goes to the model."""
    in_practice = session.service.in_practice
    if session.service.key_now() is not None:
        asked = "Practice mode answered." if in_practice else "The model was asked."
        save = " Save the notebook to keep the answer." if why == NEW_CELL else ""
        line = f"No saved answer: {why}. {asked}{save}"
        return ReplayResult(
            lines=() if session.stored_answers.asks_first and not in_practice else (line,)
        )
    if why == NEW_CELL:
        raise NoSavedAnswerError(
            "New cell; no key, so no answer.", f"`%groq_key` asks for a key; {WITHOUT_KEY}."
        )
    remedy = f"{why[:1].upper()}{why[1:]}: undo that, or run `%groq_key`."
    error = NoSavedAnswerError("Edited; no key, so no new answer.", remedy)
    error.former = former
    raise error


def is_cached(options: AskOptions) -> bool:
    """Whether an ask with these options uses the cache; what tools return is new each time."""
    return bool(options.cache) and not (options.tools or options.run_code)


def cached_answer(session: Session, plan: Plan) -> StoredAnswer | None:
    """Return the cached answer to a request; None without one, or if a new one is wanted."""
    if plan.draft.ask.again or not is_cached(plan.draft.options):
        return None
    data = session.stored_answers.get(_key(session, plan.request))
    return StoredAnswer.of_data(data) if data is not None else None


def keep_in_cache(session: Session, plan: Plan, reader: Reader) -> None:
    """Put a complete answer into the cache, if the ask uses it."""
    outcome = reader.outcome
    is_whole = outcome.fault is None and outcome.finish_reason in _WHOLE
    if reader.source != "service" or not is_cached(plan.draft.options) or not is_whole:
        return
    counts = {name: n for name, n in (outcome.usage or {}).items() if name in _COUNTS}
    model, ending = outcome.model or plan.model, outcome.finish_reason or ""
    answer = StoredAnswer("cache", reader.text, model, ending, counts or None, reader.reasoning)
    session.stored_answers.put(_key(session, plan.request), answer.data())


def _key(session: Session, request: Mapping[str, Any]) -> str:
    service = session.service
    # The practice server's port changes each time.
    return key_of("practice" if service.in_practice else service.base_url(), request)


def replay_key_of(session: Session, draft: Draft, pending: PendingTurn) -> ReplayKey:
    """Return the properties of an ask by which its saved answer is found."""
    ask = draft.ask
    return ReplayKey(
        pending.shown.cell,
        pending.shown.ask,
        ask.text.strip(),
        sha_of(ask.identity),
        # As the file has them.
        draft.secrets.hide_in(ask.options.given()),
        session.executions.current.source,
    )
