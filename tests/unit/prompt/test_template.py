from __future__ import annotations

import datetime as dt
import decimal
import enum
import pathlib
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import PromptError
from groq_magic.prompt import IncludedValue, fill, names_alone


class Colour(enum.Enum):
    RED = "red"


class Model:
    coef_ = (1.5, 2.5)

    @property
    def broken(self) -> None:
        raise ValueError("not fitted\nyet")

    @property
    def stopped(self) -> None:
        raise KeyboardInterrupt


NAMESPACE: dict[str, Any] = {
    "n": 3,
    "topic": "bees",
    "d": {"k": [10, 20], "}}": "braces", 5: "five", "title": "T"},
    "m": Model(),
    "braces": "{{topic}}",
}


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("{{topic}}", "bees"),
        ("About {{ topic }}, {{n}} times", "About bees, 3 times"),
        ('{{d["k"][1]}}', "20"),
        ("{{ d['k'][-1] }}", "20"),
        ("{{m.coef_[-1]}}", "2.5"),
        ("{{topic[0]}}{{topic[1:]}}{{topic[::-1]}}", "beesseeb"),
        ("{{d[5]}}", "five"),
        ('{{d["}}"]}}', "braces"),
        ("{{{n}}}", "{3}"),
        ('{"a": {{n}}}', '{"a": 3}'),
        ("{{braces}}", "{{topic}}"),
        ("{{topic}}\n{{topic}}", "bees\nbees"),
    ],
)
def test_values_are_filled_in_once_and_not_searched_for_braces(prompt: str, sent: str) -> None:
    assert fill(prompt, NAMESPACE).text == sent


@pytest.mark.parametrize(
    "prompt",
    [
        '{"name": "Ada", "tags": {"a": {}}}',
        r"\frac{1}{2} and x^{{2}} and \text{{a b}}",
        r"$\sum_{{i=1}}^{n} x_{i}$",
        "a { color: red } @media print { b { margin: 0 } }",
        "{}",
        'printf("%d {}\\n", n)',
        "${{ github.sha }}",
        "${{ n }}",
        "{% for x in xs %}{{ x | upper }}{% endfor %}",
        "{{ range(3) }}",
        "{{ .Values.image }} {{- if .x -}}",
        'f"{n:>{width}} {n!r} {n=}"',
        "{{",
        "}}",
        "{{}}",
        "{{ }}",
        "{{ n + 1 }} {{ -n }} {{ (n) }} {{ [n] }}",
        "{{ 1 }} {{ 'n' }} {{ None }} {{ n if n else 0 }}",
        "{{ d[n] }} {{ d[topic] }}",
        "{{ n # a comment }}",
        "{{#if n}} {{/if}} {{> n}} {{& n}}",
        "{{ n\n}}",
        "{{n} }",
        "{ {n}}",
        "{{ n, topic }} {{ n; }} {{ n := 3 }} {{ lambda: n }}",
        "{{" * 1000,
        "{{ n" * 1000,
        r'{{ d["\d' + '"',
    ],
)
def test_other_braces_are_left_alone_without_a_notice(prompt: str) -> None:
    filled = fill(prompt, NAMESPACE)
    assert filled.text == prompt
    assert filled.included == ()
    assert filled.notices == ()


def test_a_name_that_is_not_there_is_sent_as_written_with_a_notice() -> None:
    filled = fill("{{ user.name }} and {{topic}} and {{ user.name }}", NAMESPACE)
    assert filled.text == "{{ user.name }} and bees and {{ user.name }}"
    assert filled.missing == ("user.name",)
    assert filled.notices == ("`{{user.name}}` is sent as written: no such variable.",)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{{df.price.sum()}}", "Run `price_sum = df.price.sum()` in a cell, and write"),
        ("{{ m.predict(2)[0] }}", "Run `m_predict = m.predict(2)[0]` in a cell"),
        ("{{f()}}", "Run `f_result = f()` in a cell"),
        ("{{len(topic)}}", "Run `len_topic = len(topic)` in a cell, and write `{{len_topic}}`"),
    ],
)
def test_a_call_is_refused_with_what_to_write_instead(prompt: str, message: str) -> None:
    frame = pd.DataFrame({"price": [1.0]})
    with pytest.raises(PromptError, match="calls aren't allowed") as raised:
        fill(prompt, NAMESPACE | {"df": frame, "f": len})
    assert message in str(raised.value)


def test_calls_of_another_template_are_left_alone() -> None:
    filled = fill("{{ include('head') }} {{ f(1).x }}", NAMESPACE)
    assert filled.text == "{{ include('head') }} {{ f(1).x }}"
    assert filled.notices == ()


