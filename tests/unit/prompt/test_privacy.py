"""How much of a value is sent: `rows_sent`, and `private` columns, keys and attributes."""

from __future__ import annotations

import time
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from ipaddress import ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from groq_magic.errors import PromptError
from groq_magic.prompt import Extent, Privacy, PrivateValues, describe, fill

if TYPE_CHECKING:
    from collections.abc import Callable

NONE = Privacy(rows=0)
HIDES = Privacy(private=("EMA*", "*_id"))
PEOPLE = pd.DataFrame(
    {"email": ["ada@x.org", "bob@y.org"] * 15, "user_id": range(5000, 5030), "age": [30, 31] * 15}
)
Person = namedtuple("Person", "name email")  # noqa: PYI024 - the untyped kind is what is met


@dataclass
class Account:
    email: str
    age: int


class CasedName:
    def __init__(self) -> None:
        self.email = "ada@x.org"

    def __repr__(self) -> str:
        return f"CasedName({self.email})"

    def _repr_llm_(self) -> str:
        return f"Somebody with {self.email}"


def text(value: Any, privacy: Privacy, rows: int | None = None) -> str:
    return describe(value, Extent(privacy, rows)).text


@pytest.mark.parametrize(
    ("rows_sent", "size", "shown"),
    [(5, 20, 20), (5, 21, 5), (4, 5, 4), (1, 3, 1), (0, 3, 0), (50, 40, 40), (50, 100, 50)],
)
def test_small_tables_are_whole_and_of_others_some_rows(
    rows_sent: int, size: int, shown: int
) -> None:
    frame = pd.DataFrame({"a": range(size)})
    found = text(frame, Privacy(rows_sent))
    assert found.partition("as CSV:\na\n")[2].count("\n") + 1 == shown or (
        shown == 0 and "CSV" not in found
    )


def test_the_schema_alone_has_ranges_and_frequent_values_of_columns_with_few() -> None:
    frame = pd.DataFrame({"n": range(60), "kind": ["a", "b"] * 30, "name": map(str, range(60))})
    frame.loc[3, "name"] = "7"
    assert text(frame, Privacy(), rows=0).splitlines() == [
        "DataFrame: 60 rows × 3 columns",
        "n: int64, min 0, mean 29.5, max 59",
        f"kind: {frame.kind.dtype}, top a 50%, b 50%",
        f"name: {frame['name'].dtype}, 59 different",
    ]


def test_with_no_rows_nothing_is_sent_that_is_a_cells_value() -> None:
    frame = pd.DataFrame(
        {"n": [1.5, None, 2.5], "kind": pd.Categorical(["a", "b", "a"])}, index=["x", "y", "z"]
    )
    assert text(frame, NONE).splitlines() == [
        "DataFrame: 3 rows × 2 columns",
        "index: Index",
        "n: float64, 1 missing",
        "kind: category",
    ]
    assert text(frame.n, NONE) == "Series: 3 values\nindex: Index\nvalue: float64, 1 missing"
    assert text(frame.loc["x"], NONE) == "Series: 2 values\nindex: Index\nvalue: object"
    assert text(np.array([1.0, np.nan]), NONE) == "ndarray (2,), float64\n1 missing"
    assert text(["secret", 1, 2], NONE) == "list, 3 items\n2 int, 1 str"
    assert text({"secret": "x"}, NONE) == "dict, 1 item\n1 str"
    assert text([{"a": "x", "b": 1}] * 2, NONE) == "list, 2 items\neach with a (str), b (int)"
    assert text(Account("ada@x.org", 3), NONE) == "Account, \nemail (str), age (int)"
    assert text(CasedName(), NONE) == "CasedName"
    assert text(pd.arrays.SparseArray(["x", "x", "y"], fill_value="x"), NONE).endswith("Sparse")


