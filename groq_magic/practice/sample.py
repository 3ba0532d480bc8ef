"""A value that satisfies a JSON Schema, always the same one."""

from __future__ import annotations

from typing import Any

__all__ = ["sample"]

_DEEPEST = 8


def sample(schema: dict[str, Any]) -> Any:
    """Make a value for a schema.

    Parameters
    ----------
    schema : dict
        What Groq's strict mode takes (groq-api.md §7): types, properties, items,
        enum, const, anyOf and local ``$ref``. Further keywords are not honoured.

    Returns
    -------
    object
        Every property is there; a recursive schema ends as soon as it may.
    """
    return _value(schema, schema, "value", 0)


def _value(schema: Any, root: dict[str, Any], name: str, depth: int) -> Any:
    for _ in range(_DEEPEST):
        if "$ref" not in schema:
            break
        schema = _referenced(schema["$ref"], root)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    choices = schema.get("anyOf") or [
        {**schema, "type": kind} for kind in (kinds if isinstance(kinds, list) else ())
    ]
    if choices:
        ends = depth >= _DEEPEST
        fit = [choice for choice in choices if (choice.get("type") == "null") == ends]
        return _value((fit or choices)[0], root, name, depth)
    if kinds == "object":
        properties = schema.get("properties", {}) if depth <= _DEEPEST else {}
        return {key: _value(inner, root, key, depth + 1) for key, inner in properties.items()}
    if kinds == "array":
        items = schema.get("items", {})
        return [_value(items, root, name, depth + 1)] if depth < _DEEPEST else []
    plain = {"integer": 1, "number": 1.0, "boolean": True, "null": None}
    return plain.get(kinds, f"practice {name}")


def _referenced(reference: str, root: dict[str, Any]) -> Any:
    target: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        target = target.get(step, {}) if step else target
    return target
