"""What `groq_magic.ask` is given in Python: taken as it is meant, or refused in one line."""

from __future__ import annotations

import decimal
import fractions
import math
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groq_magic
from groq_magic.errors import OptionError
from groq_magic.option_types import Flag
from groq_magic.options import OPTIONS, AskOptions
from tests.markers import examples


class Hostile:
    def __repr__(self) -> str:
        raise SystemExit

    __class__ = property(lambda _self: 1 / 0)  # type: ignore[assignment]  # that is what is odd


class Text(str):
    __slots__ = ()

    def strip(self, *_: Any) -> str:
        raise RuntimeError

    def __str__(self) -> str:
        return "another text"


VALUES = (
    *(None, True, False, 0, 1, 5, -5, 5.5, math.nan, math.inf, -math.inf, 10**400, 10**6000),
    *(
        "",
        " ",
        "x",
        "5",
        "0.5",
        "nan",
        "True",
        "False",
        "x" * 1_000_000,
        "half \ud83d",
        "a\0b\x1bc",
    ),
    *(b"x", bytearray(b"x"), [], ["x"], ["x", 5], ["x"] * 5, (), {}, {"x": 1}, {1}, object()),
    *(range(3), iter("ab"), Hostile(), Text("x"), MagicMock(spec=str), MagicMock(), 5j, AskOptions),
    *(np.float64(0.5), np.float32("nan"), np.int64(5), np.bool_(True), np.array([1]), np.str_("x")),  # noqa: FBT003 - numpy's own
    *(
        decimal.Decimal("0.5"),
        decimal.Decimal("NaN"),
        decimal.Decimal("sNaN"),
        fractions.Fraction(1, 2),
    ),
)
KINDS = {
    "temperature": float,
    "top_p": float,
    "frequency_penalty": float,
    "presence_penalty": float,
}
KINDS |= {"timeout": float, "max_tokens": int, "recent": int, "seed": int, "stop": tuple}
KINDS |= {option.name: bool for option in OPTIONS if isinstance(option.type, Flag)}


def taken(given: dict[str, Any]) -> AskOptions | None:
    """The options, None where they are refused as they should be."""
    try:
        return AskOptions.of_keywords(given)
    except OptionError as refused:
        error = refused
    assert "\n" not in str(error)
    assert len(str(error)) < 500
    assert error.remedy
    str(error).encode()
    return None


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_value_is_taken_as_what_it_is_or_refused(option: Any) -> None:
    for value in VALUES:
        found = taken({option.name: value})
        if found is None:
            continue
        read = getattr(found, option.name)
        kind = KINDS.get(option.name, str)
        if option.name == "schema" and not issubclass(type(value), str):
            assert value is None or (read is value and type(value) in {dict, type})
            continue
        if value is None:
            assert found == AskOptions()
            continue
        if option.name == "image":
            # Whether a value is one shows when the ask is prepared.
            is_list = issubclass(type(value), (list, tuple))
            items = value if is_list else (value,)
            pairs = zip(read, items, strict=True)
            assert all(one is item or one == str.__str__(item) for one, item in pairs)
            continue
        if option.name == "tools":
            assert type(read) is tuple
            assert all(callable(each) or type(each) is str for each in read)
            continue
        assert type(read) is kind, (value, read)
        if kind in {float, int}:
            assert read == float(value) if kind is float else read == int(value)
            assert not isinstance(value, bool)
            assert math.isfinite(read)
        elif kind is str:
            assert issubclass(type(value), str)
            assert read == str.__str__(value).strip() or read == str.__str__(value)
        elif kind is tuple:
            items = value if isinstance(value, list | tuple) else [value]
            assert read == tuple(map(str.__str__, items))
            assert all(type(item) is str for item in read)
        else:
            assert read == bool(value)
            assert value in {True, False}