def test_at_no_rows_a_scalar_that_is_named_is_sent_and_rows_are_refused() -> None:
    namespace = {"n": 3, "name": "Ada", "df": PEOPLE}
    assert fill("{{n}} {{name}} {{df.age[0]}}", namespace, privacy=NONE).text == "3 Ada 30"
    with pytest.raises(PromptError, match="no rows are sent while `rows_sent` is 0"):
        fill("{{df:20}}", namespace, privacy=NONE)
    with pytest.raises(PromptError, match="column names would be values of the index"):
        fill("{{df.T}}", namespace, privacy=NONE)


@pytest.mark.parametrize(
    "value",
    [
        PEOPLE,
        PEOPLE.T,
        PEOPLE.iloc[0],
        PEOPLE.email,
        PEOPLE.set_index("email"),
        PEOPLE.set_index(["age", "email"]).index,
        PEOPLE.groupby("email").age.sum(),
        PEOPLE.pivot_table(columns="email", values="age"),
        PEOPLE.to_dict("records"),
        PEOPLE.to_dict("list"),
        {"people": [{"Email": "ada@x.org"}]},
        [Person("Ada", "ada@x.org"), Account("ada@x.org", 3)],
        Person("Ada", "ada@x.org"),
        pd.DataFrame({"who": [{"email": "ada@x.org"}]}),
        np.array([("ada@x.org", 3)], dtype=[("email", "U9"), ("age", "i4")]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_the_names_of_private_parts_are_sent(value: Any) -> None:
    found = text(value, HIDES)
    assert "@" not in found
    assert "5000" not in found
    assert "mail" in found
    assert "<private>" in found


@pytest.mark.parametrize(
    "expression", ["df.email", "df['user_id']", "df.loc[3, 'email']", "c.email"]
)
def test_a_private_name_is_refused(expression: str) -> None:
    with pytest.raises(PromptError, match="is private"):
        fill(f"{{{{{expression}}}}}", {"df": PEOPLE, "c": CasedName()}, privacy=HIDES)


SMALL = pd.DataFrame({"age": [41, 42], "ok": [True, False], "city": ["Oslo", "Rome"]})
SMALL_HIDES = Privacy(private=("age", "ok"))


@pytest.mark.parametrize(
    "expression",
    [
        *("df.values", "df.T.values", "df.iloc[:, 0].values", "df.iloc[:, 0].array"),
        *("df.iloc[0, 0]", "df.iat[1, 1]", "df.iloc[0][0:2].values", "df.iloc[0].iloc[0]"),
        *("df.T.iloc[0, 0]", "df.iloc[:, 0][0]", "df.iloc[:, 0].loc[1]", "df.iloc[0].array"),
        *("kept.index[0]", "kept.index.values", "df._mgr", "place[0, 0]", "df.iloc[0]._values"),
        *("kinds.iloc[:, 0].cat.categories", "kinds.iloc[:, 0].dtype.categories"),
    ],
)
def test_values_of_a_table_without_labels_are_refused(expression: str) -> None:
    names = {
        "df": SMALL,
        "kept": SMALL.set_index("age"),
        "kinds": SMALL.astype("category"),
        "place": SMALL.iloc,
    }
    with pytest.raises(PromptError, match="may be private, and has no name"):
        fill(f"{{{{{expression}}}}}", names, privacy=SMALL_HIDES)


def test_what_is_not_private_is_sent_by_its_place_and_its_label() -> None:
    text = (
        "{{df.iloc[0, 2]}} {{df.loc[1, 'city']}} {{df.at[0, 'city']}} {{df.city[0]}} "
        "{{df.iloc[1].city}} {{df.iloc[1]['city']}} {{df.shape[0]}} {{df['city'].iloc[0]}} "
        "{{df.columns[2]}} {{df.index[1]}} {{df.T.loc['city', 0]}} {{df.city.iat[1]}}"
    )
    sent = fill(text, {"df": SMALL}, privacy=SMALL_HIDES).text
    assert sent == "Oslo Rome Oslo Oslo Rome Rome 2 Oslo city 1 Oslo Rome"
    whole = fill(
        "{{df.city.values}} {{df.iloc[0]}} {{df.iloc[:, 0]}} {{df.dtypes}}",
        {"df": SMALL},
        privacy=SMALL_HIDES,
    ).whole
    assert "Rome" in whole
    assert "41" not in whole


def test_copies_of_what_is_private_are_replaced() -> None:
    namespace = {"df": PEOPLE, "long": PEOPLE.melt(), "c": CasedName(), "values": PEOPLE.to_numpy()}
    sent = fill("{{long}} {{c}} {{values}} {{values[0][0]}}", namespace, privacy=HIDES)
    assert "@" not in sent.whole
    assert "Somebody with [value]" in sent.whole
    assert sent.text.endswith("[value]")


@pytest.mark.parametrize("rows", [0, 5])
def test_a_private_text_of_several_lines_is_not_sent_by_its_place(rows: int) -> None:
    notes = pd.DataFrame({"notes": ["line1 SENT\nline2 SENT"]})
    hides = Privacy(rows, private=("notes",))
    names = {"m": notes, "t": notes.iloc[0, 0], "ts": [notes.iloc[0, 0]]}
    sent = fill("{{ts[0]}}", names, privacy=hides)
    assert "SENT" not in sent.whole
    assert "[value]" in sent.whole
    assert "line2 SENT" in fill("{{t}}", names, privacy=hides).whole


class WithSlots:
    __slots__ = ("email",)

    def __init__(self) -> None:
        self.email = "eve@z.org"

    def __repr__(self) -> str:
        return f"WithSlots({self.email})"


DICT = {"email": "eve@z.org", "city": "Oslo"}


@pytest.mark.parametrize(
    "value",
    [
        *(DICT.items(), DICT.values(), MappingProxyType(DICT), WithSlots(), partial(print, **DICT)),
        *(
            [WithSlots()],
            {"who": WithSlots()},
            pd.DataFrame({"who": [WithSlots()]}),
            iter([WithSlots()]),
        ),
        *(OrderedDict(DICT).items(), MappingProxyType({"a": [DICT]}), {"a": DICT.values()}),
        *(pd.Series([WithSlots()]), np.array([WithSlots()]), zip([WithSlots()], strict=True)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_hidden_parts_of_a_value_are_not_sent(value: Any) -> None:
    sent = fill("{{v}}", {"v": value}, privacy=HIDES).whole
    assert "eve@" not in sent
    assert type(value).__name__ in sent
    assert "eve@" not in fill("{{v}}", {"v": value}, privacy=NONE).whole


@dataclass(slots=True)
class SlottedAccount:
    email: str


RECORDS = np.array([("eve@z.org", 3)], dtype=[("email", "U9"), ("age", "i4")])


@pytest.mark.parametrize(
    "value",
    [
        *(
            Person("Eve", "eve@z.org"),
            SlottedAccount("eve@z.org"),
            WithSlots(),
            RECORDS,
            RECORDS[0],
        ),
        *([Person("Eve", "eve@z.org")], DICT.items(), DICT.values(), MappingProxyType(DICT)),
        *(RECORDS.view(np.recarray), np.array([DICT]), partial(print, **DICT), deque([DICT])),
        *(Account("eve@z.org", 3), pd.Series([SlottedAccount("eve@z.org")])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_message_has_no_copy_of_a_private_field(value: Any) -> None:
    values = PrivateValues([{"v": value}], HIDES)
    assert values.message("no eve@z.org in Oslo", "") == "no [value] in Oslo"


def test_views_of_dicts_keep_what_is_not_private() -> None:
    assert text(DICT.items(), HIDES) == "dict_items({'email': <private>, 'city': 'Oslo'})"
    assert text(DICT.values(), HIDES) == "dict_values([<private>, 'Oslo'])"
    assert (
        text(MappingProxyType(DICT), HIDES) == "mappingproxy({'email': <private>, 'city': 'Oslo'})"
    )


def test_an_errors_message_keeps_words_that_are_no_values() -> None:
    values = PrivateValues([{"df": PEOPLE}], NONE)
    code = "df['price'] = float(text)"
    for message, sent in (
        ("could not convert string to float: 'ada@x.org'", "string to float: '[value]'"),
        ("'price'", "'price'"),
        ("no row for ada@x.org", "no row for [value]"),
        ("'str' object has no attribute 'upperr'", "'str' object has no attribute '[value]'"),
        ("row 17 of 3,000: first\nsecond", "row [value] of [value],[value] first […]"),
        ("the column age is missing", "the column age is missing"),
    ):
        assert sent in values.message(message, code), message


def test_a_value_that_was_cut_or_escaped_is_found() -> None:
    values = PrivateValues([{"email": ["ada@example.org", "two\nlines 'here'"]}], HIDES)
    assert values.hide("user  ada@exam... gone") == "user  [value]... gone"
    # Two letters are a beginning where they stand in quotes, as pandas cuts a record.
    assert values.hide("{'k': 'ad... gone") == "{'k': '[value]... gone"
    assert values.hide("ad... gone") == "ad... gone"
    assert values.hide(repr("two\nlines 'here'")) == '"[value]"'
    assert values.hide("nothing of the kind") == "nothing of the kind"


def test_a_long_run_of_dots_costs_what_it_is_long() -> None:
    values = PrivateValues([{"email": ["ada@example.org"]}], HIDES)

    def seconds(dots: int) -> float:
        began = time.process_time()
        assert values.hide(f"ada@exam{'.' * dots} gone") == f"[value]{'.' * dots} gone"
        return time.process_time() - began

    # Were it quadratic, the longer one would take a hundred times as long.
    assert seconds(50_000) < 50 * max(seconds(5_000), 0.001)


def test_texts_made_under_looser_limits_are_not_allowed() -> None:
    assert Privacy().allows(Privacy())
    assert Privacy().allows(NONE)
    assert not NONE.allows(Privacy())
    assert not HIDES.allows(Privacy())
    assert Privacy().allows(HIDES)


NAMES = pd.DataFrame({"name": ["Ada Lovelace", "Weiß, Grace-Ann"], "age": [36, 85]})


@pytest.mark.parametrize("privacy", [NONE, Privacy(private=("name",))])
@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ("'ada lovelace'", "'[value]'"),
        ("no row for ADA LOVELACE", "no row for [value]"),
        ("no row for WEISS, GRACE-ANN here", "no row for [value] here"),
        (
            "could not convert string to float: 'Ada'",
            "could not convert string to float: '[value]'",
        ),
        ("bad name lovelace in column age", "bad name [value] in column age"),
        ("bad name_Lovelace", "bad name_[value]"),
        ("'DataFrame' object is not callable", "'DataFrame' object is not callable"),
        ("'age'", "'age'"),
    ],
)
def test_words_of_a_value_and_values_in_other_letters_are_replaced_in_a_message(
    privacy: Privacy, message: str, sent: str
) -> None:
    assert PrivateValues([{"df": NAMES}], privacy).message(message, "df['age']") == sent


def test_prose_in_a_column_empties_no_message() -> None:
    prose = pd.DataFrame({"notes": ["the object could not convert any string to float in column"]})
    message = "could not convert string to float: 'abc'"
    found = PrivateValues([{"df": prose}], Privacy(private=("notes",))).message(message, "")
    assert found.endswith("not convert string to float: 'abc'")


DAY = datetime(1990, 5, 17, 4, 3)  # noqa: DTZ001 - as data has them


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (b"ada@x.org", ["ada@x.org", "b'ada@x.org'"]),
        (DAY, ["1990-05-17", "1990-05-17T04:03:00", repr(DAY)]),
        (pd.Timestamp(DAY), ["1990-05-17 04:03:00", "Timestamp('1990-05-17 04:03:00')"]),
        (Decimal("12345.678"), ["12345.678", "12345.68", "12,345.678"]),
        (1234567.5, ["1234567.5", "1,234,567.50", "1.2345675e+06"]),
        (10**30 + 7, [str(10**30 + 7)]),
        (UUID(int=5), [str(UUID(int=5))]),
        (ip_address("10.2.3.4"), ["10.2.3.4"]),
        ({"ada@x.org"}, ["ada@x.org"]),
        (["ada@x.org", ["bob@y.org"]], ["bob@y.org"]),
        ({"ada@x.org": 1}, ["ada@x.org"]),
    ],
)
def test_a_private_value_of_any_kind_is_found(value: Any, quoted: list[str]) -> None:
    holders = [
        {"email": value},
        [{"email": value}] * 2,
        Account(value, 3),
        {"a": [[Account(value, 1)]]},
    ]
    for holder in holders:
        values = PrivateValues([{"v": holder}], HIDES)
        for text_of in quoted:
            found = values.hide(f"it is {text_of}.")
            assert not any(map(str.isdigit, found)), found
            assert "@" not in found


def test_private_labels_of_columns_are_values() -> None:
    columns = pd.MultiIndex.from_tuples([("ada@x.org", "a")], names=["email", "kind"])
    for privacy in (HIDES, replace(HIDES, rows=0)):
        values = PrivateValues([{"df": pd.DataFrame([[1]], columns=columns)}], privacy)
        assert "ada@" not in values.message("('ada@x.org', 'a')", "")


class Extra:
    """A model with extra fields and private attributes, as pydantic has them."""

    __slots__ = ("__dict__", "__extra__", "__private__")

    def __init__(self) -> None:
        self.__extra__ = {"email": "ada@x.org"}
        self.__private__ = {"_email": "cy@x.org"}


def test_extra_fields_and_private_attributes_of_a_model_are_found() -> None:
    values = PrivateValues([{"m": Extra()}], Privacy(private=("*email",)))
    assert values.hide("ada@x.org cy@x.org") == "[value] [value]"


def test_all_of_large_and_of_deep_data_is_searched() -> None:
    records = [{"email": f"user{n}@x.org", "age": n} for n in range(120_000)]
    assert PrivateValues([{"r": records}], HIDES).hide("no user119999@x.org") == "no [value]"
    deep: Any = {"email": "ada@x.org"}
    for _ in range(10):
        deep = {"a": [deep]}
    assert PrivateValues([{"d": deep}], HIDES).hide("no ada@x.org") == "no [value]"
    circle: Any = [{"email": "ada@x.org"}]
    circle.append(circle)
    assert PrivateValues([{"c": circle}], HIDES).hide("no ada@x.org") == "no [value]"


def test_no_text_is_sent_where_the_search_for_private_values_is_incomplete() -> None:
    deep: Any = {"email": "ada@x.org"}
    for _ in range(40):
        deep = [deep]
    assert PrivateValues([{"d": deep}], HIDES).hide("no ada@x.org") == "[value]"


def seconds(found: Callable[[], object]) -> float:
    start = time.process_time()
    found()
    return time.process_time() - start


@pytest.mark.parametrize("privacy", [NONE, Privacy(private=("name", "note"))])
@pytest.mark.slow
def test_the_search_takes_time_in_proportion_to_data_and_text(privacy: Privacy) -> None:
    def search(rows: int, text: str) -> Callable[[], object]:
        names = [f"Name{n} Family{n}" for n in range(rows)]
        notes = [
            f"{name} wrote a note that is longer than sixty characters, as it goes"
            for name in names
        ]
        frame = pd.DataFrame({"name": names, "note": notes, "n": range(rows)})
        return lambda: PrivateValues([{"df": frame}], privacy).message(text, "float(x)")

    short = "could not convert 'Name7 Family7' 1234567.5\n"
    small, large = seconds(search(10_000, short)), seconds(search(100_000, short))
    assert large < 40 * max(small, 0.025)
    odd = short + "\"a'"
    small, large = seconds(search(10, odd * 100)), seconds(search(10, odd * 2_000))
    assert large < 80 * max(small, 0.01)
