from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import PromptError
from groq_magic.prompt import IncludedValue, fill


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
def test_values_are_put_in_once_and_not_searched_again(prompt: str, sent: str) -> None:
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
    assert filled.notices == ("`{{user.name}}` is sent as written: no such name is there.",)


def test_a_call_on_a_name_that_is_there_is_not_made_and_gets_a_notice() -> None:
    made = []
    filled = fill("{{ f(1).x }} {{ m.predict(2)[0] }} {{ g() }}", {"f": made.append, "m": Model()})
    assert filled.text == "{{ f(1).x }} {{ m.predict(2)[0] }} {{ g() }}"
    assert filled.calls == ("f(1).x", "m.predict(2)[0]")
    assert "no calls are made" in filled.notices[0]
    assert made == []


def test_a_call_of_pythons_own_gets_a_notice_and_one_of_another_template_none() -> None:
    filled = fill("{{len(topic)}} {{ include('head') }}", NAMESPACE)
    assert filled.text == "{{len(topic)}} {{ include('head') }}"
    assert filled.calls == ("len(topic)",)


def test_several_columns_of_a_frame_are_an_item() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2], "c": [3]})
    filled = fill("{{df[['a', 'b']]}}", {"df": frame})
    assert filled.text.startswith("DataFrame: 1 rows × 2 columns")


def test_what_was_put_in_is_named_with_its_size() -> None:
    filled = fill('{{topic}} {{ d["k"] }} {{ topic }}', NAMESPACE)
    assert filled.included == (IncludedValue("topic", 8), IncludedValue('d["k"]', 8))


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
        ("{{topic.upper}}", "`{{topic.upper}}`: It is a method, and no calls are made"),
    ],
)
def test_what_was_meant_but_is_not_there_is_refused_unsent(prompt: str, message: str) -> None:
    with pytest.raises(PromptError) as raised:
        fill(prompt, NAMESPACE | {"raw": b"\x00"})
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("prompt", ["{{pt}}", "{{Ou}}", "{{_topi}}", "{{xyz}}"])
def test_modules_private_names_and_ipythons_own_are_no_near_misses(prompt: str) -> None:
    namespace = {"pty": pytest, "Out": {}, "_topic": 1, "_": 2}
    assert fill(prompt, namespace).text == prompt


def test_reading_makes_no_item_of_a_defaultdict() -> None:
    counts: dict[str, int] = defaultdict(int)
    with pytest.raises(PromptError, match="has no item"):
        fill('{{counts["bees"]}}', {"counts": counts})
    assert dict(counts) == {}


def test_an_expression_is_read_once_however_often_it_stands_there() -> None:
    reads = []

    class Counted:
        @property
        def value(self) -> int:
            reads.append(1)
            return 7

    assert fill("{{c.value}} {{c.value}}", {"c": Counted()}).text == "7 7"
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
