"""Functions as tools: their declarations, and calls with a model's arguments."""

from __future__ import annotations

import enum
import functools
import json
import math
from typing import Annotated, Any, Literal

import pandas as pd  # noqa: TC002 - its hint is read at run time
import pytest
from pydantic import BaseModel, Field

from groq_magic.errors import OptionError
from groq_magic.tools import BadArgumentsError, tool_of


class Unit(enum.Enum):
    METRES = "m"


class Rate(enum.Enum):
    UNKNOWN = math.nan


class Point(BaseModel):
    x: float
    y: float = 0.0


def numpy_style(city: str, days: int = 3, unit: Literal["C", "F"] = "C") -> str:
    """Return the weather.

    It is made up.

    Parameters
    ----------
    city : str
        Where.
    days : int
        How many.

    Returns
    -------
    str
    """
    return f"{city} {days} {unit}"


def google_style(city: str) -> str:
    """Return the weather.

    Args:
        city: Where.
    """
    return city


def sphinx_style(city: str) -> str:
    """Return the weather.

    :param city: Where.
    """
    return city


def odd_names(_private: int, self: int, model_dump: int, *, json: int = 4) -> tuple[int, ...]:
    return _private, self, model_dump, json


def positional(a: int, b: int = 2, /, c: int = 3) -> tuple[int, int, int]:
    return a, b, c


def typed(point: Point, unit: Unit, at: Annotated[int, Field(ge=0)], more: list[int]) -> Any:
    return point, unit, at, more


def untyped(anything, other=None):  # noqa: ANN001, ANN201 - as notebooks have them
    return anything, other


def called(function: Any, **arguments: Any) -> Any:
    return tool_of("tool", function).call(json.dumps(arguments))


@pytest.mark.parametrize("function", [numpy_style, google_style, sphinx_style])
def test_a_docstring_describes_a_tool(function: Any) -> None:
    declared = tool_of("weather", function).declaration()["function"]
    assert declared["name"] == "weather"
    assert declared["description"].startswith("Return the weather.")
    assert "Parameters" not in declared["description"]
    city = declared["parameters"]["properties"]["city"]
    assert city == {"type": "string", "description": "Where."}


def test_the_signature_becomes_a_schema() -> None:
    parameters = tool_of("weather", numpy_style).parameters
    assert parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where."},
            "days": {"type": "integer", "description": "How many.", "default": 3},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
        },
        "required": ["city"],
        "additionalProperties": False,
    }


def test_a_call_gets_what_was_given_and_its_own_defaults() -> None:
    assert called(numpy_style, city="Bern") == "Bern 3 C"
    assert called(numpy_style, city="Bern", days="5") == "Bern 5 C"
    assert called(odd_names, _private=1, self=2, model_dump=3) == (1, 2, 3, 4)
    assert called(positional, a=1, c=9) == (1, 2, 9)
    assert called(positional, a=1, b=5) == (1, 5, 3)
    assert called(untyped, anything={"a": [1]}) == ({"a": [1]}, None)
    assert called(functools.partial(numpy_style, days=7), city="Bern") == "Bern 7 C"
    assert called(typed, point={"x": 1}, unit="m", at=0, more=[1]) == (
        Point(x=1.0),
        Unit.METRES,
        0,
        [1],
    )


def test_a_positional_parameter_keeps_its_place_when_one_before_it_is_left_out() -> None:
    def reversed_roles(a: int = 1, b: int = 2, /) -> tuple[int, int]:
        return a, b

    assert called(reversed_roles, b=5) == (1, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("{}", "city: Field required"),
        ('{"city": "Bern", "days": "many"}', "days: Input should be a valid integer"),
        ('{"city": "Bern", "when": 1}', "when: Extra inputs are not permitted"),
        ('{"city": ', "Invalid JSON"),
        ("[]", "the arguments: Input should be an object"),
        ("", "city: Field required"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(arguments: str, message: str) -> None:
    with pytest.raises(BadArgumentsError, match=message):
        tool_of("weather", numpy_style).call(arguments)


async def waits() -> None: ...


def takes_a_frame(df: pd.DataFrame) -> None: ...


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("x", 3, "'x' isn't a function"),
        ("df.head", len, "'df.head' isn't a name that a model can call"),
        ("waits", waits, "waits is async"),
        ("Point", Point, "Point is a class"),
        ("takes_a_frame", takes_a_frame, "a model can't pass df to takes_a_frame"),
    ],
)
def test_what_no_model_can_call_is_refused(name: str, given: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        tool_of(name, given)


def test_a_hint_that_names_nothing_leaves_the_parameter_open() -> None:
    def lost(x: Nowhere) -> int:  # type: ignore[name-defined]  # noqa: F821
        return x

    assert called(lost, x=1) == 1


class _BadSignature:
    @property
    def __signature__(self) -> Any:
        raise ZeroDivisionError("no\nsignature")

    def __call__(self) -> int:
        return 1


def has_halves(x: str = "\ud800") -> str:
    return x


has_halves.__doc__ = "Half a pair: \ud800."  # from Python 3.13 on a literal can't be written so


def literal_of_half(x: Literal["\ud800"]) -> str:
    return x


def takes_no_number(x: Rate) -> Any:
    return x


@pytest.mark.parametrize("given", [_BadSignature(), literal_of_half, takes_no_number])
def test_whatever_a_signature_raises_is_one_line(given: Any) -> None:
    with pytest.raises(OptionError, match="--tools: ") as caught:
        tool_of("given", given)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_what_cant_be_encoded_is_not_sent() -> None:
    declared = tool_of("has_halves", has_halves).declaration()
    written = json.dumps(declared, ensure_ascii=False).encode().decode()
    assert "default" not in written
    assert "Half a pair: \ufffd." in written


class Account(BaseModel):
    user: str = "ada"
    password: str = "sesame-sesame"


def opens(account: Account, token: str = "hunter2-hunter2", port: int = 80) -> Any:  # noqa: S107 - made up
    return account, token, port


def test_defaults_that_are_secrets_by_their_names_are_not_sent() -> None:
    tool = tool_of("opens", opens)
    written = json.dumps(tool.declaration())
    assert "sesame" not in written
    assert "hunter2" not in written
    assert tool.parameters["properties"]["port"]["default"] == 80
    assert tool.parameters["$defs"]["Account"]["properties"]["user"]["default"] == "ada"
    # Who calls it without them has them all the same.
    assert tool.call('{"account": {}}') == (Account(), "hunter2-hunter2", 80)


def test_defaults_can_be_left_out() -> None:
    tool = tool_of("opens", opens).without_defaults()
    assert "default" not in json.dumps(tool.declaration())
    assert tool.call('{"account": {}}')[2] == 80