def test_other_values_follow_below_and_their_names_stay_in_place() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    filled = fill("How do I clean {{df}}? The best is {{n}}.", {"df": frame, "n": 3})
    assert filled.text == "How do I clean `df`? The best is 3."
    assert filled.whole.splitlines() == [
        "How do I clean `df`? The best is 3.",
        "",
        "Values:",
        "",
        "`df`: DataFrame, 2 rows × 2 columns",
        "```text",
        "a: int64, min 1, mean 1.5, max 2",
        f"b: {frame.b.dtype}, all different",
        "all rows, as CSV:",
        "a,b",
        "1,x",
        "2,y",
        "```",
    ]


def test_a_value_named_twice_is_included_once() -> None:
    filled = fill("{{d}} and {{ d }} and {{d}}", {"d": {"a": [1]}})
    assert filled.text == "`d` and `d` and `d`"
    assert filled.whole.count("{'a': [1]}") == 1
    assert len(filled.included) == 1


def test_a_fence_is_longer_than_any_inside() -> None:
    text = "```\ncode\n```\n````"
    filled = fill("Format {{text}}", {"text": text})
    assert f"\n`````text\n{text}\n`````" in filled.whole


def test_a_name_with_a_backtick_stays_one_code_span() -> None:
    filled = fill("Take {{d['a`b']}}", {"d": {"a`b": [1]}})
    assert filled.text == "Take ``d['a`b']``"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (np.float64(2.5), "2.5"),
        (np.int8(3), "3"),
        (decimal.Decimal("1.10"), "1.10"),
        (True, "True"),
        (None, "None"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.timedelta(hours=1), "1:00:00"),
        (pd.Timestamp("2026-01-02"), "2026-01-02 00:00:00"),
        (pd.NA, "<NA>"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (Colour.RED, "Colour.RED"),
        ("x" * 200, "x" * 200),
        ("", ""),
    ],
)
def test_scalars_and_short_lines_stand_in_place(value: Any, text: str) -> None:
    filled = fill("[{{v}}]", {"v": value})
    assert filled.whole == f"[{text}]"
    assert filled.included == (IncludedValue("v", len(text)),)


@pytest.mark.parametrize("value", ["x" * 201, "two\nlines", "one\n", [], {}, np.array(5), len])
def test_other_values_are_not_included_in_place(value: Any) -> None:
    filled = fill("[{{v}}]", {"v": value})
    assert filled.text == "[`v`]"
    assert "\nValues:\n\n`v`: " in filled.whole


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("{{x:.2f}}", "3.14"),
        ("{{ x : >6.1f }}", "   3.1"),
        ("{{big:,}}", "1,234,567"),
        ("{{when:%d.%m.%Y}}", "02.01.2026"),
        ("{{name:>5}}", "  Ada"),
        ('{{d["a:b"]:.1f}}', "2.5"),
        ("{{share:.0%}} of {{share}}", "25% of 0.25"),
    ],
)
def test_a_format_spec_follows_a_colon(prompt: str, sent: str) -> None:
    namespace = {
        "x": 3.14159,
        "big": 1_234_567,
        "when": dt.date(2026, 1, 2),
        "name": "Ada",
        "d": {"a:b": 2.5},
        "share": 0.25,
    }
    assert fill(prompt, namespace).whole == sent


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{{n:zz}}", "`{{n:zz}}`: `zz` isn't a valid format for int."),
        ("{{topic:.2f}}", "`{{topic:.2f}}`: `.2f` isn't a valid format for str."),
        ("{{n:9999999999}}", "isn't a valid format for int."),
        ("{{m:x}}", "`x` isn't a valid format for Model."),
        ("{{d:many}}", "`{{d:many}}`: `many` isn't a number of rows. Write one, as in"),
        ("{{d:-1}}", "isn't a number of rows."),
    ],
)
def test_a_bad_spec_is_refused(prompt: str, message: str) -> None:
    with pytest.raises(PromptError) as raised:
        fill(prompt, NAMESPACE)
    assert message in str(raised.value)


def test_a_number_behind_a_table_is_the_rows_shown() -> None:
    frame = pd.DataFrame({"a": range(100)})
    namespace = {"df": frame, "xs": list(range(100)), "s": frame.a}
    assert "first 5 rows, as CSV:\na\n0\n1\n2\n3\n4\n```" in fill("{{df}}", namespace).whole
    assert "first 7 rows, as CSV:" in fill("{{df:7}}", namespace).whole
    assert "first 7 rows, as CSV:" in fill("{{s:7}}", namespace).whole
    assert "[0, 1, 2, …]" in fill("{{xs:3}}", namespace).whole
    both = fill("{{df}} and {{df:30}} and {{df}}", namespace)
    assert both.whole.count("Values:") == both.whole.count("as CSV:") == 1
    assert "first 30 rows" in both.whole


