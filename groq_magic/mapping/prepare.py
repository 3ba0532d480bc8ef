"""Prepare a map: its plan, its journal, the rows that need no request, and the account."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.errors import ApiKeyError
from groq_magic.mapping.known_rows import known_rows, waiting_notices
from groq_magic.mapping.models import models_of
from groq_magic.mapping.plan import MapInputs, map_plan
from groq_magic.mapping.result_name import replaced_by_result
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.settings import run_name, run_settings
from groq_magic.mapping.too_long import too_long_rows
from groq_magic.prompt.secrets import HIDDEN
from groq_magic.views.bar import included_phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.account import Account
    from groq_magic.api.models import Catalogue
    from groq_magic.ledger.unwritten import UnwrittenByFile
    from groq_magic.mapping.batch.fetching import BatchRows
    from groq_magic.mapping.options import MapOptions
    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.sending.row_request import RowAnswer
    from groq_magic.mapping.sending.run_settings import RunSettings
    from groq_magic.session.session import Session

__all__ = [
    "MapAsk",
    "PreparedMap",
    "account_now",
    "notices_of",
    "prepare_map",
    "prepare_plan",
    "session_plan",
]

_MOST_LISTED, _LONGEST_NAME = 5, 60
_PRACTICE_BUDGET = "Practice costs nothing; the budget counts what Groq would charge."


@dataclass(frozen=True)
class MapAsk:
    """A map as the user typed it.

    Parameters
    ----------
    prompt : str
    data : object
    options : MapOptions
    names : mapping of str to object
        The variables for the prompt.
    data_names : frozenset of str
        The names of the variables from which the data comes.
    """

    prompt: str
    data: Any = field(repr=False)
    options: MapOptions
    names: Mapping[str, Any] = field(repr=False)
    data_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PreparedMap:
    """A map that is ready to run.

    Parameters
    ----------
    plan : MapPlan
    journal : Journal
    settings : RunSettings
    account : Account or None
        None if no row has to be sent.
    known : tuple of mapping of str to RowAnswer
        For each model the answers in the journal, by the rows' keys.
    too_long : tuple of mapping of str to RowAnswer
        For each model the errors of rows that are too long to send, by the rows' keys.
    notices : tuple of str
        Lines to show above the rows.
    batch : tuple of BatchRows
        For each model its rows in batch jobs. Answers that came from there are also in `known`.
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
        """The names and sizes of the values that the requests include, for the log."""
        prompts = self.plan.prompts
        hide = prompts.secrets.hide
        columns = ((hide(clip(part.text, 200)), "a column") for part in prompts.parts)
        return (*((hide(each.name), each.size) for each in prompts.included), *columns)


def session_plan(session: Session, ask: MapAsk, *, fetch: bool) -> MapPlan:
    """Return the plan of a map; the user's own code may run here.

    Parameters
    ----------
    session : Session
    ask : MapAsk
    fetch : bool
        Whether the list of models may be fetched from the service.

    Raises
    ------
    OptionError, PromptError
        As `map_plan` does; also if the variable for the result must not be replaced.
    ModelError
        When the key has no model for a task name such as `fast`.
    """
    replaced = replaced_by_result(
        ask.options.out or "", session.namespace, session.map_results, ask.data, ask.data_names
    )
    plan = map_plan(
        MapInputs(
            ask.prompt,
            ask.data,
            ask.names,
            tuple(
                models_of(
                    ask.options.model or (session.settings.model,),
                    lambda: _catalogue(session, fetch=fetch),
                )
            ),
            session.settings.defaults(),
            session.privacy(),
            session.secrets(),
            session.estimate.per_byte,
            session.service.base_url(),
            session.service.in_practice,
        ),
        ask.options,
    )
    budget = ask.options.budget
    needs_note = plan.practice and budget is not None and budget.in_dollars
    notices = (replaced, _PRACTICE_BUDGET if needs_note else "")
    return replace(plan, notices=tuple(filter(None, notices)))


