"""One request and its reply, without notebook, session or view: `groq_magic.complete`."""

from __future__ import annotations

import contextlib
import time
import warnings
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from groq_magic.api.exchange import Exchange
from groq_magic.api.models import ALIASES, Catalogue, offline_catalogue
from groq_magic.api.request import form_of, request_of, without_surrogates
from groq_magic.api.send import Outcome, send
from groq_magic.asking.images import (
    content_with_images,
    images_of_values,
    model_for_images,
    refuse_without_vision,
)
from groq_magic.asking.replies import no_text_error, reply_from
from groq_magic.asking.typed_answers import repair_request, schema_of_ask, with_data
from groq_magic.conversation import estimate, text_in
from groq_magic.errors import (
    GroqMagicError,
    InterruptedAskError,
    OptionError,
    PromptError,
)
from groq_magic.ledger.request_log import record_of
from groq_magic.ledger.usage import total_usage, usage_of
from groq_magic.options import DEFAULT_MODEL, AskOptions
from groq_magic.session.python_calls import account_of_call, secrets_of_call, without_magics
from groq_magic.settings import Settings

if TYPE_CHECKING:
    from groq_magic.reply import Reply
    from groq_magic.schemas import SchemaForm
    from groq_magic.session.session import Session

__all__ = ["complete_checked"]

# Options about cells, conversations, tools, and how an answer is shown or cached.
_REFUSED = (
    *("out", "cell", "once", "conversation", "dry_run", "raw", "reasoning", "tools"),
    *("recent", "cache", "no_cache", "run_code"),
)


def complete_checked(prompt: str, options: AskOptions, session: Session | None) -> Reply:
    """Send a prompt and return the reply; it runs in the caller's thread.

    Parameters
    ----------
    prompt : str
    options : AskOptions
        The given ones.
    session : Session or None
        Provides the settings, the key and practice mode; None takes the environment's key.

    Raises
    ------
    GroqMagicError
        When it could not be sent, or failed.
    """
    for name in options.given():
        if name in _REFUSED:
            raise OptionError(f"complete() does not take `{name}`.", "Leave it out.")
    if not prompt.strip():
        raise PromptError("The prompt is empty.")
    try:
        return _Completion(options, session).reply_to(prompt)
    except KeyboardInterrupt:
        pass
    # Raised outside of `except`, it has no context.
    raise InterruptedAskError("Stopped.")


@dataclass(frozen=True)
class _CallSettings:
    """The settings as they are when a call begins."""

    options: AskOptions
    timeout: float
    tries: int
    max_wait: float


def _settings_of(settings: Settings) -> _CallSettings:
    return _CallSettings(
        settings.defaults(),
        settings.timeout,
        settings.tries,
        settings.max_wait,
    )


@cache
def _default_settings() -> _CallSettings:
    """Return the default settings."""
    return _settings_of(Settings())


