"""Answers that must fit a schema: check them, and request one correction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a
from groq_magic.errors import OptionError, SchemaError
from groq_magic.practice import NO_MODEL
from groq_magic.prompt import PrivateValues
from groq_magic.prompt.named_secrets import is_secret
from groq_magic.reply import data_text
from groq_magic.schemas import Mismatch, schema_of, without_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.send import Outcome
    from groq_magic.options import AskOptions
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.reply import Reply
    from groq_magic.schemas import Schema, SchemaForm

__all__ = ["SECOND_TRY", "repair_request", "schema_of_ask", "with_data"]

SECOND_TRY = "This answer doesn't fit the schema. A second try:"
_REPAIR = """This answer does not fit the schema:
{faults}
Answer again with the whole corrected JSON, and nothing else."""
_REFUSED = "the answer: it isn't valid JSON of this schema"
_CUT = "length"
_MOST_SHOWN = 3


def schema_of_ask(
    options: AskOptions, namespace: Mapping[str, Any], secrets: Secrets, privacy: Privacy | None
) -> Schema | None:
    """Return the schema of an ask, its texts without secrets; None for none.

    Parameters
    ----------
    options : AskOptions
    namespace : Mapping of str to Any
        The session's variables.
    secrets : Secrets
    privacy : Privacy or None

    Raises
    ------
    OptionError
        As `schema_of`.
    """
    if options.schema is None:
        return None

    def is_left_out(name: str, value: Any) -> bool:
        return (privacy is not None and privacy.has_limits) or is_secret(name, value)

    names = _SchemaNamespace(namespace, privacy) if privacy and privacy.has_limits else namespace
    found = schema_of(options.schema, names)
    shown = secrets.hide_in(without_defaults(found.json_schema, is_left_out))
    return replace(found, json_schema=shown)


class _SchemaNamespace(dict[str, Any]):
    """The session's variables for a schema; lists with values that may not be sent are refused."""

    def __init__(self, namespace: Mapping[str, Any], privacy: Privacy) -> None:
        super().__init__(namespace)
        self._privacy = privacy

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if is_a(value, list, tuple, set, frozenset):
            texts = "\n".join(map(str, value))
            hidden = PrivateValues.of_session(self, self._privacy.named).hide(texts)
            if self._privacy.rows == 0 or self._privacy.hides(name) or hidden != texts:
                why = "`rows_sent` is 0" if self._privacy.rows == 0 else "some are private"
                raise OptionError(
                    f"--schema: the values of {name} may not be sent: {why}.",
                    "Write them as 'food'|'fuel', or leave the type out.",
                )
        return value


def repair_request(
    request: Mapping[str, Any], schema: Schema, form: SchemaForm | None, text: str, outcome: Outcome
) -> dict[str, Any] | None:
    """Return the request that asks for a correction of an answer that does not fit.

    Parameters
    ----------
    request : mapping
        The first request.
    schema : Schema
    form : SchemaForm or None
        The form in which the request contained it.
    text : str
        The answer.
    outcome : Outcome

    Returns
    -------
    dict or None
        None if the answer fits, or a correction can't help.
    """
    faults: tuple[str, ...] = ()
    if NO_MODEL in text:
        return None
    if outcome.fault is not None:
        # The service checks strict answers itself, and its error quotes the answer.
        text = outcome.fault.failed_generation
        faults = (_REFUSED,) if text else ()
    elif outcome.finish_reason == "stop":
        try:
            schema.read(data_text(text), form)
        except Mismatch as mismatch:
            faults = mismatch.faults
    if not faults:
        return None
    listed = "\n".join(f"- {fault}" for fault in faults)
    return {
        **request,
        "messages": [
            *request["messages"],
            {"role": "assistant", "content": text},
            {"role": "user", "content": _REPAIR.format(faults=listed)},
        ],
    }


def with_data(reply: Reply, schema: Schema, form: SchemaForm | None) -> Reply:
    """Return a reply with its validated data, or with an error if it does not fit."""
    if reply.error is not None:
        return replace(reply, data=None)
    try:
        found = schema.read(data_text(reply.text), form)
    except Mismatch as mismatch:
        return replace(reply, data=None, error=_error(reply, mismatch))
    return replace(reply, data=found.data, text=found.text)


def _error(reply: Reply, mismatch: Mismatch) -> SchemaError:
    if NO_MODEL in reply.text:
        return SchemaError(
            "Practice mode: no model is here, so there is no typed answer.",
            "Run `%groq_key` to connect a model.",
        )
    if reply.finish_reason == _CUT:
        remedy = "It ended at the token limit; a larger `--max-tokens` allows more."
    else:
        remedy = "Its text is in `_groq.text`; `%groq_retry` asks again."
    return SchemaError(mismatch.shown(_MOST_SHOWN), remedy)
