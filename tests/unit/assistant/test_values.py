"""Short descriptions of values."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from groq_magic.assistant import Context
from groq_magic.assistant.session_names import imports_in_use, name_with_type, session_names
from groq_magic.assistant.values import brief, own_attributes

KNOWN = Context({}, 16_000, lambda _file: None)


def session(namespace: dict[str, Any]) -> Context:
    return Context(namespace, 16_000, lambda _file: None)


def test_summaries_are_short() -> None:
    frame = pd.DataFrame({f"column_{n}": range(1_000) for n in range(100)})
    for value in (frame, "x" * 10_000_000, list(range(1_000_000)), np.zeros((500, 500))):
        # The prompt cuts further where it has no room.
        assert len(brief("value", value, KNOWN)) < 4_300


@pytest.mark.parametrize(
    "name", ["api_key", "GROQ_API_KEY", "password", "db_passwd", "client_secret", "auth_token"]
)
def test_what_is_called_a_secret_is_named_by_its_type(name: str) -> None:
    assert brief(name, "correct horse", KNOWN) == f"{name}: str, its value withheld"


@pytest.mark.parametrize("name", ["key", "token", "tokens", "keys", "author"])
def test_ordinary_names_are_no_secrets(name: str) -> None:
    assert "Oslo" in brief(name, "Oslo", KNOWN)


def test_binary_and_odd_values_are_named() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise ValueError

    assert brief("raw", b"abc", KNOWN) == "raw: bytes of length 3"
    assert "Odd" in brief("odd", Odd(), KNOWN)


class Hostile:
    """Raises from whatever is done with it."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)

    def __call__(self) -> None:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    __len__ = __iter__ = __bool__ = __call__


def test_a_hostile_object_is_its_type() -> None:
    assert brief("odd", Hostile(), KNOWN).startswith("odd: Hostile")
    assert name_with_type("odd", Hostile()) == "odd: Hostile"
    assert session_names(session({"odd": Hostile()})) == ["odd: Hostile"]
    assert imports_in_use({"odd": Hostile()}) == []


def test_attributes_are_read_without_running_anything() -> None:
    class Lazy:
        def __init__(self) -> None:
            self.held = 1

        @property
        def made(self) -> int:
            raise AssertionError

        def __getattr__(self, name: str) -> int:
            raise AssertionError

    assert own_attributes(Lazy()) == {"held": 1}
    assert own_attributes(Hostile()) == {}
    assert own_attributes(np) == own_attributes(Lazy) == own_attributes(1) == {}


def test_names_and_types_contain_no_value() -> None:
    def area(width: int, height: int = 12345, *, city: str = "Oslo") -> int:
        return width * height * len(city)

    area.__module__ = "__main__"
    namespace = {
        "pd": pd,
        "sqrt": math.sqrt,
        "Ordered": OrderedDict,
        "df": pd.DataFrame({"price": [12345.5], "city": ["Oslo"]}),
        "text": "Oslo",
        "rows": ["Oslo", 12345],
        "matrix": np.full((2, 3), 12345.0),
        "area": area,
        "_hidden": "Oslo",
        "In": [],
        "exit": None,
    }
    shown = "\n".join(session_names(session(namespace)))
    assert "Oslo" not in shown
    assert "12345" not in shown
    assert "df: DataFrame, 1 rows; columns: price (float64), city (" in shown
    assert "matrix: ndarray of float64, shape (2, 3)" in shown
    assert "rows: list of 2 items" in shown
    assert "_hidden" not in shown
    assert "pd" not in shown
    assert "area: function area(width, height, *, city)" in shown
    assert imports_in_use(namespace) == [
        "from collections import OrderedDict as Ordered",
        "from math import sqrt",
        "import pandas as pd",
    ]


def test_a_function_is_its_signature_though_a_default_can_t_be_shown() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise ValueError

    def area(odd: object = Odd()) -> object:
        return odd

    assert brief("area", area, KNOWN) == "area: function area(…)"
    assert name_with_type("area", area) == "area: function area(odd)"