class _Completion:
    """One call: the settings at its start, and the text so far."""

    def __init__(self, options: AskOptions, session: Session | None) -> None:
        self._settings = (
            _settings_of(session.settings) if session is not None else _default_settings()
        )
        self._session = session
        self._options = options.over(self._settings.options)
        self._account = account_of_call(session)
        self._secrets = secrets_of_call(session, self._account.key)
        self._models = session.service.catalogue() if session is not None else offline_catalogue()
        self._texts: list[str] = []
        self._reasonings: list[str] = []
        self._first: float | None = None
        privacy = session.privacy() if session is not None else None
        names = session.namespace if session is not None else {}
        self._schema = schema_of_ask(self._options, names, self._secrets, privacy)
        self._images = images_of_values(options.image or (), privacy)
        self._is_model_given = options.model is not None
        self._form: SchemaForm | None = None

    def reply_to(self, prompt: str) -> Reply:
        """Send the prompt and return the reply."""
        started, request = time.monotonic(), self._request(prompt)
        outcome, error = self._read_answer(request)
        usage = usage_of(outcome.usage)
        again = None
        if self._schema is not None and not isinstance(error, InterruptedAskError):
            again = repair_request(request, self._schema, self._form, "".join(self._texts), outcome)
        if again is not None:
            self._texts.clear()
            outcome, error = self._read_answer(again)
            usage = total_usage((usage, usage_of(outcome.usage)))
        reply = reply_from(
            request,
            outcome,
            self._texts,
            self._reasonings,
            error=error,
            started=started,
            first=self._first,
            now=time.monotonic(),
        )
        reply = replace(reply, usage=usage)
        if self._schema is not None:
            reply = with_data(reply, self._schema, self._form)
        if reply.error is not None:
            reply.error.reply = reply
            raise reply.error
        return reply

    def _read_answer(self, request: dict[str, Any]) -> tuple[Outcome, GroqMagicError | None]:
        try:
            return self._sent(request)
        except KeyboardInterrupt:
            # The reply keeps the text that has arrived.
            return Outcome(), InterruptedAskError("Stopped.")

    def _sent(self, request: dict[str, Any]) -> tuple[Outcome, GroqMagicError | None]:
        exchange, settings = Exchange(), self._settings
        outcome = send(
            request,
            client=self._account.client,
            limiter=self._account.limiter,
            cancel=exchange,
            on_delta=self._add,
            nearest=lambda model: self._catalogue().nearest(model),
            tokens=sum(estimate(text_in(message)) for message in request["messages"]),
            timeout=self._options.timeout or settings.timeout,
            tries=settings.tries,
            max_wait=settings.max_wait,
        )
        if exchange.is_sent or outcome.tries > 1:
            self._log(request["model"], outcome)
        return outcome, self._error(outcome, is_cancelled=exchange.cancelled.is_set())

    def _log(self, model: str, outcome: Outcome) -> None:
        """Write a request into the session's log; a prompt given in Python names no values."""
        if self._session is None:
            return
        url, usage = self._account.base_url, usage_of(outcome.usage)
        log = self._session.request_log
        found = (each.included for each in self._images)
        included = ((self._secrets.hide(each.name), each.size) for each in found)
        log.write(record_of(url, model, included, usage, tries=outcome.tries))
        for line in log.lines():
            # The reply is returned even if warnings are errors.
            with contextlib.suppress(UserWarning):
                warnings.warn(line, stacklevel=6)

    def _request(self, prompt: str) -> dict[str, Any]:
        options, name = self._options, self._options.model or DEFAULT_MODEL
        models = self._catalogue() if self._images or name in ALIASES else self._models
        if self._images and not self._is_model_given:
            name = model_for_images(name, models)
        model = models.resolve(name)
        texts = {"system": options.system or "", "user": prompt}
        messages: list[dict[str, Any]] = [
            # Before surrogates are replaced: a secret may contain them.
            {"role": role, "content": without_surrogates(self._secrets.hide(text))[0]}
            for role, text in texts.items()
            if text
        ]
        known = models.get(model)
        if self._images:
            refuse_without_vision(known, models)
            messages[-1]["content"] = content_with_images(messages[-1]["content"], self._images)
        self._form = form_of(self._schema, known)
        return self._secrets.hide_in_request(
            request_of(options, model, known, messages, self._form)
        )

    def _catalogue(self) -> Catalogue:
        """Return the key's models; fetch them if unknown."""
        if not self._models.live:
            self._models = self._account.models()
        return self._models

    def _add(self, text: str, reasoning: str) -> None:
        self._first = self._first or time.monotonic()
        if text:
            self._texts.append(text)
        if reasoning:
            self._reasonings.append(reasoning)

    def _error(self, outcome: Outcome, *, is_cancelled: bool) -> GroqMagicError | None:
        fault, tries = outcome.fault, outcome.tries
        if fault is not None:
            happened = fault.error.happened
            if tries > 1 and not self._texts:
                happened = f"{happened} {tries} tries failed."
            return without_magics(type(fault.error)(happened, fault.error.remedy))
        if outcome.finish_reason is None and is_cancelled:
            return InterruptedAskError("Stopped: the connection was closed.")
        if outcome.finish_reason is None and not self._texts:
            return without_magics(no_text_error())
        return None
