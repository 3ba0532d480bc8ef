"""What a text after `--schema` declares."""

from __future__ import annotations

import enum
import json
import pickle
from typing import Any

import pytest
from pydantic import BaseModel

from groq_magic.errors import OptionError
from groq_magic.schemas import Mismatch, Record, Schema, schema_of


class Kind(enum.Enum):
    FOOD = "food"


class Town(BaseModel):
    name: str


SESSION: dict[str, Any] = {
    "Kind": Kind,
    "Town": Town,
    "CATS": ["food", "fuel"],
    "MIXED": [1, object()],
    "EMPTY": [],
    "LEVELS": (1, 2, 3),
    "RATES": [0.5, 1.5],
    "ours": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    "number_of_rows": 3,
}


def declared(text: str) -> Schema:
    return schema_of(text, SESSION)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("city", {"city": "Bern"}),
        ("city, price float", {"city": "Bern", "price": 2.5}),
        ("tags list[str]", {"tags": ["a", "b"]}),
        ('kind "food"|"fuel"', {"kind": "fuel"}),
        ("kind 'a, b' | 'c'", {"kind": "a, b"}),
        ("cat CATS, level LEVELS", {"cat": "food", "level": 2}),
        ("rate float|None", {"rate": None}),
        ('"unit price" float', {"unit price": 1.0}),
        ("counts dict[str, int]", {"counts": {"a": 1}}),
        ("class, from", {"class": "a", "from": "b"}),
        ("name,\n  size int,", {"name": "a", "size": 1}),
    ],
)
def test_a_line_of_fields_takes_its_answer(line: str, answer: dict[str, Any]) -> None:
    data = declared(line).read(json.dumps(answer)).data
    assert data == answer
    assert isinstance(data, Record)


@pytest.mark.parametrize(
    ("line", "answer", "where"),
    [
        ("city, price float", {"city": "Bern"}, "price: Field required"),
        ("price float", {"price": "a lot"}, "price: "),
        ('kind "food"|"fuel"', {"kind": "cat"}, "kind: "),
        ("cat CATS", {"cat": "other"}, "cat: "),
        ("tags list[str]", {"tags": [1]}, r"tags.0: Input should be a valid string \(it is 1\)"),
        ("city", [], "the answer: "),
    ],
)
def test_another_answer_is_refused_with_its_place(line: str, answer: Any, where: str) -> None:
    with pytest.raises(Mismatch, match=f"^{where}"):
        declared(line).read(json.dumps(answer))


def test_a_type_of_the_session_is_that_type() -> None:
    town = {"name": "Bern"}
    assert declared("Town").read(json.dumps(town)).data == Town(name="Bern")
    assert declared("list[Town]").read(json.dumps([town])).data == [Town(name="Bern")]
    assert declared("Kind").read('"food"').data is Kind.FOOD
    assert declared("Kind|None").read("null").data is None
    assert declared("CATS").read('"food"').data == "food"
    assert declared("rate RATES").read('{"rate": 0.5}').data.rate.value == 0.5
    assert declared("ours").read('{"n": 1}').data == {"n": 1}


def test_brackets_make_a_list_of_records() -> None:
    answer = '[{"city": "Bern", "price": 1}, {"city": "Chur", "price": 2}]'
    data = declared("[city, price int]").read(answer).data
    assert [(each.city, each.price) for each in data] == [("Bern", 1), ("Chur", 2)]


def test_a_record_is_a_dict_with_attributes() -> None:
    record = Record(city="Bern", items=3)
    assert record.city == "Bern"
    assert callable(record.items)
    assert record["items"] == 3
    assert "city" in dir(record)
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - it was made here
    with pytest.raises(AttributeError):
        _ = record.nosuch


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "--schema is empty."),
        (" , ", "--schema is empty."),
        ("price floaty", "there is no 'floaty' in this session. Types are str, int"),
        ("Tovn", "there is no 'Tovn' in this session. Did you mean Town?"),
        ("Receipt", "there is no 'Receipt' in this session. Run the cell that defines it"),
        ("a b c", "'b c' isn't a type for 'a'."),
        ("x list[", "the brackets don't match. Each [ needs its ]."),
        ("[shop, total", "the brackets don't match."),
        ("shop, total]", "the brackets don't match."),
        ("kind 'food, shop", "a quote ' is not closed."),
        (
            "shop: str, total: float",
            "isn't a name and a type. Write 'shop str', without the colon.",
        ),
        ('kind:"food"|"fuel"', """Write 'kind "food"|"fuel"', without the colon."""),
        ('"red"|"green"', "Values follow the name of their field: --schema 'city, "),
        ("x list[3", "the brackets don't match."),
        ("x 3 4", "isn't a type for 'x'."),
        ("a, a", "the field 'a' twice."),
        ("f.x float", "'f.x float' isn't a name and a type."),
        ("x print('a')", "\"print('a')\" isn't a type."),
        ("x number_of_rows", "'number_of_rows' isn't a type."),
        ("x MIXED", "'MIXED' isn't a list of texts or numbers."),
        ("x EMPTY", "'EMPTY' isn't a list of texts or numbers."),
        ("x str[int]", "'str[int]' isn't a type."),
        ("{'a': 1}", "--schema isn't valid JSON"),
        ('{"type": "objekt"}', "--schema isn't a JSON schema"),
        ('{"a": [', "--schema isn't valid JSON"),
    ],
)
def test_what_can_not_be_read_is_refused_in_one_line(line: str, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        declared(line)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize("given", [print, lambda: 0, 3, type("Odd", (), {})])
def test_what_has_no_json_schema_is_refused(given: Any) -> None:
    with pytest.raises(OptionError, match="has no JSON schema"):
        schema_of(given)


def test_nothing_in_a_line_is_called() -> None:
    class Trap:
        def __class_getitem__(cls, _: Any) -> Any:
            raise AssertionError

    with pytest.raises(OptionError):
        schema_of("x print(1)", {"print": Trap})
