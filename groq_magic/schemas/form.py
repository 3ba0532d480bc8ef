"""The form of a schema in a request, and the conversion of its answers back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Restore",
    "SchemaForm",
    "json_mode_form",
    "name_of_root",
    "object_of",
    "unwrapping",
    "without_defaults",
]

Restore = Callable[[Any], Any]


@dataclass(frozen=True)
class SchemaForm:
    """A schema as a request contains it; its root is an object.

    Parameters
    ----------
    schema : dict
    restore : callable or None
        Converts a reply of this form to the original schema; None where they are equal.
        It raises ValueError for a reply that can't be converted.
    is_strict : bool
        Whether the service enforces it; else the system message contains it.
    name : str
        As the API requires: at most 64 letters, digits, `_` and `-`.
    """

    schema: dict[str, Any]
    restore: Restore | None = None
    is_strict: bool = False
    name: str = "answer"


def json_mode_form(schema: Mapping[str, Any]) -> SchemaForm:
    """Return a schema for JSON mode, in which every answer is an object."""
    if schema.get("type") == "object":
        return SchemaForm(dict(schema))
    inner = {name: part for name, part in schema.items() if name != "$defs"}
    name = name_of_root(inner)
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return SchemaForm({**object_of({name: inner}), **definitions}, unwrapping(name, None))


def object_of(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def name_of_root(schema: Mapping[str, Any]) -> str:
    """Return the name of the property that wraps a value which is not an object."""
    return "items" if schema.get("type") == "array" else "value"


def unwrapping(name: str, restore: Restore | None) -> Restore:
    """Return a function that returns the value inside the object that wraps it."""

    def unwrap(value: Any) -> Any:
        if not isinstance(value, dict) or set(value) != {name}:
            return value
        return value[name] if restore is None else restore(value[name])

    return unwrap


def without_defaults(schema: Any, is_left_out: Callable[[str, Any], bool]) -> Any:
    """Return a schema without some of its defaults, which may be the user's data.

    Parameters
    ----------
    schema : dict, list or scalar of JSON
    is_left_out : callable
        Whether to leave out a default, given the property's name and the default.
    """
    if isinstance(schema, list):
        return [without_defaults(each, is_left_out) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {key: without_defaults(each, is_left_out) for key, each in schema.items()}
    parts = found.get("properties")
    for name, part in parts.items() if isinstance(parts, dict) else ():
        if isinstance(part, dict) and "default" in part and is_left_out(name, part["default"]):
            del part["default"]
    return found
