"""A value that satisfies a JSON Schema, always the same one."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["sample"]

_DEEPEST = 8
_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "date": "2026-01-31",
        "date-time": "2026-01-31T12:00:00Z",
        "duration": "PT1H",
        "email": "practice@example.com",
        "hostname": "example.com",
        "ipv4": "127.0.0.1",
        "ipv6": "::1",
        "time": "12:00:00Z",
        "uri": "https://example.com/",
        "uuid": "00000000-0000-4000-8000-000000000000",
    }
)


def sample(schema: Any) -> Any:
    """Make a value for a schema.

    Parameters
    ----------
    schema : dict or bool
        JSON Schema: types, properties, items, enum, const, combinations, local
        ``$ref`` and the usual bounds. Patterns are not honoured.

    Returns
    -------
    object
        Every property is there; a recursive schema ends as soon as it may.
    """
    return _value(schema, schema, "value", 0)


def _value(schema: Any, root: Any, name: str, depth: int) -> Any:
    if not isinstance(schema, dict):
        return name
    schema = _resolved(schema, root)
    given = [schema[keyword] for keyword in ("const", "default") if keyword in schema]
    given += [schema[keyword][0] for keyword in ("enum", "examples") if schema.get(keyword)]
    if given:
        return given[0]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _value(_alternative(choices, root, depth), root, name, depth)
    return _of_kind(_kind(schema, depth), schema, root, name, depth)


def _of_kind(kind: str, schema: dict[str, Any], root: Any, name: str, depth: int) -> Any:
    if kind == "object":
        properties = _wanted(schema, depth)
        return {key: _value(inner, root, key, depth + 1) for key, inner in properties.items()}
    if kind == "array":
        return _array(schema, root, name, depth)
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    return {"boolean": True, "null": None}.get(kind, _text(schema, name))


def _resolved(schema: dict[str, Any], root: Any) -> dict[str, Any]:
    """Follow local references and join `allOf`."""
    for _ in range(_DEEPEST):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            break
        target = root
        for step in reference[1:].strip("/").split("/") if reference != "#" else ():
            target = target.get(step, {}) if isinstance(target, dict) else {}
        schema = target if isinstance(target, dict) else {}
    for part in schema.get("allOf", ()):
        resolved = _resolved(part, root)
        joined = {**schema.get("properties", {}), **resolved.get("properties", {})}
        schema = {**schema, **resolved, "allOf": (), **({"properties": joined} if joined else {})}
    return schema


def _alternative(choices: list[Any], root: Any, depth: int) -> Any:
    resolved = [_resolved(choice, root) for choice in choices if isinstance(choice, dict)]
    plain = [choice for choice in resolved if choice.get("type") not in ("object", "array")]
    real = [choice for choice in resolved if choice.get("type") != "null"]
    return (plain if depth >= _DEEPEST and plain else real or resolved or [{}])[0]


def _kind(schema: dict[str, Any], depth: int) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        real = [name for name in kind if name != "null"]
        return "null" if not real or (depth >= _DEEPEST and "null" in kind) else str(real[0])
    if kind is None:
        if "properties" in schema:
            return "object"
        return "array" if "items" in schema else "string"
    return str(kind)


def _wanted(schema: dict[str, Any], depth: int) -> dict[str, Any]:
    properties: dict[str, Any] = schema.get("properties", {})
    if depth < _DEEPEST:
        return properties
    required = schema.get("required", ())
    return {name: inner for name, inner in properties.items() if name in required}


def _array(schema: dict[str, Any], root: Any, name: str, depth: int) -> list[Any]:
    fixed = schema.get("prefixItems", ())
    if fixed:
        return [_value(inner, root, name, depth + 1) for inner in fixed]
    least = schema.get("minItems", 0)
    length = least if depth >= _DEEPEST else max(least, min(1, schema.get("maxItems", 1)))
    return [_value(schema.get("items", {}), root, name, depth + 1) for _ in range(length)]


def _number(schema: dict[str, Any], *, whole: bool) -> float:
    """Give 1, or the number within the bounds that is next to it."""
    gap = 1.0 if whole else 0.5
    low, high = -math.inf, math.inf
    if "minimum" in schema:
        low = schema["minimum"]
    if "exclusiveMinimum" in schema:
        low = max(low, schema["exclusiveMinimum"] + gap)
    if "maximum" in schema:
        high = schema["maximum"]
    if "exclusiveMaximum" in schema:
        high = min(high, schema["exclusiveMaximum"] - gap)
    value = max(low, min(1.0, high)) if low <= high else (low + high) / 2
    step = schema.get("multipleOf")
    if step:
        value = math.ceil(value / step) * step
    return math.ceil(value) if whole else value


def _text(schema: dict[str, Any], name: str) -> str:
    text = _FORMATS.get(schema.get("format", ""), f"practice {name}")
    text = text.ljust(schema.get("minLength", 0), ".")
    return text[: schema.get("maxLength", len(text))]
