"""What will be sent, decided before anything is: options, prompt, model, turns, request."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import request_of, size_of, without_surrogates
from groq_magic.conversation import Budget, Fitted, PendingTurn, TurnKey, estimate, fit
from groq_magic.errors import PromptError, TooLargeError
from groq_magic.recalling import Replayed, is_cached, recalled_from_cache, replayed
from groq_magic.settings import AskOptions
from groq_magic.texts import bound, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.models import Model
    from groq_magic.api.recorded import Recorded
    from groq_magic.assistant import Composed
    from groq_magic.notebook_session import Session
    from groq_magic.prompt import Filled, Inserted
    from groq_magic.prompt.secrets import Secrets

__all__ = ["Plan", "Typed", "peeked", "planned"]

# The estimate of tokens may be that much too high.
_SURELY = 0.9
# No model's window is larger: what an unknown model can't take either.
_LARGEST_WINDOW = 10_000_000
# A limit seen longer ago may have been raised since: it refuses nothing.
_FRESH = 3600.0


@dataclass(frozen=True)
class Typed:
    """An ask as the user typed it.

    Parameters
    ----------
    text : str
        The prompt, not filled in.
    options : AskOptions
        Those that were given, and no others.
    line : bool
        Whether it stands in a line: then its prompt can't be read off its
        cell's body, and the turn's metadata holds it.
    place : TurnKey or None
        The turn whose place it takes, for a retry.
    again : bool
        Whether another answer is wanted than the one that is kept.
    composed : Composed or None
        The prompt that a magic wrote for it: this is sent, `text` is kept.
    names : Mapping of str to Any, or None
        The variables of the calling code, if they are not the notebook's.
    own : Filled or None
        The texts of the values in `names`, for a retry, which has no `names`.
    """

    text: str
    options: AskOptions = field(default_factory=AskOptions)
    line: bool = False
    place: TurnKey | None = None
    again: bool = False
    composed: Composed | None = None
    names: Mapping[str, Any] | None = field(default=None, repr=False)
    own: Filled | None = field(default=None, repr=False)

    @property
    def identity(self) -> str:
        """What must be the same for an answer to be the answer to this."""
        return self.text.strip() if self.composed is None else self.composed.identity


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before a request leaves; none does where `recorded` is there."""

    typed: Typed
    options: AskOptions
    model: str
    prompt: str
    system: str
    inserted: tuple[Inserted, ...]
    notices: tuple[str, ...]
    pending: PendingTurn
    fitted: Fitted
    request: Mapping[str, Any] = field(repr=False)
    recorded: Recorded | None
    secrets: Secrets
    saved_reasoning: str

    def as_saved(self, text: str) -> str:
        """Return a typed text as a notebook file may hold it: without secrets, encodable."""
        return without_surrogates(self.secrets.hidden(text))[0]

    @property
    def reserved(self) -> int:
        """Tokens of the answer that admission counts before there are any."""
        return int(self.request.get("max_completion_tokens", 0))

    @property
    def size(self) -> int:
        """Bytes of all messages; 0 where one is more than text, whose tokens are no measure."""
        contents = [message["content"] for message in self.request["messages"]]
        if not all(isinstance(content, str) for content in contents):
            return 0
        return sum(map(size_of, contents))


def planned(session: Session, typed: Typed, *, send: bool) -> Plan:
    """Decide what will be sent.

    Parameters
    ----------
    session : Session
    typed : Typed
    send : bool
        Whether it is going to be sent: a dry run takes no number, asks for
        no key, and goes by the models as far as they are known.

    Raises
    ------
    PromptError
        When the prompt is empty, or names what is nearly there.
    TooLargeError
        When it fits neither the window nor the tokens a minute.
    ApiKeyError
        When there is no key, and no answer without one.
    NotebookError
        When replay is on and has no answer, and there is no key.
    """
    session.order_turns()
    typed, secrets = bound(session, typed), session.secrets()
    options = typed.options.over(session.settings.defaults())
    _check_names(options, secrets)
    texts = texts_of(session, typed, options, secrets)
    if texts.hides_a_key and typed.composed is not None:
        typed = replace(typed, composed=replace(typed.composed, hides_a_key=True))
    pending = _pending(session, typed, options, begun=False)
    found = replayed(session, typed, pending) if send else Replayed()
    recorded = found.recorded
    if send and recorded is None and not is_cached(options):
        session.service.client()
    model, known = _model(session, options, found, send=send)
    fitted = _fitted(session, pending, (texts.prompt, texts.system), options, (model, known))
    messages = [{"role": "system", "content": texts.system}] if texts.system else []
    messages += session.earlier.messages(fitted.turns, secrets)
    messages.append({"role": "user", "content": texts.prompt})
    request = request_of(options, model, known, messages)
    if "stop" in request:
        request["stop"] = secrets.hidden_in(request["stop"])
    if send:
        recorded = recorded or recalled_from_cache(session, typed, options, request)
        if recorded is None:
            # There must be a key, though the cache has had no answer.
            session.service.client()
        pending = _pending(session, typed, options, begun=True)
    plan = Plan(
        typed,
        options,
        model,
        texts.prompt,
        texts.system,
        texts.inserted,
        texts.notices,
        pending,
        fitted,
        request,
        recorded,
        secrets,
        found.reasoning,
    )
    told = map(secrets.hidden, found.told(session, plan))
    return replace(plan, notices=(*texts.notices, *told))


