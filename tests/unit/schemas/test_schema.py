"""Schemas of the session, whatever its classes do, and the check of replies."""

from __future__ import annotations

import enum
import json
import math
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from groq_magic.errors import OptionError
from groq_magic.schemas import Mismatch, schema_of


class Kind(enum.Enum):
    FOOD = "food"


class Item(NamedTuple):
    kind: Kind
    price: float = 1.0


class Leaves(BaseModel):
    x: int

    @field_validator("x")
    @classmethod
    def leave(cls, _value: int) -> int:
        raise SystemExit(3)


class Rate(enum.Enum):
    UNKNOWN = math.nan
    FULL = 1.0


class Odd:
    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        raise RuntimeError("no schema today")


class Exits:
    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        raise SystemExit


class _Meta(type):
    def __getattr__(cls, name: str) -> Any:
        raise RuntimeError(name)

    def __getitem__(cls, name: Any) -> Any:
        raise RuntimeError("item")


class Hostile(metaclass=_Meta):
    pass


class Example(BaseModel):
    model_config = ConfigDict(json_schema_extra={"x-example": object()})
    n: int


def test_the_fields_of_a_named_tuple_have_their_names() -> None:
    schema = schema_of(list[Item])
    form = schema.form(strict=True)
    assert set(form.schema["$defs"]["Item"]["properties"]) == {"kind", "price"}
    found = schema.read('{"items": [{"kind": "food", "price": 2}]}', form)
    assert found.data == [Item(Kind.FOOD, 2.0)]
    assert json.loads(found.text) == [["food", 2]]


def test_a_plain_tuple_has_numbers() -> None:
    form = schema_of(tuple[int, str]).form(strict=True)
    assert set(form.schema["properties"]) == {"item_1", "item_2"}


def test_a_validator_that_leaves_python_is_a_mismatch() -> None:
    with pytest.raises(Mismatch, match="SystemExit: 3"):
        schema_of(Leaves).read('{"x": 1}')


@pytest.mark.parametrize(
    "given",
    [Odd, Exits, "bad.x", "bad[int]", "CATS", "ODD", "a Literal", "a int, b HALVES"],
)
def test_whatever_the_session_raises_is_one_line(given: Any) -> None:
    class Unhashable:
        def __hash__(self) -> int:
            raise RuntimeError("no hash")

    session = {"bad": Hostile, "CATS": [[1], [2]], "ODD": [Unhashable()], "HALVES": ["\ud800"]}
    with pytest.raises(OptionError, match="--schema: ") as caught:
        schema_of(given, session)
    assert caught.value.__context__ is None or isinstance(given, str)
    assert "\n" not in str(caught.value)


def test_numbers_that_json_lacks_have_no_strict_schema() -> None:
    form = schema_of(Rate).form(strict=True)
    assert not form.is_strict
    # JSON mode has the schema as text.
    assert "NaN" in json.dumps(form.schema)


def test_an_example_may_be_any_object() -> None:
    json.dumps(schema_of(Example).form(strict=False).schema)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"$ref": "#/$defs/Nowhere"}, "#/$defs/Nowhere is not in it"),
        ({"$ref": "http://127.0.0.1:9/schema.json"}, "http://127.0.0.1:9/schema.json is not"),
        ({"type": "number", "maximum": math.nan}, "not JSON compliant"),
        ({"enum": ["\ud800"]}, "surrogates not allowed"),
    ],
)
def test_a_json_schema_that_cant_be_sent_or_checked_is_refused_at_once(
    part: dict[str, Any], why: str
) -> None:
    with pytest.raises(OptionError) as caught:
        schema_of({"type": "object", "properties": {"a": part}})
    assert why in str(caught.value)


def test_a_check_loads_nothing() -> None:
    loads = {"$id": "http://127.0.0.1:9/", "properties": {"a": {"$ref": "other.json"}}}
    with pytest.raises(Mismatch, match="the schema lacks"):
        schema_of({"type": "object", **loads}).read('{"a": 1}')


def test_references_within_a_schema_are_followed() -> None:
    given = {
        "type": "object",
        "properties": {"a": {"$ref": "#/definitions/n"}, "self": {"$ref": "#"}},
        "definitions": {"n": {"type": "integer"}},
    }
    assert schema_of(given).read('{"a": 1, "self": {"a": 2}}').data["self"] == {"a": 2}


@pytest.mark.parametrize("line", ["price: float", "city, price:float"])
def test_a_type_after_a_colon_is_explained(line: str) -> None:
    with pytest.raises(OptionError, match="Write 'price float', without the colon"):
        schema_of(line)
