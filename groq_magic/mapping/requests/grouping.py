"""Make the plan of a map's requests: one for each different row, or for several rows together."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import request_of, size_of
from groq_magic.mapping.requests.request_plan import PER_BYTE, RequestPlan, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.api.models import Model
    from groq_magic.ledger.usage import Usage
    from groq_magic.mapping.data.prompts import RowPrompts
    from groq_magic.mapping.requests.answer_type import AnswerType
    from groq_magic.options import AskOptions
    from groq_magic.schemas import SchemaForm

__all__ = [
    "SAMPLED",
    "max_tokens_from",
    "request_plan",
    "row_options",
]

# The answers to these first requests set the limit on the length of the others.
SAMPLED = 10
# The limit is the longest of them times this factor, and at least this many tokens more.
_ROOM, _LEAST_ROOM = 1.5, 100
_PACKED = (
    "Answer for each of the rows below by itself, as if it were the only one: give its number "
    "and its answer."
)


def row_options(given: AskOptions, defaults: AskOptions, known: Model | None) -> AskOptions:
    """Return the options of a row's request: by default temperature 0 and little reasoning.

    Parameters
    ----------
    given, defaults : AskOptions
        The options of the map, and the user's settings; both come before our defaults.
    known : Model or None
        The model's entry in the catalogue; only reasoning models take an effort.
    """
    options = given.over(defaults)
    temperature = 0.0 if options.temperature is None else options.temperature
    effort = options.reasoning_effort
    if not effort and known is not None and "reasoning" in known.features:
        effort = "low"
    return replace(options, temperature=temperature, reasoning_effort=effort, stream=False)


def max_tokens_from(usages: Iterable[Usage | None], known: Model | None = None) -> int | None:
    """Return a limit on answers from the first answers' tokens; None if these are unknown.

    Before an answer begins, the service counts this limit as tokens of this minute.
    """
    longest = max((usage.completion_tokens for usage in usages if usage is not None), default=0)
    if not longest:
        return None
    most = max(math.ceil(longest * _ROOM), longest + _LEAST_ROOM)
    return min(most, known.max_completion_tokens or most) if known is not None else most


def request_plan(  # noqa: PLR0913 - all that the requests depend on
    prompts: RowPrompts,
    answer_type: AnswerType,
    options: AskOptions,
    known: Model | None,
    *,
    pack: int = 1,
    per_byte: float = PER_BYTE,
    server: str = "",
) -> RequestPlan:
    """Return the plan of a map's requests; this reads all rows.

    Parameters
    ----------
    prompts : RowPrompts
    answer_type : AnswerType
    options : AskOptions
        The result of `row_options`; its model is an id.
    known : Model or None
        The model's entry in the catalogue.
    pack : int
        The most rows in one request.
    per_byte : float
        Tokens of a byte of text, according to the service's counts so far.
    server : str
        The kind of server, "" for Groq. Answers of other servers have other keys.

    Raises
    ------
    OptionError
        When the model can't do what an option asks for.
    PromptError
        When a value can't be sent.
    """
    base = _base(prompts, prompts.text, answer_type.form, options, known)
    packed = base
    if pack > 1:
        text = f"{prompts.text}\n\n{_PACKED}"
        packed = _base(prompts, text, answer_type.packed_form, options, known)
    # The pack is part of the key: packed differently, a row may get another answer.
    common = json.dumps([base, packed if pack > 1 else None, pack], sort_keys=True)
    common += f" {server}" if server else ""
    hashed = hashlib.sha256(common.encode())
    own = tokens_of(base, per_byte)
    keys: list[str] = []
    positions: dict[str, int] = {}
    tokens: dict[str, int] = {}
    secrets: dict[str, None] = {}
    for position in range(len(prompts.rows)):
        row = prompts.row(position)
        each = hashed.copy()
        each.update(row.block.encode())
        key = each.hexdigest()
        if key not in positions:
            positions[key] = position
            tokens[key] = own + math.ceil(size_of(row.block) * per_byte)
            secrets |= dict.fromkeys(row.secrets)
        keys.append(key)
    return RequestPlan(
        prompts,
        answer_type,
        base,
        packed,
        tuple(keys),
        positions,
        tokens,
        pack,
        None,
        per_byte,
        tuple(secrets),
    )


def _base(
    prompts: RowPrompts,
    text: str,
    form: SchemaForm | None,
    options: AskOptions,
    known: Model | None,
) -> dict[str, Any]:
    """Return a request with the prompt, but without a row."""
    system = [{"role": "system", "content": prompts.system}] if prompts.system else []
    messages = [*system, {"role": "user", "content": text}]
    request = request_of(options, str(options.model), known, messages, form)
    return prompts.secrets.hide_in_request(request)
