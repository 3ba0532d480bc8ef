"""Whether a saved output shows the answer's text, and nothing else in its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.conversation import SavedTurn, TurnKey
from groq_magic.rendering import fenced_code
from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts, Replacement
from groq_magic.views.bar import Bar
from groq_magic.views.cell_diff import CellDiff
from groq_magic.views.saved_output import shows_answer
from groq_magic.views.slots import TOKEN_CLASS
from groq_magic.views.static import bundle
from groq_magic.views.thumbnails import Thumbnail
from tests.markers import examples

KEY = TurnKey("a", 1)
RICH = """Take *care*: it's `x` and \\(x^2\\), <b>so</b>.

| a | b |
|:-:|--:|
| 1 | 2 |

- [ ] one & two
- ![an image](http://x.y/z.png) [a link](https://a.b "title")

```python
x = 1  # a comment
```

<details><summary>More</summary>of it</details>

> מה נשמע

$$\\sum x$$"""
CODE = "Here it is:\n\n```python\nx = 1\n```\n\nRun it."


def html_of(text: str, **changes: object) -> str:
    values: dict[str, object] = {
        "slot": "groq-turn-a-1",
        "text": text,
        "format": "markdown",
        "code": (),
        "data": None,
        "notices": ("Replaced `x` by `y`.",),
        "warnings": (),
        "bar": Bar("a/model", "9 tokens sent, 7 received", (("df", 7),), "", ("practice",)),
        "metadata": {},
        "live": LiveFacts("", "", "", "groq-answer-1"),
        "reasoning": "They ask *why*.",
        **changes,
    }
    data, _ = bundle(FinishedAnswer(**values))  # type: ignore[arg-type]  # given by name
    return data["text/html"]


def saved(html: str, text: str, **changes: object) -> SavedTurn:
    return SavedTurn(KEY, KEY, "main", "Q", text, "m", "stop", html=html, **changes)  # type: ignore[arg-type]  # given by name


@pytest.mark.parametrize("text", [RICH, "Yes.", "", "a < b && c > d", "\t tabs\n\n\nand lines"])
def test_what_we_saved_shows_its_text(text: str) -> None:
    assert shows_answer(saved(html_of(text), text))
    assert shows_answer(saved(html_of(text), text), whole=True)


@settings(max_examples=examples(100))
@given(st.text(alphabet="ab<>&*_`#-|[]()\\$ \n\"'1.é\u202e\u200b", max_size=60))
def test_any_text_that_we_save_is_shown(text: str) -> None:
    assert shows_answer(saved(html_of(text), text), whole=True)


def test_formats_show_a_part_of_it() -> None:
    as_code = html_of(CODE, format="code", code=fenced_code(CODE))
    assert shows_answer(saved(as_code, CODE))
    assert not shows_answer(saved(as_code, CODE), whole=True)
    assert shows_answer(saved(html_of(CODE, format="text"), CODE), whole=True)
    data = '{"a": [1, "é"]}'
    shown = html_of(data, format="json", data={"a": [1, "é"]})
    assert shows_answer(saved(shown, data), whole=True)
    around = f"Hidden\n```json\n{data}\n```"
    shown = html_of(around, format="json", data={"a": [1, "é"]})
    assert shows_answer(saved(shown, around))
    assert not shows_answer(saved(shown, around), whole=True)


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ('[{"a": 1, "b": "x\u00e9"}, {"a": null, "b": "<b>"}]', True),
        ('{\n  "a": {"b": [1, {"c": ["d"]}]}\n}', True),
        ('{"a": "first", "a": "second"}', False),
        (json.dumps({"a": "x" * 3_000}), False),
        (json.dumps([{"a": n} for n in range(100)]), True),
        (json.dumps([{"a": n} for n in range(101)]), False),
        (json.dumps({"a": [{"b": {"c": n}} for n in range(400)]}), False),
    ],
)
def test_typed_data_is_shown_whole_unless_something_is_left_out(
    text: str, *, is_shown: bool
) -> None:
    html = html_of(text, format="data", data=json.loads(text))
    assert shows_answer(saved(html, text))
    assert shows_answer(saved(html, text), whole=True) is is_shown
    other = text.replace("1", "2").replace("first", "third").replace("x", "y")
    assert not shows_answer(saved(html, other), whole=True)


def test_a_fix_shows_its_code_as_a_change() -> None:
    change = CellDiff("cell 5", "x = 2", "x = 1", "python")
    html = html_of(CODE, change=change, prose="Here it is:\n\nRun it.")
    assert shows_answer(saved(html, CODE), whole=True)
    assert not shows_answer(saved(html, CODE.replace("x = 1", "rm()")), whole=True)
    assert not shows_answer(saved(html, CODE.replace("Run", "Trust")), whole=True)


def test_a_change_in_colours_with_its_changed_characters_shows_its_code() -> None:
    code = "for row in rows:\n    print(f'{row}', sum(row))"
    answer = f"Fixed:\n\n```python\n{code}\n```"
    change = CellDiff("cell 5", code.replace("sum", "summe"), code, "python")
    html = html_of(answer, change=change, prose="Fixed:")
    assert 'class="groq-changed"' in html
    assert shows_answer(saved(html, answer), whole=True)
    hidden = html.replace('class="groq-changed"', 'class="groq-unseen"')
    assert not shows_answer(saved(hidden, answer), whole=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Yes", "No"),
        ("<p>Yes.", "<p>Yes. Then delete it."),
        ("<p>Yes.", "<p>"),
        ('<div class="groq-answer', '<div style="display:none" class="groq-answer'),
        ("<p>Yes", "<p hidden>Yes"),
        ("<p>Yes", '<p class="jp-mod-hidden">Yes'),
        ("<p>Yes", '<p class="groq-unseen">Yes'),
        ("<p>Yes", '<p style="font-size: 0">Yes'),
        ("<p>Yes", '<p style="background-color: rgba(0, 0, 0, 1)">Yes'),
        ("<p>Yes", '<p style="text-align: left; margin-left: -999em">Yes'),
        ("<p>Yes", "<style>.groq-text{display:none}</style><p>Yes"),
        ("<p>Yes", "<!-- --><p>Yes"),
        ("<p>Yes", "<!doctype html><p>Yes"),
        ("<p>Yes", "<![CDATA[x]]><p>Yes"),
        ("<p>Yes", "<?x?><p>Yes"),
        ("<p>Yes", "<template><p>Yes"),
        ("<p>Yes", "<svg></svg><p>Yes"),
        ("Yes.", "<ruby><rp>Yes.</rp></ruby>"),
        ("<p>Yes.", "<details><summary></summary>Yes."),
        ("<p>Yes", '<p class="groq-copy-code">Yes'),
        ("Yes.", "<sup><sup><sup>Yes.</sup></sup></sup>"),
        ('<div class="groq-text"', '<details><div class="groq-text"'),
        ('class="groq-text"', 'class="groq-text1"'),
    ],
)
def test_what_is_shown_otherwise_or_may_be_hidden_is_found(old: str, new: str) -> None:
    html = html_of("Yes.")
    assert old in html
    assert shows_answer(saved(html, "Yes."), whole=True)
    assert not shows_answer(saved(html.replace(old, new), "Yes."))


def test_a_warning_above_it_changes_nothing() -> None:
    style = "border-left: 3px solid #c77700; padding-left: 10px; margin-bottom: 8px"
    warning = f'<div class="groq-warning" style="{style}">Truncated.</div><div class="groq-text"'
    html = html_of("Yes.").replace('<div class="groq-text"', warning)
    assert shows_answer(saved(html, "Yes."), whole=True)


def test_of_another_kind_of_output_nothing_is_known() -> None:
    assert not shows_answer(saved(html_of("Yes."), "Yes.", has_other_kinds=True))
    assert shows_answer(saved("", "Yes."), whole=True)
    assert not shows_answer(saved(html_of("Yes.") + " " * 3_000_000, "Yes."))


def test_the_slot_of_the_button_that_replaces_a_cell_hides_nothing() -> None:
    change = CellDiff("cell 5", "x = 2", "x = 1", "python")
    fix = Replacement("a", "b", 5, "cell 5", "x = 2", "x = 1")
    html = html_of(
        CODE,
        change=change,
        prose="Here it is:\n\nRun it.",
        live=LiveFacts("", "", "", "groq-answer-1", fix),
    )
    assert '<div class="groq-slot-replace"></div>' in html
    with_token = html.replace("groq-slot-replace", f"groq-slot-replace {TOKEN_CLASS}")
    assert shows_answer(saved(with_token, CODE), whole=True)


def test_thumbnails_hide_nothing() -> None:
    image_part = Thumbnail("plot", "640 × 480", "data:image/png;base64,AAAA")
    html = html_of(RICH, images=(image_part,))
    assert shows_answer(saved(html, RICH))
    inside = html.replace("Take <em>", '<div class="groq-images"><span>Take</span></div> <em>')
    assert inside != html
    assert not shows_answer(saved(inside, RICH))
    for forged in ('style="position: fixed"', 'onload="x()"', 'srcset="https://x.y/z"'):
        assert not shows_answer(saved(html.replace("<img ", f"<img {forged} ", 1), RICH))
