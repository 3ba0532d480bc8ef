"""A schema as a request contains it, and its answers put back into shape."""

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
    "unwrapped",
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
        From a reply of this form to a value of the original schema; None where they are equal.
        It raises ValueError for a reply that has no such value.
    is_strict : bool
        Whether the service keeps to it; else the system message contains it.
    name : str
        As the API takes it: at most 64 letters, digits, `_` and `-`.
    """

    schema: dict[str, Any]
    restore: Restore | None = None
    is_strict: bool = False
    name: str = "answer"


def json_mode_form(schema: Mapping[str, Any]) -> SchemaForm:
    """Return a schema as JSON mode needs it, whose answers are objects."""
    if schema.get("type") == "object":
        return SchemaForm(dict(schema))
    inner = {name: part for name, part in schema.items() if name != "$defs"}
    name = name_of_root(inner)
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return SchemaForm({**object_of({name: inner}), **definitions}, unwrapped(name, None))


def object_of(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def name_of_root(schema: Mapping[str, Any]) -> str:
    """Return the property that holds what is no object itself."""
    return "items" if schema.get("type") == "array" else "value"


def unwrapped(name: str, restore: Restore | None) -> Restore:
    """Return what takes a value out of the object that holds it."""

    def taken_out(value: Any) -> Any:
        if not isinstance(value, dict) or set(value) != {name}:
            return value
        return value[name] if restore is None else restore(value[name])

    return taken_out


def without_defaults(schema: Any, is_left_out: Callable[[str, Any], bool]) -> Any:
    """Return a schema without some of its defaults: they are values, and may be data.

    Parameters
    ----------
    schema : dict, list or scalar of JSON
    is_left_out : callable
        From the name of a property and its default to whether that is left out.
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
