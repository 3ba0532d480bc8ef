"""Schemas in strict form, and their answers put back: whatever the type and the value."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from pydantic import BaseModel, Field, TypeAdapter

from groq_magic.schemas import Mismatch, schema_of
from tests.unit.schemas.generated_types import answer_in_strict_form, typed_values

TAKEN = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"),
    *("$ref", "$defs", "description"),
}


def keywords(schema: Any) -> set[str]:
    """Return the keywords of a schema, not the names of its properties."""
    found: set[str] = set()
    if isinstance(schema, dict):
        found |= set(schema)
        for keyword, part in schema.items():
            parts = part.values() if keyword in {"properties", "$defs"} else [part]
            if keyword not in {"enum", "required", "description", "type"}:
                found |= set().union(*map(keywords, parts))
    if isinstance(schema, list):
        found |= set().union(*map(keywords, schema))
    return found


def objects(schema: Any) -> list[dict[str, Any]]:
    """Return all object schemas in a schema."""
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    here = [schema] if schema.get("type") == "object" and "properties" in schema else []
    return here + [found for part in schema.values() for found in objects(part)]


@given(typed_values())
def test_a_value_goes_through_strict_form_and_back(made: tuple[Any, Any]) -> None:
    kind, value = made
    schema = schema_of(kind)
    form = schema.form(strict=True)
    assume(form.is_strict)
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    plain = json.loads(adapter.dump_json(value, warnings=False, exclude_unset=True))
    whole = json.dumps(plain)
    try:
        expected = adapter.validate_json(whole)
    except ValueError:
        # A union of pydantic's may write what it does not read.
        assume(False)  # noqa: FBT003 - hypothesis's own signature
    answer = answer_in_strict_form(dict(schema.json_schema), plain)
    jsonschema.Draft202012Validator(form.schema).validate(answer)
    assert schema.read(json.dumps(answer), form).data == expected
    assert schema.read(whole).data == expected


@given(typed_values())
def test_an_answer_of_json_mode_is_an_object(made: tuple[Any, Any]) -> None:
    kind, value = made
    schema = schema_of(kind)
    form = schema.form(strict=False)
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    plain = json.loads(adapter.dump_json(value, warnings=False, exclude_unset=True))
    whole = json.dumps(plain)
    try:
        expected = adapter.validate_json(whole)
    except ValueError:
        assume(False)  # noqa: FBT003 - hypothesis's own signature
    answer = plain
    if form.restore is not None:
        (name,) = form.schema["properties"]
        answer = {name: plain}
    assert isinstance(answer, dict)
    jsonschema.Draft202012Validator(form.schema).validate(answer)
    read = schema.read(json.dumps(answer), form)
    assert read.data == expected
    assert json.loads(read.text) == plain


@given(typed_values())
def test_a_strict_form_has_only_what_the_service_takes(made: tuple[Any, Any]) -> None:
    strict = schema_of(made[0]).form(strict=True)
    assume(strict.is_strict)
    assert strict.schema["type"] == "object"
    assert keywords(strict.schema) <= TAKEN
    for each in objects(strict.schema):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    jsonschema.Draft202012Validator.check_schema(strict.schema)


class Node(BaseModel):
    name: str
    children: list[Node] = []
    weights: dict[str, float] = Field({}, description="By name")


def test_a_schema_that_refers_to_itself() -> None:
    schema = schema_of(Node)
    child = {"name": "b", "children": None, "weights": {"entries": [{"key": "x", "value": 0.5}]}}
    answer = {"value": {"name": "a", "children": [child], "weights": None}}
    assert schema.read(json.dumps(answer), schema.form(strict=True)).data == Node(
        name="a", children=[Node(name="b", weights={"x": 0.5})]
    )


def test_a_key_that_is_there_twice_is_refused() -> None:
    schema = schema_of(dict[str, int])
    pair = {"key": "a", "value": 1}
    with pytest.raises(Mismatch, match='the key "a" occurs twice'):
        schema.read(json.dumps({"entries": [pair, pair]}), schema.form(strict=True))


def test_constraints_move_into_the_description_and_are_checked() -> None:
    schema = schema_of({"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}})
    part = schema.form(strict=True).schema["properties"]["n"]["anyOf"][0]
    assert part == {"type": "integer", "description": "(minimum: 3)"}
    with pytest.raises(Mismatch, match="n: 2 is less than the minimum of 3"):
        schema.read('{"n": 2}', schema.form(strict=True))
    assert schema.read('{"n": null}', schema.form(strict=True)).data == {}


@pytest.mark.parametrize(
    "anything", [dict, dict[str, Any], list, tuple[int, ...] | dict[str, Any], {"type": "array"}]
)
def test_a_part_of_any_type_has_no_strict_form(anything: Any) -> None:
    assert not schema_of(anything).form(strict=True).is_strict


def test_an_answer_nested_a_thousand_deep_is_a_mismatch() -> None:
    schema = schema_of(Node)
    answer = '{"name": "a", "weights": null, "children": [' * 5_000
    with pytest.raises(Mismatch):
        schema.read(answer + "]}" * 5_000, schema.form(strict=True))
