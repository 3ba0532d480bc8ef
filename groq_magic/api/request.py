"""Build a chat request for the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groq_magic.api.models import GENERAL
from groq_magic.conversation import text_in
from groq_magic.errors import ModelError, OptionError
from groq_magic.printable import SURROGATE
from groq_magic.tools import NO_TOOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.api.models import Model
    from groq_magic.options import AskOptions
    from groq_magic.schemas import Schema, SchemaForm
    from groq_magic.tools import ToolSet

__all__ = ["form_of", "is_strict", "request_of", "size_of", "without_surrogates"]

_STRICT = "structured_outputs"
# The models that make one call at a time, and that use the service's own tools
# (https://console.groq.com/docs/tool-use).
_GPT_OSS = "gpt-oss"
_JSON_INSTRUCTION = "Answer with one JSON value and nothing else."
_SCHEMA_INSTRUCTION = (
    "Answer with one JSON object that is valid against this JSON schema, and nothing else:"
)


def request_of(  # noqa: PLR0913 - the parts of a request, named
    options: AskOptions,
    model: str,
    known: Model | None,
    messages: Sequence[Mapping[str, Any]],
    form: SchemaForm | None = None,
    *,
    tools: ToolSet = NO_TOOLS,
) -> dict[str, Any]:
    """Return the request, with only the parameters that were set.

    Other parameters are left out (`None` would be sent as `null`), above all
    `max_completion_tokens`, which the service counts against the tokens a minute.

    Parameters
    ----------
    options : AskOptions
    model : str
    known : Model or None
        Its entry in the catalogue.
    messages : sequence of mapping
    form : SchemaForm, optional
        Of the answer's schema; see `form_of`.
    tools : ToolSet, optional

    Raises
    ------
    OptionError, ModelError
        When the model can't do what an option asks for.
    """
    request: dict[str, Any] = {"model": model, "messages": [dict(m) for m in messages]}
    for option in options.table():
        value = getattr(options, option.name)
        if option.parameter and value not in (None, ()):
            request[option.parameter] = list(value) if isinstance(value, tuple) else value
    if tools:
        _offer(request, known, tools)
    if form is not None:
        _ask_for_schema(request, known, form)
    elif options.format == "json":
        _ask_for_json(request, known, _JSON_INSTRUCTION)
    if options.stream is not False and not (form is not None and form.is_strict):
        # The service streams no strict answers (https://console.groq.com/docs/structured-outputs).
        request["stream"] = True
    return request


def form_of(
    schema: Schema | None, known: Model | None, tools: ToolSet = NO_TOOLS
) -> SchemaForm | None:
    """Return the form of a schema that a model accepts.

    Parameters
    ----------
    schema : Schema or None
    known : Model or None
        Its entry in the catalogue; an unknown one is asked in JSON mode.
    tools : ToolSet, optional
        The service accepts none with a strict schema.
    """
    if schema is None:
        return None
    return schema.form(strict=is_strict(known) and not tools)


def is_strict(known: Model | None) -> bool:
    """Whether a model takes strict schemas; one that is not in the catalogue doesn't."""
    return known is not None and _STRICT in known.features


def size_of(text: str) -> int:
    """Return the bytes that a text takes in a request."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def without_surrogates(text: str) -> tuple[str, int]:
    """Return `text` with lone surrogates replaced, and how many there were.

    They can't be encoded, so the request would fail before it leaves.
    """
    return SURROGATE.subn("\ufffd", text)


def _offer(request: dict[str, Any], known: Model | None, tools: ToolSet) -> None:
    if known is not None and known.features and "tools" not in known.features:
        raise OptionError(f"{known.id} can't call tools.", "`%groq_models` shows which models can.")
    if tools.at_service and known is not None and known.features and _GPT_OSS not in known.id:
        happened = f"{known.id} can't use `{tools.at_service[0]}`."
        raise ModelError(happened, f"`-m {GENERAL}` can.")
    request["tools"] = tools.declarations()
    if tools.functions and _GPT_OSS in request["model"]:
        request["parallel_tool_calls"] = False
    _keep_reasoning_apart(request, known)


def _ask_for_schema(request: dict[str, Any], known: Model | None, form: SchemaForm) -> None:
    if form.is_strict:
        described = {"name": form.name, "schema": form.schema, "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": described}
        _keep_reasoning_apart(request, known)
        return
    written = json.dumps(form.schema, ensure_ascii=False)
    _ask_for_json(request, known, f"{_SCHEMA_INSTRUCTION}\n{written}", always=True)


def _ask_for_json(
    request: dict[str, Any], known: Model | None, instruction: str, *, always: bool = False
) -> None:
    """Ask for JSON mode.

    Parameters
    ----------
    request : dict
    known : Model or None
    instruction : str
        For the system message.
    always : bool
        Whether it is added even if a message contains the word JSON.
    """
    messages, has_tools = request["messages"], "tools" in request
    if not has_tools:
        if known is not None and known.features and "json_mode" not in known.features:
            raise OptionError(
                f"{known.id} has no JSON mode.", "`%groq_models` shows which models have it."
            )
        request["response_format"] = {"type": "json_object"}
    # The API refuses JSON mode unless a message contains the word JSON.
    if always or has_tools or not any("json" in text_in(each).lower() for each in messages):
        if (always or has_tools) and messages[0]["role"] == "system":
            messages[0]["content"] += f"\n\n{instruction}"
        else:
            messages.insert(0, {"role": "system", "content": instruction})
    _keep_reasoning_apart(request, known)


def _keep_reasoning_apart(request: dict[str, Any], known: Model | None) -> None:
    if known is not None and "reasoning" in known.features and "gpt-oss" not in known.id:
        # Reasoning inside the answer would make it invalid JSON; the API refuses that.
        request["reasoning_format"] = "parsed"