def peeked(session: Session, typed: Typed) -> PendingTurn:
    """Return the turn that an ask would become, without beginning it."""
    return _pending(session, typed, typed.options.over(session.settings.defaults()), begun=False)


def _check_names(options: AskOptions, secrets: Secrets) -> None:
    """Refuse a secret where it can't be replaced: these names are sent, shown and saved."""
    for option, name in (("--model", options.model), ("--conversation", options.conversation)):
        if name and secrets.hidden(name) != name:
            raise PromptError(f"{option} contains a secret.", "Type a name without it.")


def _pending(session: Session, typed: Typed, options: AskOptions, *, begun: bool) -> PendingTurn:
    begin = session.conversations.begin if begun else session.conversations.peek
    execution = session.executions.present
    return begin(
        execution.cell,
        session.shell.execution_count,
        conversation=options.conversation or session.settings.conversation,
        practice=session.service.in_practice,
        once=options.once,
        place=typed.place,
        run=execution.run,
    )


def _model(
    session: Session, options: AskOptions, found: Replayed, *, send: bool
) -> tuple[str, Model | None]:
    from groq_magic.api.models import ALIASES

    # What is replayed was answered by its model, whatever a task stands for now.
    name = found.saved.model if found.saved else options.model or session.settings.model
    if name not in ALIASES or found.saved:
        return name, session.service.catalogue().get(name)
    service = session.service
    live = send and service.key_now() is not None
    catalogue = service.fetched_catalogue() if live else service.catalogue()
    chosen = catalogue.resolve(name)
    return chosen, catalogue.get(chosen)


def _fitted(
    session: Session,
    pending: PendingTurn,
    texts: tuple[str, str],
    options: AskOptions,
    asked: tuple[str, Model | None],
) -> Fitted:
    model, known = asked
    minute = session.service.limits_of(model).get("TPM")
    prompt, system = texts
    earlier = [text for turn in pending.before for text in (turn.prompt, turn.answer)]
    budget = Budget(
        minute.limit if minute is not None and time.time() - minute.seen < _FRESH else None,
        known.context_window if known else None,
        options.max_tokens,
        session.settings.history_share,
        session.tokens_per_character(*earlier),
    )
    sizes = [
        estimate(text, session.tokens_per_character(text)) if text else 0
        for text in (prompt, system)
    ]
    _check_size(sum(sizes), budget)
    return fit(pending.before, prompt_tokens=sizes[0], system_tokens=sizes[1], budget=budget)


def _check_size(tokens: int, budget: Budget) -> None:
    """Refuse what surely does not fit; what may fit is the service's to decide."""
    whole = tokens + (budget.reply_tokens or 0)
    remedy = "Put less into the prompt" + (
        ", or lower --max-tokens." if budget.reply_tokens else "; a model with more may take it."
    )
    window = budget.context_window
    for limit, what in (
        (window if window is not None else _LARGEST_WINDOW, "the model's window of {:,} tokens"),
        (budget.tokens_per_minute, "your {:,} tokens a minute"),
    ):
        if limit is not None and tokens * _SURELY + (budget.reply_tokens or 0) > limit:
            raise TooLargeError(
                f"The request takes about {whole:,} tokens, {whole - limit:,} more than "
                f"{what.format(limit)}; nothing was sent.",
                remedy,
            )