def prepare_map(session: Session, ask: MapAsk) -> PreparedMap:
    """Prepare a map without sending any row.

    Raises
    ------
    OptionError, PromptError, ModelError
        As `session_plan` does; also when the file for the journal isn't a journal.
    ApiKeyError
        When a row has to be sent, and there is no key.
    """
    plan = session_plan(session, ask, fetch=True)
    url = session.service.base_url()
    settings, unwritten = _settings(session, ask), session.unwritten
    return prepare_plan(plan, settings, url, lambda: account_now(session), unwritten)


def prepare_plan(
    plan: MapPlan,
    settings: RunSettings,
    url: str,
    account: Callable[[], Account],
    unwritten: UnwrittenByFile | None,
) -> PreparedMap:
    """Look up which rows of a plan need no request.

    Parameters
    ----------
    plan : MapPlan
    settings : RunSettings
    url : str
        The address of the service.
    account : callable
        Returns the service and the key. Called only if a row has to be sent.
    unwritten : UnwrittenByFile or None
        Answers that earlier journals could not write.

    Raises
    ------
    OptionError
        When the file for the journal isn't a journal.
    GroqMagicError
        As `account` does.
    """
    journal = Journal(plan.options.journal, unwritten)
    try:
        found = [known_rows(each, journal, url, plan.options) for each in plan.plans]
        done = [{*known, *rows.errors, *rows.waiting} for known, rows in found]
        is_sent = sum(map(len, done)) < plan.requested
        in_use = account() if is_sent else None
        oversized = [
            too_long_rows(in_use, requests, model, keys, plan.options)
            for requests, (_, model), keys in zip(plan.plans, plan.models, done, strict=True)
        ]
    except BaseException:
        journal.close()
        raise
    too_long = [line for _, lines in oversized for line in lines]
    return PreparedMap(
        plan,
        journal,
        settings,
        in_use,
        tuple(known for known, _ in found),
        tuple(answers for answers, _ in oversized),
        (
            *notices_of(plan),
            *(plan.prompts.secrets.hide(line) for line in too_long),
            *waiting_notices(plan.plans, (rows for _, rows in found)),
        ),
        tuple(rows for _, rows in found),
    )


def account_now(session: Session) -> Account:
    """Return the account in use. Without a key, the main thread asks the user for one.

    Raises
    ------
    ApiKeyError
        When there is still no key.
    """
    if session.owner.is_here:
        session.service.client()
    account = session.service.account()
    if account is None:
        raise ApiKeyError("There is no key.", "`%groq_key` asks for one.")
    return account


def _catalogue(session: Session, *, fetch: bool) -> Catalogue:
    service = session.service
    is_live = fetch and service.key_now() is not None
    return service.fetched_catalogue() if is_live else service.catalogue()


def notices_of(plan: MapPlan) -> tuple[str, ...]:
    """Return lines about the values that a map sends, and about those it replaces."""
    hide = plan.prompts.secrets.hide
    columns = list(dict.fromkeys(part.text for part in plan.prompts.parts))
    shown = ", ".join(f"`{clip(name, _LONGEST_NAME)}`" for name in columns[:_MOST_LISTED])
    more = f" and {len(columns) - _MOST_LISTED} more" if len(columns) > _MOST_LISTED else ""
    secrets = dict.fromkeys(name for each in plan.plans for name in each.secrets)
    names = ", ".join(f"`{name}`" for name in secrets)
    included = tuple((clip(each.name, _LONGEST_NAME), each.size) for each in plan.prompts.included)
    return (
        *map(hide, plan.notices),
        hide(f"Sent from each row: {shown}{more}"),
        *map(hide, included_phrases(included, ())),
        *plan.prompts.notices,
        *((f"Replaced by `{HIDDEN}` in rows: the value of {names}.",) if secrets else ()),
    )


def _settings(session: Session, ask: MapAsk) -> RunSettings:
    name = run_name(ask.options.out or "map", ask.prompt, ask.options, session.secrets().hide)
    return run_settings(session.settings, ask.options, name)
