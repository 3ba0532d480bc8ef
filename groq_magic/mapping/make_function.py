"""Make the function that `groq_magic.rows` returns: check its options, and remove secrets."""

from __future__ import annotations

import contextlib
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from groq_magic.api.models import offline_catalogue
from groq_magic.errors import OptionError
from groq_magic.mapping.function import MapFunction
from groq_magic.mapping.models import models_of
from groq_magic.mapping.options import MapOptions
from groq_magic.mapping.settings import run_name, run_settings
from groq_magic.options import AskOptions
from groq_magic.prompt import Privacy
from groq_magic.schemas import Schema, schema_of
from groq_magic.session.python_calls import secrets_of_call, with_python_errors
from groq_magic.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.session.session import Session

__all__ = ["map_function"]

# Options about the cell, or about all rows: one call may get only a part of the rows.
_REFUSED = {
    "out": "It returns the frame.",
    "dry_run": "`groq_magic.map` on some rows shows what is sent.",
    "background": "It runs in the thread that calls it.",
    "limit": "Give it fewer rows.",
    "sample": "Give it a sample of the rows.",
    "check": "`groq_magic.map` compares answers with a column.",
    "budget": "Each call would have its own; `groq_magic.map` takes one for all rows.",
    "batch": "`%%groq_map --batch` submits rows to Groq's batch engine.",
}
_Table = TypeVar("_Table", MapOptions, AskOptions)


def map_function(
    prompt: str, keywords: Mapping[str, Any], session_now: Callable[[], Session | None]
) -> MapFunction:
    """Return a map as a function.

    Parameters
    ----------
    prompt : str
        With `{{column}}` and `{{row}}`.
    keywords : mapping of str to object
        The long options of `%%groq_map` with underscores.
    session_now : callable
        As in `MapFunction`; defined in a module, so that it can be pickled.

    Raises
    ------
    OptionError
        For invalid options, and for options that need all rows.
    """
    for name in keywords:
        if name in _REFUSED:
            raise OptionError(f"rows() does not take `{name}`.", _REFUSED[name])
    return with_python_errors(
        lambda: _map_function(prompt, MapOptions.of_keywords(keywords), session_now)
    )


def _map_function(
    prompt: str, options: MapOptions, session_now: Callable[[], Session | None]
) -> MapFunction:
    session = session_now()
    settings = session.settings if session is not None else Settings()
    namespace = session.namespace if session is not None else {}
    hide = secrets_of_call(session).hide
    options = _without(replace(options, schema=_portable(options.schema, namespace)), hide)
    catalogue = session.service.catalogue if session is not None else offline_catalogue
    in_practice = session is not None and session.service.in_practice
    log = str(Path(settings.log).expanduser().absolute()) if settings.log else ""
    return MapFunction(
        hide(prompt),
        options,
        tuple(models_of(options.model or (settings.model,), catalogue)),
        _without(replace(settings.defaults(), system=None), hide),
        Privacy(settings.rows_sent, tuple(settings.private)),
        run_settings(settings, options, run_name("rows", prompt, options, hide)),
        log,
        session.service.base_url() if session is not None and in_practice else "",
        session_now,
    )


def _portable(schema: Any, namespace: Mapping[str, Any]) -> Any:
    """Return an equal schema that doesn't need the session's variables."""
    if not isinstance(schema, str):
        if schema is not None:
            schema_of(schema)  # an invalid schema is refused now, not at the first call
        return schema
    meant = schema_of(schema, namespace)
    with contextlib.suppress(OptionError):
        if schema_of(schema, {}).json_schema == meant.json_schema:
            return schema
    named = namespace.get(schema.strip())
    # A type made from the session's variables can't be pickled, but its JSON schema can.
    return named if isinstance(named, type) else Schema(meant.name, meant.json_schema)


def _without(options: _Table, hide: Callable[[str], str]) -> _Table:
    """Return options without secrets in their texts."""
    found: dict[str, Any] = {}
    for each in fields(options):
        value = getattr(options, each.name)
        if isinstance(value, str):
            found[each.name] = hide(value)
        elif isinstance(value, tuple):
            found[each.name] = tuple(hide(one) if isinstance(one, str) else one for one in value)
    return replace(options, **found)
