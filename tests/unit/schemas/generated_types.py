"""Types that hypothesis makes up, and answers to them in the form of strict mode."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from typing import Annotated, Any, Literal, Union

import jsonschema
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model

__all__ = ["Colour", "answer_in_strict_form", "typed_values"]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


WHOLE = st.integers(-(2**60), 2**60)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DECIMAL = st.decimals(
    allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999
)
SIMPLE: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    (str, TEXT),
    (int, WHOLE),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (bool, st.booleans()),
    (None, st.none()),
    (dt.date, st.dates()),
    (dt.datetime, st.datetimes()),
    (decimal.Decimal, DECIMAL),
    (Colour, st.sampled_from(Colour)),
    (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
    (Annotated[int, Field(ge=0, le=9)], st.integers(0, 9)),
    (Annotated[str, Field(min_length=1, pattern="^x")], st.just("x1")),
)
NAMES = st.from_regex(r"[a-z]{1,4}", fullmatch=True)
Typed = tuple[Any, st.SearchStrategy[Any]]


@st.composite
def _several(draw: st.DrawFn, inner: st.SearchStrategy[Typed]) -> Typed:
    kind, values = draw(inner)
    match draw(st.sampled_from(["list", "dict", "tuple", "set", "union", "model"])):
        case "list":
            return list[kind], st.lists(values, max_size=3)
        case "dict":
            return dict[str, kind], st.dictionaries(TEXT, values, max_size=3)
        case "tuple":
            other, others = draw(inner)
            return tuple[kind, other], st.tuples(values, others)
        case "set":
            return set[Colour], st.sets(st.sampled_from(Colour))
        case "union":
            other, others = draw(inner)
            return Union[kind, other], st.one_of(values, others)  # noqa: UP007 - either may be None
    return draw(_models(inner))


@st.composite
def _models(draw: st.DrawFn, inner: st.SearchStrategy[Typed]) -> Typed:
    fields: dict[str, Any] = {}
    values: dict[str, st.SearchStrategy[Any]] = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        kind, strategy = draw(inner)
        # `create_model` of pydantic 2.10 takes None for no annotation.
        kind = type(None) if kind is None else kind
        # Where null is a value of its own, it can't stand for a missing one too.
        if draw(st.booleans()) or _admits_null(kind):
            fields[name], values[name] = (kind, ...), strategy
        else:
            # Its default is no value of the type, so that a default shows.
            fields[name] = (kind, Field("missing", description="May be missing."))
            values[name] = st.one_of(st.just(MISSING), strategy)
    model = create_model(f"Model{draw(st.integers(0, 10**6))}", **fields)

    def made(given: dict[str, Any]) -> BaseModel:
        return model.model_construct(
            **{name: value for name, value in given.items() if value is not MISSING}
        )

    return model, st.fixed_dictionaries(values).map(made)


def _admits_null(kind: Any) -> bool:
    try:
        TypeAdapter(kind).validate_json("null")
    except ValidationError:
        return False
    return True


class _Missing:
    pass


MISSING = _Missing()


@st.composite
def typed_values(draw: st.DrawFn) -> tuple[Any, Any]:
    """A type, and a value of it."""
    kinds = st.recursive(st.sampled_from(SIMPLE), _several, max_leaves=6)
    kind, values = draw(kinds)
    return kind, draw(values)


def answer_in_strict_form(json_schema: dict[str, Any], value: Any) -> Any:
    """Write a value of a schema as a model in strict mode does: the root in an object."""
    answer = _written(json_schema, value, json_schema)
    if json_schema.get("type") not in {"object", "array"}:
        return {"value": answer}
    return answer if isinstance(answer, dict) else {"items": answer}


def _written(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _written(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], value, root)
    for branch in schema.get("anyOf", ()):
        whole = {**branch, "$defs": root.get("$defs", {})}
        if jsonschema.Draft202012Validator(whole).is_valid(value):
            return _written(branch, value, root)
    if schema.get("type") == "array":
        return _array(schema, value, root)
    return _object(schema, value, root) if schema.get("type") == "object" else value


def _array(schema: dict[str, Any], value: list[Any], root: dict[str, Any]) -> Any:
    if "prefixItems" not in schema:
        return [_written(schema["items"], one, root) for one in value]
    parts = zip(schema["prefixItems"], value, strict=True)
    return {f"item_{at}": _written(part, one, root) for at, (part, one) in enumerate(parts, 1)}


def _object(schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> Any:
    if "properties" not in schema:
        inner = schema["additionalProperties"]
        pairs = [{"key": key, "value": _written(inner, one, root)} for key, one in value.items()]
        return {"entries": pairs}
    return {
        name: _written(part, value[name], root) if name in value else None
        for name, part in schema["properties"].items()
    }