@pytest.mark.parametrize(
    ("given", "reported"),
    [
        ({"stop": 5}, "stop takes text, not `5` (int). Try `stop='x'`."),
        ({"stop": b"x"}, "stop takes text, not `b'x'` (bytes). Try `stop='x'`."),
        ({"once": "False"}, "once takes True or False, not `False`. Try `once=True`."),
        ({"temperature": True}, "from 0 to 2, not `True` (bool). Try `temperature=0.7`."),
        ({"temperature": math.nan}, "from 0 to 2, not `nan` (float)."),
        ({"max_tokens": 5.5}, "max_tokens takes a whole number from 1 on, not `5.5` (float)."),
        (
            {"max_tokens": 10**6000},
            "not `<int of about 6,001 digits>` (int). Try `max_tokens=100`.",
        ),
        ({"model": 5}, "model takes text, not `5` (int)."),
        ({"model": "x\ny"}, "model takes a name of at most 200 printable characters"),
        ({"model": "gsk_" + "a" * 50}, ""),
        ({"system": "half \ud83d"}, "system contains half a surrogate pair, which can't be sent."),
        ({"format": ["json"]}, "format takes markdown, text, code or json, not `['json']` (list)."),
        ({"tries": 3}, "There is no option `tries`. Options: model, system, temperature, "),
        ({"modle": "x"}, "There is no option `modle`. Did you mean `model`?"),
        ({"out": "print"}, "Python uses the name `print`. Try `out='answer'`."),
        ({"cache": None}, ""),
    ],
)
def test_a_refusal_says_what_was_given_and_what_to_write(given: Any, reported: str) -> None:
    if not reported:
        assert taken(given) is not None
        return
    with pytest.raises(OptionError) as caught:
        AskOptions.of_keywords(given)
    assert reported in str(caught.value)


def test_a_key_in_a_refusal_is_hidden() -> None:
    with pytest.raises(OptionError) as caught:
        AskOptions.of_keywords({"format": "gsk_" + "a" * 50})
    assert "gsk_" not in str(caught.value)


def test_an_answer_may_end_at_a_line_break() -> None:
    assert AskOptions.of_keywords({"stop": "\n\n"}).stop == ("\n\n",)
    assert AskOptions.of_keywords({"stop": []}).stop == ()


@pytest.mark.parametrize("name", ["cache", "stream"])
def test_a_switch_is_on_off_or_unset_by_either_name(name: str) -> None:
    for on in (True, False):
        assert getattr(AskOptions.of_keywords({name: on}), name) is on
        assert getattr(AskOptions.of_keywords({f"no_{name}": on}), name) is not on
    assert AskOptions.of_keywords({name: None, f"no_{name}": None}) == AskOptions()


def test_no_other_option_has_a_second_name() -> None:
    for name in ("once", "raw", "model", "cell"):
        with pytest.raises(OptionError, match=f"no option `no_{name}`"):
            AskOptions.of_keywords({f"no_{name}": True})


def test_a_prompt_that_is_no_text_is_refused() -> None:
    for prompt in VALUES:
        if not issubclass(type(prompt), str):
            with pytest.raises(OptionError, match=r"the prompt as text, not .*\{\{df\}\}"):
                groq_magic.ask(prompt)


@settings(max_examples=examples(200))
@given(
    st.dictionaries(
        st.sampled_from([option.name for option in OPTIONS] + ["modell", "x", ""]),
        # By their places: some of them can't be shown.
        st.integers(0, len(VALUES) - 1).map(lambda i: (i,)) | st.text() | st.floats() | st.binary(),
    )
)
def test_any_options_are_taken_or_refused_in_one_line(drawn: dict[str, Any]) -> None:
    taken({k: VALUES[v[0]] if isinstance(v, tuple) else v for k, v in drawn.items()})


NAMES = (
    *(
        "get_ipython",
        "In",
        "Out",
        "_",
        "__",
        "___",
        "_i",
        "_ii",
        "_iii",
        "_i7",
        "_12",
        "_ih",
        "_oh",
    ),
    *("_dh", "exit", "quit", "open", "print", "list", "id", "sum", "input", "_groq", "_exit_code"),
    *("__name__", "__builtins__", "__x__", "__import__", "None", "True", "class", "for", "await"),
    *(
        "display",
        "Exception",
        "help",
        "ｐｒｉｎｔ",
        "1x",
        "a.b",
        "a b",
        "a-b",
        "",
        " ",
        "x\0",
        "\ud800",
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_free_is_refused(name: str) -> None:
    assert taken({"out": name}) is None


@pytest.mark.parametrize(
    "name", ["answer", "_answer", "_1x", "été", "match", "printed", "df2", "__x"]
)
def test_a_free_name_is_taken(name: str) -> None:
    assert AskOptions.of_keywords({"out": name}).out == name


def test_a_name_is_the_one_that_python_reads() -> None:
    assert AskOptions.of_keywords({"out": "ﬁt"}).out == "fit"