class OwnText:
    def __init__(self, text: Any) -> None:
        self.text = text

    def _repr_llm_(self) -> Any:
        if isinstance(self.text, BaseException):
            raise self.text
        return self.text


def test_an_objects_own_text_for_models_is_used() -> None:
    whole = fill("{{t}}", {"t": OwnText("A forest of 100 trees.")}).whole
    assert whole.endswith("`t`: OwnText\n```text\nA forest of 100 trees.\n```")


@pytest.mark.parametrize("text", [5, None, ValueError("no"), SystemExit()])
def test_own_text_that_is_no_text_or_raises_is_not_used(text: Any) -> None:
    assert "<test_template.OwnText object>" in fill("{{t}}", {"t": OwnText(text)}).whole.replace(
        f"{OwnText.__module__}.", "test_template."
    )


def test_names_replace_values_that_no_longer_exist() -> None:
    typed = "{{df}} has {{ n }} rows, {{x:.2f}} and {{mustache}}"
    sent = names_alone(typed, frozenset({"df", "n", "x"}))
    assert sent == "`df` has `n` rows, `x` and {{mustache}}"


def test_several_columns_of_a_frame_are_an_item() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2], "c": [3]})
    filled = fill("{{df[['a', 'b']]}}", {"df": frame})
    assert "`df[['a', 'b']]`: DataFrame, 1 rows × 2 columns" in filled.whole


def test_included_values_are_listed_with_their_sizes() -> None:
    filled = fill('{{topic}} {{ d["k"] }} {{ topic }}', NAMESPACE)
    block = filled.whole.split("Values:\n\n")[1]
    assert filled.included == (
        IncludedValue("topic", 8),
        IncludedValue('d["k"]', len(block)),
    )


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{{topics}}", "`{{topics}}`: there is no `topics`. Did you mean `topic`?"),
        ("{{Topic[0]}}", "`{{Topic[0]}}`: there is no `Topic`. Did you mean `topic`?"),
        ("{{m.coef}}", "`{{m.coef}}`: `m` has no `coef`. Did you mean `coef_`?"),
        ("{{m.zzz}}", "`{{m.zzz}}`: `m` has no `zzz`."),
        ('{{d["titel"]}}', '`{{d["titel"]}}`: `d` has no item `"titel"`. Did you mean "title"?'),
        ('{{d["k"][7]}}', '`{{d["k"][7]}}`: `d["k"]` has no item `7`.'),
        ("{{n[0]}}", "`{{n[0]}}`: reading `n[0]` raised TypeError: 'int' object"),
        ("{{m.broken}}", "`{{m.broken}}`: reading `m.broken` raised ValueError: not fitted yet."),
        ("{{raw}}", "`{{raw}}`: It is binary. Decode it to text first."),
        ("{{topic.upper}}", "`{{topic.upper}}`: It is a method; calls aren't allowed"),
    ],
)
def test_a_misspelt_name_is_refused_unsent(prompt: str, message: str) -> None:
    with pytest.raises(PromptError) as raised:
        fill(prompt, NAMESPACE | {"raw": b"\x00"})
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("prompt", ["{{pt}}", "{{Ou}}", "{{_topi}}", "{{xyz}}"])
def test_modules_private_names_and_ipythons_own_are_no_near_misses(prompt: str) -> None:
    namespace = {"pty": pytest, "Out": {}, "_topic": 1, "_": 2}
    assert fill(prompt, namespace).text == prompt


def test_reading_adds_no_item_to_a_defaultdict() -> None:
    counts: dict[str, int] = defaultdict(int)
    with pytest.raises(PromptError, match="has no item"):
        fill('{{counts["bees"]}}', {"counts": counts})
    assert dict(counts) == {}


def test_an_expression_is_read_once_however_often_it_stands_there() -> None:
    reads = []

    class CountingValue:
        @property
        def value(self) -> int:
            reads.append(1)
            return 7

    assert fill("{{c.value}} {{c.value}}", {"c": CountingValue()}).text == "7 7"
    assert reads == [1]


def test_stop_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        fill("{{m.stopped}}", NAMESPACE)


@given(st.text(alphabet=st.sampled_from("{}$n .\"[]()#'\\\n-:1"), max_size=80))
def test_any_text_is_filled_or_left_or_refused_in_one_line(text: str) -> None:
    try:
        filled = fill(text, {"n": "V"})
    except PromptError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert filled.text.count("V") == sum(i.characters for i in filled.included)
        if not filled.included:
            assert filled.text == text


@given(st.text())
def test_text_is_sent_as_it_is_where_there_are_no_names(text: str) -> None:
    assert fill(text, {}).text == text
