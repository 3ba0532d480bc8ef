"""The plan of a map, made before anything is sent: rows, requests, columns and checks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import is_loopback
from groq_magic.api.request import is_strict
from groq_magic.errors import OptionError
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.check_columns import refuse_columns
from groq_magic.mapping.data.prompts import row_prompts
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.requests.answer_type import AnswerType
from groq_magic.mapping.requests.grouping import request_plan, row_options
from groq_magic.mapping.results.agreement import checks_of, positions_to_check
from groq_magic.mapping.results.frame import result_columns
from groq_magic.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.models import Model
    from groq_magic.mapping.data.prompts import RowPrompts
    from groq_magic.mapping.data.rows import Rows
    from groq_magic.mapping.options import MapOptions
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.results.agreement import Check
    from groq_magic.mapping.results.frame import ResultColumns
    from groq_magic.options import AskOptions
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.schemas import Schema

__all__ = ["MapInputs", "MapPlan", "map_plan"]

_OWN_LIMITS = "The batch engine has its own speed and limits."
_NOT_WITH_BATCH = MappingProxyType(
    {
        "background": "With --batch the cell returns at once anyway.",
        "budget": "A job has no budget; `--dry-run` estimates the cost, `--limit N` lowers it.",
        "concurrency": _OWN_LIMITS,
        "share": _OWN_LIMITS,
        "service_tier": "The batch engine is a service tier itself.",
    }
)


@dataclass(frozen=True)
class MapInputs:
    """The input of `map_plan`, besides the options.

    Parameters
    ----------
    prompt : str
    data : object
    namespace : mapping
        The session's variables.
    models : tuple of (str, Model or None)
        The ids, and their entries in the catalogue.
    defaults : AskOptions
        The user's settings.
    privacy : Privacy
    secrets : Secrets
    per_byte : float
        Tokens of a byte of text, according to the service's counts so far.
    url : str
        The address of the service.
    practice : bool
        Whether the practice server answers.
    """

    prompt: str = field(repr=False)
    data: Any = field(repr=False)
    namespace: Mapping[str, Any] = field(repr=False)
    models: tuple[tuple[str, Model | None], ...]
    defaults: AskOptions
    privacy: Privacy
    secrets: Secrets = field(repr=False)
    per_byte: float
    url: str
    practice: bool = False

    @property
    def server(self) -> str:
        """The kind of server: "practice", "local", or "" for Groq."""
        return "practice" if self.practice else "local" if is_loopback(self.url) else ""


@dataclass(frozen=True)
class MapPlan:
    """The rows, requests, columns and checks of a map.

    Parameters
    ----------
    options : MapOptions
    prompts : RowPrompts
        The prompts, with the rows that are asked.
    plans : tuple of RequestPlan
        The requests to each model.
    columns : tuple of ResultColumns
        The new columns of each model.
    checks : tuple of Check
    models : tuple of (str, Model or None)
    practice : bool
    notices : tuple of str
        Lines to show to the user, besides those of the prompts.
    """

    options: MapOptions
    prompts: RowPrompts = field(repr=False)
    plans: tuple[RequestPlan, ...] = field(repr=False)
    columns: tuple[ResultColumns, ...] = field(repr=False)
    checks: tuple[Check, ...]
    models: tuple[tuple[str, Model | None], ...]
    practice: bool = False
    notices: tuple[str, ...] = ()

    @property
    def rows(self) -> Rows:
        """The rows of the frame."""
        return self.prompts.rows

    @property
    def requested(self) -> int:
        """The number of answers: for each model one for each different row."""
        return sum(len(plan.positions) for plan in self.plans)


def map_plan(inputs: MapInputs, options: MapOptions) -> MapPlan:
    """Return the plan of a map; the user's own code may run here.

    Parameters
    ----------
    inputs : MapInputs
    options : MapOptions

    Raises
    ------
    OptionError
        For data without rows, unknown fields or columns, new columns with a name of the data's,
        and options that exclude each other.
    PromptError
        When a name in the prompt is unknown or private, or a value can't be sent.
    """
    _refuse_together(options)
    rows = rows_of(inputs.data)
    schema = None if options.schema is None else schema_of(options.schema, inputs.namespace)
    types = [_type_of(schema, options, known) for _, known in inputs.models]
    fields = types[0].fields
    checks = checks_of(options.check, fields, rows) if options.check else ()
    refuse_columns(checks, fields, schema, rows, inputs.privacy)
    prompts = row_prompts(
        inputs.prompt,
        _asked(rows, checks, options),
        inputs.namespace,
        system=options.system or "",
        privacy=inputs.privacy,
        secrets=inputs.secrets,
        not_in_row=[check.position for check in checks],
    )
    ids = [model for model, _ in inputs.models]
    columns = result_columns(prompts, types[0], ids, options.prefix or "")
    _check_budget(options, ids)
    # The session's system prompt and format are not used in maps.
    defaults = replace(inputs.defaults, system=None, format=None)
    plans = tuple(
        request_plan(
            prompts,
            answer_type,
            row_options(options.of_requests(model), defaults, known),
            known,
            pack=options.pack or 1,
            per_byte=inputs.per_byte,
            server=inputs.server,
        )
        for (model, known), answer_type in zip(inputs.models, types, strict=True)
    )
    return MapPlan(options, prompts, plans, columns, checks, inputs.models, inputs.practice)


def _type_of(schema: Schema | None, options: MapOptions, known: Model | None) -> AnswerType:
    return AnswerType(schema, is_strict(known), options.evidence)


def _asked(rows: Rows, checks: tuple[Check, ...], options: MapOptions) -> Rows:
    """Return the rows that are asked: all, or those that the options choose."""
    if checks:
        positions = positions_to_check(rows, checks)
        if not positions:
            names = ", ".join(f"`{rows.columns[check.position].name}`" for check in checks)
            raise OptionError(
                f"--check: no row has a value in {names}.", "Fill some in, or leave --check out."
            )
        rows = rows.take(positions)
    if options.sample:
        return rows.sample(options.sample, options.seed or 0)
    if options.limit and options.limit < len(rows):
        return rows.take(range(options.limit))
    return rows


def _refuse_together(options: MapOptions) -> None:
    """Refuse options that exclude each other."""
    if options.limit and options.sample:
        raise OptionError("--limit and --sample exclude each other.", "Give one of them.")
    for name, remedy in _NOT_WITH_BATCH.items():
        if options.batch and getattr(options, name):
            flag = f"--{name.replace('_', '-')}"
            raise OptionError(f"--batch and {flag} exclude each other.", remedy)


def _check_budget(options: MapOptions, models: list[str]) -> None:
    """Refuse a budget in dollars if a model's price is unknown."""
    if options.budget is not None:
        for model in models:
            options.budget.price(model, Usage(1, 1, 2))
