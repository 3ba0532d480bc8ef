"""Prepare a map: its plan, its journal, the rows that are too long, and the account."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.api.models import ALIASES, offline_catalogue
from groq_magic.clipping import clip
from groq_magic.errors import ApiKeyError
from groq_magic.mapping.journal import Journal
from groq_magic.mapping.map_known import known_rows, waiting_notices
from groq_magic.mapping.map_plan import MapInputs, map_plan
from groq_magic.mapping.row_request import RowAnswer
from groq_magic.mapping.run_settings import RunSettings
from groq_magic.prompt.secrets import HIDDEN
from groq_magic.views.bar import included_phrases
from groq_magic.views.phrase import first_words

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from groq_magic.api.account import Account
    from groq_magic.api.models import Model
    from groq_magic.mapping.batch_fetching import BatchRows
    from groq_magic.mapping.map_options import MapOptions
    from groq_magic.mapping.map_plan import MapPlan
    from groq_magic.mapping.request_plan import OversizedRow, RequestPlan
    from groq_magic.session.session import Session

__all__ = ["MapAsk", "PreparedMap", "account_now", "notices_of", "planned", "prepare_map"]

# A limit seen longer ago may have been raised since: it refuses nothing.
_FRESH = 3600.0  # seconds
_MOST_LISTED, _LONGEST_NAME = 5, 60


@dataclass(frozen=True)
class MapAsk:
    """What the user typed for a map.

    Parameters
    ----------
    prompt : str
    data : object
    options : MapOptions
    names : mapping of str to object
        The variables that the prompt may name.
    """

    prompt: str
    data: Any = field(repr=False)
    options: MapOptions
    names: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class PreparedMap:
    """A map that is ready to be run.

    Parameters
    ----------
    plan : MapPlan
    journal : Journal
    settings : RunSettings
    account : Account or None
        None where every answer is in the journal.
    known : tuple of mapping of str to RowAnswer
        For each model the answers that were in the journal, by the rows' keys.
    too_long : tuple of mapping of str to RowAnswer
        For each model the rows that are not sent, with their errors.
    notices : tuple of str
        Lines to show above the rows.
    batch : tuple of BatchRows
        For each model what has come of the batch engine; its answers are among those known.
    """

    plan: MapPlan
    journal: Journal
    settings: RunSettings
    account: Account | None
    known: tuple[Mapping[str, RowAnswer], ...] = field(repr=False)
    too_long: tuple[Mapping[str, RowAnswer], ...]
    notices: tuple[str, ...]
    batch: tuple[BatchRows, ...]

    @cached_property
    def included(self) -> tuple[tuple[str, int | str], ...]:
        """Names and sizes of what its requests include, for the log."""
        prompts = self.plan.prompts
        hidden = prompts.secrets.hidden
        columns = ((hidden(clip(part.text, 200)), "a column") for part in prompts.parts)
        return (*((hidden(each.name), each.size) for each in prompts.included), *columns)


def planned(session: Session, ask: MapAsk, *, fetch: bool) -> MapPlan:
    """Return the plan of a map; the user's own code may run here.

    Parameters
    ----------
    session : Session
    ask : MapAsk
    fetch : bool
        Whether the models of the key may be fetched.

    Raises
    ------
    OptionError, PromptError, ModelError
        As `map_plan`, and where no model of the key is one for a task.
    """
    return map_plan(
        MapInputs(
            ask.prompt,
            ask.data,
            ask.names,
            tuple(_models(session, ask.options, fetch=fetch)),
            session.settings.defaults(),
            session.privacy(),
            session.secrets(),
            session.estimate.per_byte,
            session.service.in_practice,
        ),
        ask.options,
    )


def prepare_map(session: Session, ask: MapAsk) -> PreparedMap:
    """Prepare a map without sending any row.

    Raises
    ------
    OptionError, PromptError, ModelError
        As `planned`, and where the journal is something else than a journal.
    ApiKeyError
        When a row has to be sent, and there is no key.
    """
    plan = planned(session, ask, fetch=True)
    options, journal = ask.options, Journal(ask.options.journal)
    try:
        found = [
            known_rows(each, journal, session.service.base_url(), options) for each in plan.plans
        ]
        done = [{*known, *rows.errors, *rows.waiting} for known, rows in found]
        is_sent = sum(map(len, done)) < plan.requested
        account = account_now(session) if is_sent else None
        oversized = [
            _too_long(session, requests, model, keys, options)
            for requests, (_, model), keys in zip(plan.plans, plan.models, done, strict=True)
        ]
    except BaseException:
        journal.close()
        raise
    too_long = [line for _, lines in oversized for line in lines]
    return PreparedMap(
        plan,
        journal,
        _settings(session, ask),
        account,
        tuple(known for known, _ in found),
        tuple(answers for answers, _ in oversized),
        (
            *notices_of(plan),
            *(plan.prompts.secrets.hidden(line) for line in too_long),
            *waiting_notices(rows for _, rows in found),
        ),
        tuple(rows for _, rows in found),
    )


def account_now(session: Session) -> Account:
    """Return the account in use; where there is no key, the main thread asks the user for one.

    Raises
    ------
    ApiKeyError
        When there is no key and the user gives none.
    """
    if session.owner.is_here:
        session.service.client()
    account = session.service.account()
    if account is None:
        raise ApiKeyError("There is no key.", "`%groq_key` asks for one.")
    return account


def _models(
    session: Session, options: MapOptions, *, fetch: bool
) -> Iterator[tuple[str, Model | None]]:
    """Yield the ids of the models, and their entries in the catalogue.

    An entry decides what is sent, and so the keys of the journal: those that we know come first,
    that they are the same with and without a key.
    """
    service = session.service
    for name in options.model or (session.settings.model,):
        known = offline_catalogue().get(name)
        if known is not None:
            yield name, known
            continue
        is_live = fetch and service.key_now() is not None
        catalogue = service.fetched_catalogue() if is_live else service.catalogue()
        model = catalogue.resolve(name) if name in ALIASES else name
        yield model, offline_catalogue().get(model) or catalogue.get(model)


def _too_long(
    session: Session,
    plan: RequestPlan,
    model: Model | None,
    answered: Container[str],
    options: MapOptions,
) -> tuple[dict[str, RowAnswer], tuple[str, ...]]:
    """Return the rows that the service would refuse, with their errors, and a line about them."""
    minute = session.service.limiter.limits_of(plan.model).get("TPM")
    # The batch engine knows no limit of a minute.
    is_fresh = minute is not None and time.time() - minute.seen < _FRESH and not options.batch
    limits = {
        f"{plan.model} takes": model.context_window if model is not None else None,
        f"{plan.model} takes a minute with this key": minute.limit if minute and is_fresh else None,
    }
    known = {what: limit for what, limit in limits.items() if limit}
    if not known:
        return {}, ()
    what, limit = min(known.items(), key=lambda item: item[1])
    found = [row for row in plan.oversized(limit) if row.key not in answered]
    answers = {
        row.key: RowAnswer(
            "",
            None,
            None,
            plan.model,
            f"The row is too long: about {row.tokens:,} tokens; {what} {limit:,}.",
        )
        for row in found
    }
    return answers, (_line_of(found, f"{what} {limit:,} tokens"),) if found else ()


def _line_of(found: list[OversizedRow], limit: str) -> str:
    listed = ", ".join(f"{row.label} ({row.tokens:,})" for row in found[:_MOST_LISTED])
    more = f" and {len(found) - _MOST_LISTED:,} more" if len(found) > _MOST_LISTED else ""
    rows = "1 row is" if len(found) == 1 else f"{len(found):,} rows are"
    return f"{rows} too long and not sent: {listed}{more}; {limit}."


def notices_of(plan: MapPlan) -> tuple[str, ...]:
    """Return lines about what a map sends, and what it leaves out."""
    hidden = plan.prompts.secrets.hidden
    columns = list(dict.fromkeys(part.text for part in plan.prompts.parts))
    shown = ", ".join(f"`{clip(name, _LONGEST_NAME)}`" for name in columns[:_MOST_LISTED])
    more = f" and {len(columns) - _MOST_LISTED} more" if len(columns) > _MOST_LISTED else ""
    secrets = dict.fromkeys(name for each in plan.plans for name in each.secrets)
    names = ", ".join(f"`{name}`" for name in secrets)
    included = tuple((clip(each.name, _LONGEST_NAME), each.size) for each in plan.prompts.included)
    return (
        hidden(f"Sent of each row: {shown}{more}"),
        *map(hidden, included_phrases(included, ())),
        *plan.prompts.notices,
        *((f"Replaced by `{HIDDEN}` in rows: the value of {names}.",) if secrets else ()),
    )


def _settings(session: Session, ask: MapAsk) -> RunSettings:
    options, settings = ask.options, session.settings
    begin = first_words(session.secrets().hidden(ask.prompt), _LONGEST_NAME)
    usual = RunSettings()
    return replace(
        usual,
        name=f"{options.out or 'answers'}: {begin}",
        again=options.again,
        concurrency=options.concurrency or usual.concurrency,
        share=options.share or usual.share,
        timeout=options.timeout or settings.timeout,
        connect_timeout=settings.connect_timeout,
        tries=settings.tries,
    )
