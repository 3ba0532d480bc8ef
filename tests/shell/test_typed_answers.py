"""`--schema`: answers as typed values, checked, repaired once, or refused."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from groq_magic.errors import OptionError, SchemaError

MODELS = """
import dataclasses, datetime as dt, enum
from typing import Annotated, Literal, Optional, TypedDict, Union
from pydantic import BaseModel, Field

class Kind(enum.Enum):
    FOOD = "food"
    FUEL = "fuel"

class Town(BaseModel):
    name: str
    people: int = Field(ge=0)
    founded: dt.date | None = None
    kinds: list[Kind] = []
    prices: dict[str, float] = {}
    parent: Optional["Town"] = None

@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0

class Row(TypedDict):
    city: str
    point: Point

CATS = ["food", "fuel"]
"""
CITY = {"city": "Bern", "price": 2.5}
# A model without strict schemas.
JSON_MODE = "openai/gpt-oss-safeguard-20b"


@pytest.fixture
def typed(cells: Any) -> Any:
    cells.fine(MODELS, "m")
    return cells


def bodies(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def answers(practice: Any, *replies: Any) -> None:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in replies]
    practice.script([*({"reply": text, "times": 1} for text in texts), {"reply": texts[-1]}])


def test_a_line_of_fields_gives_a_record(cells: Any, practice: Any) -> None:
    answers(practice, CITY)
    cells.fine("%groq --schema 'city, price float' Where is it cheap?", "a")
    reply = cells.reply
    assert reply.data == CITY
    assert reply.data.city == "Bern"
    assert pickle.loads(pickle.dumps(reply)) == reply  # noqa: S301 - it was made here
    (body,) = bodies(practice)
    described = body["response_format"]["json_schema"]
    assert body["response_format"]["type"] == "json_schema"
    assert (described["strict"], described["name"]) == (True, "answer")
    assert described["schema"]["required"] == ["city", "price"]
    # The service streams no strict answers.
    assert "stream" not in body


@pytest.mark.parametrize(
    ("schema", "answer", "expected"),
    [
        ("Point", {"x": 1, "y": None}, "Point(1.0, 0.0)"),
        ("list[Point]", {"items": [{"x": 1, "y": 2}]}, "[Point(1.0, 2.0)]"),
        ("Kind", {"value": "fuel"}, "Kind.FUEL"),
        (
            "Row",
            {"city": "B", "point": {"x": 1, "y": 2}},
            "{'city': 'B', 'point': Point(1.0, 2.0)}",
        ),
        ("CATS", {"value": "food"}, "'food'"),
        ("Point | None", {"value": None}, "None"),
        ("int", {"value": 3}, "3"),
        (
            "[city, cat CATS]",
            {"items": [{"city": "B", "cat": "fuel"}]},
            "[{'city': 'B', 'cat': 'fuel'}]",
        ),
        (
            "Town",
            {
                "value": {
                    "name": "B",
                    "people": 5,
                    "founded": "1191-05-01",
                    "kinds": ["food"],
                    "prices": {"entries": [{"key": "tea", "value": 3.5}]},
                    "parent": None,
                }
            },
            "Town(name='B', people=5, founded='1191-05-01', kinds=['food'], prices={'tea': 3.5})",
        ),
    ],
)
def test_types_of_the_session_are_validated(
    typed: Any, practice: Any, schema: str, answer: Any, expected: str
) -> None:
    answers(practice, answer)
    typed.fine(f"%groq --schema '{schema}' Tell me", "a")
    assert len(practice.requests()) == 1
    typed.fine(f"assert _groq.data == {expected}, _groq.data")


def test_a_type_may_be_given_in_python(typed: Any, practice: Any) -> None:
    answers(practice, {"x": 1, "y": 2})
    typed.fine("import groq_magic\nreply = groq_magic.ask('Where?', schema=Point)", "a")
    typed.fine("assert reply.data == Point(1, 2)")
    typed.fine("assert groq_magic.complete('Where?', schema=Point).data == Point(1, 2)")
    typed.fine("assert groq_magic.complete('Where?', schema='x float, y float').data.x == 1")


def test_a_model_without_strict_schemas_is_asked_in_json_mode(typed: Any, practice: Any) -> None:
    answers(practice, {"items": [{"x": 1}]})
    typed.fine(f"%groq -m {JSON_MODE} -s 'Be brief.' --schema list[Point] Where?", "a")
    (body,) = bodies(practice)
    assert body["response_format"] == {"type": "json_object"}
    assert body["stream"] is True
    system = body["messages"][0]["content"]
    assert system.startswith("Be brief.\n\n")
    assert '"required": ["items"]' in system
    typed.fine("assert _groq.data == [Point(1.0, 0.0)]")


def test_an_answer_that_does_not_fit_is_repaired_once(cells: Any, practice: Any) -> None:
    answers(practice, {"city": "Bern", "price": "cheap"}, CITY)
    ran = cells.fine("%groq --schema 'city, price float' Where?", "a")
    first, second = bodies(practice)
    assert second["messages"][:-2] == first["messages"]
    wrong, correction = second["messages"][-2:]
    assert wrong == {"role": "assistant", "content": '{"city": "Bern", "price": "cheap"}'}
    assert "- price: Input should be a valid number" in correction["content"]
    assert cells.reply.data == CITY
    assert cells.turns == [("Where?", json.dumps(CITY))]
    assert "cheap" not in ran.data["text/html"]
    # Both exchanges are counted.
    repaired = cells.reply.usage
    cells.fine("%groq --once --schema 'city, price float' Where?", "b")
    assert repaired.prompt_tokens > 2 * cells.reply.usage.prompt_tokens


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("I can't help with that.", "it isn't valid JSON ("),
        ('{"city": 1, "price": "a"}', "city: Input should be a valid string (it is 1); price: "),
    ],
)
def test_what_does_not_fit_is_in_the_error(
    cells: Any, practice: Any, text: str, fault: str
) -> None:
    practice.script([{"reply": text}])
    ran = cells.run("%groq --schema 'city, price float' Where?", "a")
    assert str(ran.error).startswith(f"The answer doesn't fit the schema: {fault}")


def test_an_answer_that_never_fits_is_kept_and_refused(cells: Any, practice: Any) -> None:
    answers(practice, {"city": "Bern", "price": "cheap", "more": 1})
    ran = cells.run("%groq --schema 'city, price float' Where?", "a")
    assert isinstance(ran.error, SchemaError)
    assert str(ran.error).startswith(
        "The answer doesn't fit the schema: price: Input should be a valid number"
    )
    assert "\n" not in str(ran.error)
    assert len(practice.requests()) == 2
    assert "cheap" in cells.reply.text
    assert cells.reply.data is None
    assert cells.reply.error is ran.error
    assert "cheap" in ran.data["text/html"]


@pytest.mark.parametrize(
    "text", ["no JSON at all", '{"city": "Bern"', "", "[]", "null", "[" * 9_999]
)
def test_whatever_comes_instead_is_refused_in_one_line(
    cells: Any, practice: Any, text: str
) -> None:
    practice.script([{"pieces": [text]} if text else {"reply": " "}])
    ran = cells.run(f"%groq -m {JSON_MODE} --schema 'city, price float' Where?", "a")
    assert ran.error is not None
    assert "\n" not in str(ran.error)
    assert cells.reply.data is None


def test_what_the_service_refuses_is_repaired_too(cells: Any, practice: Any) -> None:
    answers(practice, CITY)
    practice.faults("json-validate-failed:generation=half", "ok")
    cells.fine("%groq --schema 'city, price float' Where?", "a")
    _, second = bodies(practice)
    assert second["messages"][-2]["content"] == "half"
    assert cells.reply.data == CITY


def test_practice_mode_says_that_it_has_no_typed_answer(typed: Any) -> None:
    typed.fine("%groq_practice on")
    ran = typed.run("%groq --schema Point Where is it?", "a")
    assert isinstance(ran.error, SchemaError)
    assert "no model is here, so there is no typed answer. Run `%groq_key`" in str(ran.error)


def test_no_repair_follows_an_answer_that_was_cut_off(cells: Any, practice: Any) -> None:
    practice.script([{"reply": '{"city": "Bern', "finish_reason": "length"}])
    ran = cells.run(f"%groq -m {JSON_MODE} --schema 'city, price float' Where?", "a")
    assert isinstance(ran.error, SchemaError)
    assert "--max-tokens" in ran.error.remedy
    assert len(practice.requests()) == 1


def test_data_is_shown_as_a_table(cells: Any, practice: Any) -> None:
    answers(practice, {"items": [CITY, {"city": "Chur <b>", "price": 3}]})
    ran = cells.fine("%groq --schema '[city, price float]' Where?", "a")
    assert ">city</th>" in ran.data["text/html"]
    assert "Chur &lt;b&gt;" in ran.data["text/html"]
    assert json.loads(ran.data["text/plain"]) == [CITY, {"city": "Chur <b>", "price": 3}]
    assert ran.record["options"] == {"schema": "[city, price float]"}


def test_the_format_may_be_json_all_the_same(typed: Any, practice: Any) -> None:
    answers(practice, {"x": 1, "y": 2})
    ran = typed.fine("%groq -f json --schema Point Where?", "a")
    assert "<table>" not in ran.data["text/html"]
    assert "language-json" in ran.data["text/html"]


def test_a_cached_answer_is_validated_again(typed: Any, practice: Any) -> None:
    answers(practice, {"items": [{"x": 1, "y": 2}]})
    for cell in "ab":
        typed.fine("%groq --cache --once --schema list[Point] Where?", cell)
        typed.fine("assert _groq.data == [Point(1, 2)]")
    assert len(practice.requests()) == 1


def test_an_answer_that_never_fits_is_not_cached(cells: Any, practice: Any) -> None:
    answers(practice, {"city": 1})
    for _ in range(2):
        cells.run("%groq --cache --once --schema 'city' Where?", "a")
    assert len(practice.requests()) == 4


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("'price floaty'", "there is no 'floaty' in this session"),
        ("Tovn", "Did you mean Town?"),
        ("''", "--schema is blank. Try `--schema 'city, price float'`."),
        ("dataclasses", "'dataclasses' isn't a type"),
    ],
)
def test_a_schema_that_can_not_be_read_is_refused_unsent(
    typed: Any, practice: Any, schema: str, message: str
) -> None:
    ran = typed.run(f"%groq --schema {schema} Where?", "a")
    assert isinstance(ran.error, OptionError)
    assert message in str(ran.error)
    assert practice.requests() == []


def test_validators_of_the_users_own_may_raise_anything(cells: Any, practice: Any) -> None:
    cells.fine(
        "from pydantic import BaseModel, field_validator\n"
        "class Odd(BaseModel):\n"
        "    x: int\n"
        "    @field_validator('x')\n"
        "    @classmethod\n"
        "    def check(cls, value):\n"
        "        raise OSError('secret')\n"
    )
    answers(practice, {"x": 1})
    ran = cells.run("%groq --schema Odd Where?", "a")
    assert isinstance(ran.error, SchemaError)
    assert "OSError: secret" in str(ran.error)


def test_a_secret_in_a_schema_is_not_sent(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET_TOKEN", "hush-hush-hush")
    cells.fine("KINDS = ['a', 'hush-hush-hush']")
    answers(practice, {"kind": "a"})
    cells.fine("%groq --schema 'kind KINDS' Which?", "a")
    assert "hush" not in json.dumps(bodies(practice))


@pytest.mark.parametrize("limit", ["rows_sent = 0", "private = ['who']", "private = ['NAMES']"])
def test_a_list_of_values_that_may_not_be_sent_is_no_type(
    cells: Any, practice: Any, limit: str
) -> None:
    practice.script([{"reply": '{"name": "Wilhelmina"}'}])
    cells.fine(
        "import pandas as pd\n"
        "frame = pd.DataFrame({'who': ['Wilhelmina', 'Berta']})\n"
        "NAMES = frame.who.unique().tolist()"
    )
    cells.fine("%groq --once --schema 'name NAMES' Who?")
    cells.fine(f"%config GroqMagics.{limit}")
    before = len(practice.requests())
    ran = cells.run("%groq --once --schema 'name NAMES' Who?")
    assert isinstance(ran.error, OptionError)
    assert "Wilhelmina" not in ran.everything
    assert len(practice.requests()) == before
    # What is no data goes on.
    cells.fine("%groq --once --schema 'name' Who?")
