"""JSON schemas from the user: check a schema, and check a reply against it."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.errors import OptionError
from groq_magic.schemas.mismatch import MOST_FAULTS, WHOLE, Mismatch, line, place

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_value", "valid_json_schema"]


def valid_json_schema(given: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON schema unchanged if it is valid.

    Raises
    ------
    OptionError
        When it is not valid, or can't be sent.
    """
    import jsonschema

    kind = jsonschema.validators.validator_for(given, jsonschema.Draft202012Validator)
    try:
        kind.check_schema(given)
        # As a request contains it: without NaN and halves of surrogate pairs.
        json.dumps(given, allow_nan=False, ensure_ascii=False).encode()
        _check_references(given)
    except (jsonschema.SchemaError, TypeError, ValueError, RecursionError) as error:
        message = getattr(error, "message", str(error))
        raise OptionError(
            f"--schema isn't a JSON schema: {line(message).rstrip('.')}.",
            "Use a pydantic model or 'city, price float' instead.",
        ) from None
    return given


def _check_references(given: Mapping[str, Any]) -> None:
    """Raise ValueError for a reference to nothing in the schema."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    if "$id" in json.dumps(given):
        # In a part with an `$id`, references are relative to the part.
        return
    resource = DRAFT202012.create_resource(given)
    registry: Registry[Any] = Registry()
    resolver = registry.resolver_with_root(resource)
    waiting: list[Any] = [given]
    while waiting:
        each = waiting.pop()
        inner = each.values() if isinstance(each, dict) else each
        waiting += [part for part in inner if isinstance(part, dict | list)]
        reference = each.get("$ref") if isinstance(each, dict) else None
        if isinstance(reference, str):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                message = f"{clip(reference, 60)} is not in it"
            else:
                continue
            raise ValueError(message)


def check_value(value: Any, json_schema: Mapping[str, Any]) -> Any:
    """Return a value from JSON unchanged if it fits a JSON schema.

    Raises
    ------
    Mismatch
    """
    import jsonschema
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = jsonschema.validators.validator_for(json_schema, jsonschema.Draft202012Validator)
    try:
        # An empty registry: the default one would load schemas from the network.
        check = kind(json_schema, registry=Registry())
        errors = list(islice(check.iter_errors(value), MOST_FAULTS))
    except Unresolvable as error:
        raise Mismatch((f"{WHOLE}: the schema lacks {line(error)}",)) from None
    faults = tuple(f"{place(error.absolute_path)}: {line(error.message)}" for error in errors)
    if faults:
        raise Mismatch(faults)
    return value
