"""The result of a map: the rows with their answers as columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.errors import OptionError
from groq_magic.mapping.data.prompts import row_prompts
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.requests.answer_type import AnswerType
from groq_magic.mapping.requests.grouping import request_plan, row_options
from groq_magic.mapping.results.frame import (
    ResultColumns,
    RowCells,
    cells_frame,
    cells_of,
    is_invented,
    result_columns,
)
from groq_magic.mapping.sending.row_request import RowAnswer
from groq_magic.options import AskOptions
from groq_magic.schemas import schema_of
from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = "openai/gpt-oss-20b"


def answered(
    text: str,
    finish_reason: str | None = "stop",
    usage: None = None,
    model: str = "",
    error: str = "",
) -> RowAnswer:
    return RowAnswer(text, finish_reason, usage, model, error)


class Run:
    """A map whose answers are made up."""

    def __init__(
        self, data: Any, prompt: str = "{{row}}", schema: Any = None, *, evidence: bool = False
    ) -> None:
        self.rows = rows_of(data)
        found = None if schema is None else schema_of(schema)
        self.type = AnswerType(found, is_strict=True, evidence=evidence)
        self.prompts = row_prompts(prompt, self.rows, {})
        options = row_options(AskOptions(model=MODEL), AskOptions(), None)
        self.plan = request_plan(self.prompts, self.type, options, None)

    def columns(self, *models: str, prefix: str = "") -> tuple[ResultColumns, ...]:
        return result_columns(self.prompts, self.type, models or (MODEL,), prefix)

    def frame(self, *replies: Any, **options: Any) -> Any:
        answers = {
            key: reply if isinstance(reply, RowAnswer) else answered(_text(reply), "stop")
            for key, reply in zip(self.plan.keys, replies, strict=False)
            if reply is not None
        }
        return cells_frame(
            self.rows, [(self.columns(**options)[0], self.plan, self.cells(answers))]
        )

    def cells(self, answers: Mapping[str, RowAnswer]) -> dict[str, RowCells]:
        return {key: cells_of(self.plan, key, answer) for key, answer in answers.items()}


def _text(reply: Any) -> str:
    return reply if isinstance(reply, str) else json.dumps(reply)


def test_the_rows_with_an_answer_and_an_error() -> None:
    frame = pd.DataFrame({"t": ["a", "b", "c"]}, index=["x", "x", "z"])
    found = Run(frame, "{{t}}").frame("A", answered("", error="Connection lost."))
    assert list(found.columns) == ["t", "answer", "error"]
    assert list(found.index) == ["x", "x", "z"]
    assert found["answer"].tolist() == ["A", None, None]
    assert found["error"].tolist() == [None, "Connection lost.", "Not asked yet."]
    assert list(frame.columns) == ["t"]


def test_equal_rows_have_equal_answers() -> None:
    assert Run(["a", "a"]).frame("A")["answer"].tolist() == ["A", "A"]


@pytest.mark.parametrize(
    ("data", "columns", "index"),
    [
        (["a", "b"], ["row"], [0, 1]),
        (pd.Series(["a", "b"], index=[5, 5], name="t"), ["t"], [5, 5]),
        ({"x": "a", "y": "b"}, ["row"], ["x", "y"]),
        ({"a": [1, 2], "b": ["x", [1]]}, ["a", "b"], [0, 1]),
        ([{"a": 1}, {"b": 2}], ["a", "b"], [0, 1]),
    ],
)
def test_data_of_any_kind_becomes_a_frame(data: Any, columns: list[str], index: list[Any]) -> None:
    found = Run(data).frame("A", "B")
    assert list(found.columns) == [*columns, "answer", "error"]
    assert list(found.index) == index
    assert found["answer"].tolist() == ["A", "B"]


def test_polars_stays_polars() -> None:
    found = Run(pl.DataFrame({"t": ["a", "b"]}), "{{t}}", "n int, d date").frame(
        {"n": 1, "d": "2026-01-02"}
    )
    assert isinstance(found, pl.DataFrame)
    assert found.columns == ["t", "n", "d", "error"]
    assert found["n"].to_list() == [1, None]
    assert found.schema["n"] == pl.Int64
    assert found["d"].dtype == pl.Date
    assert found["error"].to_list() == [None, "Not asked yet."]
    assert isinstance(Run(pl.Series("t", ["a"])).frame("A"), pl.DataFrame)


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame([["x", "y"]], columns=["a", "a"]),
        pd.DataFrame([["x", "y"]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("b", "y")])),
        pd.DataFrame([["x", "y"]], columns=pd.CategoricalIndex(["a", "b"])),
        pd.DataFrame([["x", "y"]], columns=pd.RangeIndex(2)),
        pd.DataFrame([["x", "y"]], columns=pd.DatetimeIndex(["2026-01-01", "2026-01-02"])),
        pd.DataFrame([["x"]], columns=["a"], index=pd.MultiIndex.from_tuples([(1, 2)])),
    ],
)
def test_odd_columns_and_indexes_are_kept(data: pd.DataFrame) -> None:
    found = Run(data).frame("A")
    assert found.shape == (1, data.shape[1] + 2)
    assert found.iloc[0, -2] == "A"
    assert found.index.equals(data.index)
    assert list(map(str, found.columns[:-2])) == list(map(str, data.columns))


@pytest.mark.parametrize("data", [[], pd.DataFrame({"t": []}), pl.DataFrame({"t": []}), {"t": []}])
def test_no_rows_give_the_columns(data: Any) -> None:
    run = Run(data, "{{t}}" if not isinstance(data, list) else "{{row}}", "n int")
    assert list(run.frame().columns)[-2:] == ["n", "error"]
    assert len(run.frame()) == 0


def test_a_schema_has_a_typed_column_for_each_field() -> None:
    schema = "n int, x float, ok bool, s str, d date, w datetime, tags list[str], kind 'a'|'b'"
    reply = {
        "n": 1, "x": 2, "ok": True, "s": "t", "d": "2026-01-02", "w": "2026-01-02T03:04:05",
        "tags": ["u", "v"], "kind": "a",
    }  # fmt: skip
    found = Run(["a", "b"], schema=schema).frame(reply)
    assert list(found.columns) == ["row", *reply, "error"]
    kinds = {name: str(found[name].dtype) for name in reply}
    assert kinds["n"] == "Int64"
    assert kinds["x"] == "float64"
    assert kinds["ok"] == "boolean"
    assert kinds["d"].startswith("datetime64")
    assert kinds["w"].startswith("datetime64")
    assert found["tags"].tolist() == [["u", "v"], None]
    assert found["d"][0] == pd.Timestamp("2026-01-02")
    assert pd.isna(found["n"][1])
    assert found["kind"].tolist() == ["a", None]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("n int", 2**70),
        ("d date", "0001-01-01"),
        ("d datetime", "2026-01-02T03:04:05+02:00"),
        ("d time", "03:04:05"),
        ("x int|str", "a"),
        ("x int|None", None),
        ("x float|None", None),
    ],
)
def test_values_that_a_column_type_cannot_have_are_kept(schema: str, value: Any) -> None:
    name = schema.split(maxsplit=1)[0]
    run = Run(["a", "b"], schema=schema)
    found = run.frame({name: value}, {name: value})
    assert found["error"].tolist() == [None, None]
    if value is None:
        assert found[name].isna().all()
    else:
        assert str(found[name][0]).replace(" ", "T").startswith(str(value)[:10])


def test_answers_without_fields_are_in_one_column() -> None:
    assert Run(["a"], schema=list[int]).frame({"items": [1, 2]})["answer"].tolist() == [[1, 2]]


def test_an_answer_that_does_not_fit_is_an_error() -> None:
    found = Run(["a"], schema="n int").frame('{"n": "x"}')
    assert pd.isna(found["n"][0])
    assert found["error"][0].startswith("The answer doesn't fit the schema: n:")


@pytest.mark.parametrize("evidence", [False, True])
def test_an_answer_that_is_no_json_is_an_error_that_says_so(*, evidence: bool) -> None:
    found = Run(["a"], schema="n int", evidence=evidence).frame("I can't.")
    assert found["error"][0].startswith("The answer doesn't fit the schema: it isn't valid JSON (")


@pytest.mark.parametrize("taken", ["answer", "error"])
def test_a_column_of_the_data_is_not_replaced_and_a_prefix_helps(taken: str) -> None:
    run = Run({"t": ["a"], taken: ["b"]})
    with pytest.raises(OptionError, match=f"`{taken}`.*--prefix"):
        run.columns()
    assert list(run.frame("A", prefix="p_").columns)[-2:] == ["p_answer", "p_error"]
    with pytest.raises(OptionError, match="`p_answer`"):
        Run({"p_answer": ["b"]}).columns(prefix="p_")


def test_a_field_called_error_is_refused() -> None:
    with pytest.raises(OptionError, match="`error`"):
        Run(["a"], schema="error str, n int").columns()


def test_several_models_have_columns_of_their_own() -> None:
    run = Run(["a"], schema="score int")
    one, two = run.columns("openai/gpt-oss-20b", "openai/gpt-oss-120b")
    assert one.names == ("score_gpt-oss-20b", "error_gpt-oss-20b")
    assert two.names == ("score_gpt-oss-120b", "error_gpt-oss-120b")
    answers = {run.plan.keys[0]: answered('{"score": 3}', "stop")}
    frame = cells_frame(run.rows, [(one, run.plan, run.cells(answers)), (two, run.plan, {})])
    assert frame["score_gpt-oss-20b"].tolist() == [3]
    assert frame["error_gpt-oss-120b"].tolist() == ["Not asked yet."]
    assert [each.names[0] for each in run.columns("a/m", "b/m")] == ["score_a/m", "score_b/m"]


def test_a_model_named_twice_is_refused() -> None:
    with pytest.raises(OptionError, match="twice"):
        Run(["a"]).columns("m", "m")


def test_quotes_have_columns_with_their_check_and_offset() -> None:
    run = Run({"t": ["It was late.", "Fine"]}, "{{t}}", "n int", evidence=True)
    found = run.frame({"n_quote": "was  late", "n": 1}, {"n_quote": "bad", "n": 2})
    assert list(found.columns) == ["t", "n", "n_quote", "n_quote_ok", "n_quote_at", "error"]
    assert found["n_quote_ok"].tolist() == [True, False]
    assert found["n_quote_at"].tolist()[0] == 3
    assert pd.isna(found["n_quote_at"][1])


def test_a_quote_is_invented_if_its_row_lacks_it() -> None:
    run = Run(["It was late."], evidence=True)

    def found(quote: str) -> bool:
        answer = answered(json.dumps({"answer_quote": quote, "answer": "yes"}))
        return is_invented(cells_of(run.plan, run.plan.keys[0], answer), "answer_quote")

    assert found("early")
    assert not found("late")
    assert not found(" ")
    assert not is_invented({}, "answer_quote")


def test_evidence_in_one_of_several_columns_names_it() -> None:
    run = Run({"t": ["It was late."], "u": ["x"]}, "{{t}} {{u}}", evidence=True)
    found = run.frame({"answer_quote": "was late", "answer": "yes"})
    assert found["answer_quote_in"].tolist() == ["t"]
    assert found["answer"].tolist() == ["yes"]


def test_the_quotes_of_a_row_without_an_answer_are_missing() -> None:
    found = Run(["a"], evidence=True).frame(None)
    assert found["answer_quote"].tolist() == [None]
    assert pd.isna(found["answer_quote_ok"][0])


def test_a_part_of_the_rows() -> None:
    run = Run({"t": ["a", "b", "c"]}, "{{t}}")
    assert cells_frame(run.rows.take([2]), []).to_dict("list") == {"t": ["c"]}


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.none(), st.integers(), st.floats()
)


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=8),
    st.sampled_from([pd.DataFrame, pl.DataFrame, dict]),
    st.data(),
)
def test_each_row_has_its_answer_whatever_the_data(
    cells: list[tuple[Any, Any]], kind: Any, data: st.DataObject
) -> None:
    table: Any = {
        "a": [str(a) for a, _ in cells],
        "b": [b if kind is dict else str(b) for _, b in cells],
    }
    run = Run(kind(table), "{{a}} {{row}}", "n int, s")
    replies = [
        data.draw(
            st.none()
            | st.fixed_dictionaries({"n": st.integers(-(2**63), 2**63 - 1), "s": st.text()})
        )
        for _ in cells
    ]
    by_key = dict(zip(run.plan.keys, replies, strict=True))
    found = run.frame(*[by_key[key] for key in run.plan.keys])
    assert list(found.columns) == ["a", "b", "n", "s", "error"]
    assert list(found["a"]) == table["a"]
    for place, key in enumerate(run.plan.keys):
        reply = by_key[key]
        number, text = found["n"][place], found["s"][place]
        if reply is None:
            assert number is None or pd.isna(number)
            assert found["error"][place] == "Not asked yet."
        else:
            assert (number, text) == (reply["n"], reply["s"])
            assert found["error"][place] is None


def test_numpy_arrays_are_data_too() -> None:
    assert Run(np.array([1, 2])).frame("A", "B")["answer"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("part", "dtype"),
    [
        ({"type": ["integer", "null"]}, "Int64"),
        ({"type": ["null", "string"]}, "object"),
        ({"type": ["integer", "string"]}, "object"),
        (True, "object"),
        ({"$ref": "#/$defs/any"}, "object"),
        ({"anyOf": [True, {"type": "null"}]}, "object"),
    ],
)
def test_every_form_of_a_json_schema_has_a_column(part: Any, dtype: str) -> None:
    schema = {"type": "object", "properties": {"x": part}, "$defs": {"any": True}}
    found = Run(["a", "b"], schema=schema).frame({"x": None}, {"x": None})
    assert str(found["x"].dtype) == dtype


def test_evidence_for_an_answer_with_any_fields() -> None:
    found = Run(["so it is"], "{{row}}", dict, evidence=True).frame(
        {"answer_quote": "it is", "a": 1, "b": 2}
    )
    assert found["answer"].tolist() == [{"a": 1, "b": 2}]
    assert found["answer_quote_ok"].tolist() == [True]


def test_a_label_whose_text_raises_is_named_by_its_type() -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    frame = pd.DataFrame([["x", "y"]])
    frame.columns = pd.Index([Odd(), "b"], dtype=object)
    assert Run(frame).frame("A").shape == (1, 4)
