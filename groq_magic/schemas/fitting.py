"""Check a value against a strict schema, to find out which member of a union a reply has."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCALARS", "fits"]

SCALARS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "null": (type(None),),
    }
)


def fits(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """Whether a value fits a schema in strict form.

    Parameters
    ----------
    value : object
        From JSON.
    schema : mapping
    definitions : mapping
        The schemas that it refers to by name; nothing fits a missing one.
    """
    if "$ref" in schema:
        name = unquote(schema["$ref"].removeprefix("#/$defs/"))
        return name in definitions and fits(value, definitions[name], definitions)
    if "anyOf" in schema:
        return any(fits(value, each, definitions) for each in schema["anyOf"])
    if "enum" in schema:
        return any(value == each and type(value) is type(each) for each in schema["enum"])
    kind = schema["type"]
    if kind == "array":
        return isinstance(value, list) and all(
            fits(each, schema["items"], definitions) for each in value
        )
    if kind == "object":
        parts = schema["properties"]
        return (
            isinstance(value, dict)
            and set(value) == set(parts)
            and all(fits(value[name], part, definitions) for name, part in parts.items())
        )
    return isinstance(value, SCALARS[kind]) and isinstance(value, bool) == (kind == "boolean")
