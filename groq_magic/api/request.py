"""A chat request, as the API takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError
from groq_magic.printable import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.api.models import Model
    from groq_magic.options import AskOptions

__all__ = ["request_of", "size_of", "without_surrogates"]


_JSON_WISH = "Answer with one JSON value and nothing else."


def request_of(
    options: AskOptions, model: str, known: Model | None, messages: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the request, with only the parameters that were set.

    A parameter that nobody set is left out (`None` would go out as `null`);
    `max_completion_tokens` above all, since admission counts it against the
    tokens a minute.

    Parameters
    ----------
    options : AskOptions
    model : str
    known : Model or None
        Its entry in the catalogue.
    messages : sequence of mapping
    """
    request: dict[str, Any] = {"model": model, "messages": [dict(m) for m in messages]}
    for option in options.table():
        value = getattr(options, option.name)
        if option.parameter and value not in (None, ()):
            request[option.parameter] = list(value) if isinstance(value, tuple) else value
    if options.format == "json":
        _wish_for_json(request, known)
    if options.stream is not False:
        request["stream"] = True
    return request


def size_of(text: str) -> int:
    """Return the bytes that a text takes in a request."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def without_surrogates(text: str) -> tuple[str, int]:
    """Return `text` with lone surrogates replaced, and how many there were.

    They can't be encoded, so the request would fail before it leaves.
    """
    return SURROGATE.subn("\ufffd", text)


def _wish_for_json(request: dict[str, Any], known: Model | None) -> None:
    if known is not None and known.features and "json_mode" not in known.features:
        raise OptionError(
            f"{known.id} has no JSON mode.", "`%groq_models` shows which models have it."
        )
    request["response_format"] = {"type": "json_object"}
    # The API refuses JSON mode unless a message names JSON.
    if not any("json" in str(m.get("content", "")).lower() for m in request["messages"]):
        request["messages"].insert(0, {"role": "system", "content": _JSON_WISH})
    if known is not None and "reasoning" in known.features and "gpt-oss" not in known.id:
        # Reasoning inside the answer would be no JSON: the API refuses raw with JSON mode.
        request["reasoning_format"] = "parsed"
