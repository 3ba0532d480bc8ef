"""What will be sent, decided before anything is: options, prompt, model, turns, request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import request_of, without_surrogates
from groq_magic.conversation import Budget, Fitted, PendingTurn, TurnKey, estimate, fit
from groq_magic.errors import PromptError, TooLargeError
from groq_magic.prompt import Filled, Inserted, fill
from groq_magic.settings import AskOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.models import Model
    from groq_magic.notebook_session import Session

__all__ = ["Plan", "Typed", "planned"]


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
    """

    text: str
    options: AskOptions = field(default_factory=AskOptions)
    line: bool = False
    place: TurnKey | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before a request leaves."""

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

    @property
    def characters(self) -> int:
        """Characters of all messages."""
        return sum(len(str(m["content"])) for m in self.request["messages"])


def planned(session: Session, typed: Typed, *, send: bool) -> Plan:
    """Decide what will be sent.

    Parameters
    ----------
    session : Session
    typed : Typed
    send : bool
        Whether it is going to be sent: a dry run takes no number and asks
        for no key.

    Raises
    ------
    PromptError
        When the prompt is empty, or names what is nearly there.
    TooLargeError
        When it fits neither the window nor the tokens a minute.
    ApiKeyError
        When there is no key.
    """
    options = typed.options.over(session.settings.defaults())
    filled, system, notices = _filled(session, typed, options)
    if send:
        session.service.client()
        warning = session.service.plain_warning()
        notices += (warning,) if warning else ()
    model, known = _model(session, options.model or session.settings.model)
    begin = session.conversations.begin if send else session.conversations.peek
    pending = begin(
        session.cell,
        session.shell.execution_count,
        conversation=options.conversation or session.settings.conversation,
        practice=session.service.in_practice,
        once=options.once,
        place=typed.place,
    )
    fitted = _fitted(session, pending, (filled.text, system), options, known)
    messages = [{"role": "system", "content": system}] if system else []
    messages += [message for turn in fitted.turns for message in turn.messages]
    messages.append({"role": "user", "content": filled.text})
    return Plan(
        typed,
        options,
        model,
        filled.text,
        system,
        filled.inserted,
        notices,
        pending,
        fitted,
        request_of(options, model, known, messages),
    )


def _filled(
    session: Session, typed: Typed, options: AskOptions
) -> tuple[Filled, str, tuple[str, ...]]:
    text = typed.text.strip()
    if not text:
        raise PromptError("The prompt is empty.", "Write it into the cell below `%%groq`.")
    if options.raw:
        filled, system = Filled(text, (), ()), options.system or ""
        missing: tuple[str, ...] = ()
    else:
        filled = fill(text, session.namespace)
        around = fill(options.system or "", session.namespace)
        system, missing = around.text, (*filled.missing, *around.missing)
        filled = replace(filled, inserted=(*filled.inserted, *around.inserted))
    notices = tuple(
        f"`{{{{{name}}}}}` was sent as written: there is no such name." for name in missing
    )
    sendable, replaced = without_surrogates(filled.text)
    system, also = without_surrogates(system)
    if replaced + also:
        notices += (f"{replaced + also} characters that can't be sent were replaced by \ufffd.",)
    return replace(filled, text=sendable), system, notices


def _model(session: Session, name: str) -> tuple[str, Model | None]:
    from groq_magic.api.models import ALIASES

    if name not in ALIASES:
        return name, session.service.catalogue().get(name)
    service = session.service
    catalogue = service.fetched_catalogue() if service.key_now() else service.catalogue()
    chosen = catalogue.resolve(name)
    return chosen, catalogue.get(chosen)


def _fitted(
    session: Session,
    pending: PendingTurn,
    texts: tuple[str, str],
    options: AskOptions,
    known: Model | None,
) -> Fitted:
    minute = session.service.limits.get("TPM")
    rate = session.tokens_per_character
    budget = Budget(
        minute.limit if minute else None,
        known.context_window if known else None,
        options.max_tokens,
        session.settings.history_share,
        rate,
    )
    prompt, system = texts
    sizes = estimate(prompt, rate), estimate(system, rate) if system else 0
    _check_size(sum(sizes), budget)
    return fit(pending.before, prompt_tokens=sizes[0], system_tokens=sizes[1], budget=budget)


def _check_size(tokens: int, budget: Budget) -> None:
    whole = tokens + (budget.reply_tokens or 0)
    remedy = "Put less into the prompt" + (
        ", or lower --max-tokens." if budget.reply_tokens else "."
    )
    for limit, what in (
        (budget.context_window, "the model's window of {:,} tokens"),
        (budget.tokens_per_minute, "your {:,} tokens a minute"),
    ):
        if limit is not None and whole > limit:
            raise TooLargeError(
                f"The request takes about {whole:,} tokens, {whole - limit:,} more than "
                f"{what.format(limit)}; nothing was sent.",
                remedy,
            )
