"""`--check` before anything is sent: which columns can't be compared with a field."""

from __future__ import annotations

import enum
from typing import Any, Literal

import pandas as pd
import pytest

from groq_magic.errors import OptionError, PromptError
from groq_magic.mapping.check_columns import refuse_columns
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.requests.answer_type import AnswerType
from groq_magic.mapping.results.agreement import checks_of
from groq_magic.prompt import Privacy
from groq_magic.schemas import schema_of

FRAME = pd.DataFrame(
    {
        "text": ["good", "bad", None],
        "digits": ["4", " 5 ", "six"],
        "number": [4.5, None, 2],
        "flag": [True, False, True],
        "yes": ["TRUE", "x", None],
        "kind": ["Food ", "other", None],
        "nothing": [None, None, None],
    }
)


class Color(enum.Enum):
    RED = "red"
    ONE = 1


def refused(schema: Any, column: str, privacy: Privacy | None = None) -> None:
    meant, rows = schema_of(schema), rows_of(FRAME)
    fields = AnswerType(meant).fields
    name = next(iter(fields))
    checks = checks_of(f"{name}={column}", fields, rows)
    refuse_columns(checks, fields, meant, rows, privacy or Privacy())


@pytest.mark.parametrize(
    ("schema", "column", "words"),
    [
        ("x int", "text", "no value in `text` fits `x` (a number)."),
        ("x float|None", "flag", "no value in `flag` fits `x` (a number)."),
        ("x int", "kind", "(a number)"),
        ("x bool", "number", "no value in `number` fits `x` (false, true)."),
        ("x bool|None", "text", "(false, true)"),
        ("x 'food'|'fuel'", "text", "no value in `text` fits `x` (food, fuel)."),
        (Color, "text", "(1, red)"),
        (Literal["red", 7], "number", "(7, red)"),
    ],
)
def test_types_that_never_agree_are_refused(schema: Any, column: str, words: str) -> None:
    with pytest.raises(OptionError) as refusal:
        refused(schema, column)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("--check: ")


@pytest.mark.parametrize(
    ("schema", "column"),
    [
        ("x int", "digits"),
        ("x float|None", "number"),
        ("x bool", "flag"),
        ("x bool", "yes"),
        ("x 'food'|'fuel'", "kind"),
        ("x", "number"),
        ("x list[str]", "text"),
        ("x date", "text"),
        ("x int", "nothing"),
        (int | str, "text"),
        (Literal[1, 2, 3], "number"),
    ],
)
def test_types_that_may_agree_are_compared(schema: Any, column: str) -> None:
    refused(schema, column)


@pytest.mark.parametrize("private", ["kind", "k*", "KIND"])
def test_a_private_column_is_refused(private: str) -> None:
    with pytest.raises(PromptError, match="`kind` is private"):
        refused("x", "kind", Privacy(private=(private,)))
