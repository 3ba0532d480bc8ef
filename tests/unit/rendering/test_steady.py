"""While a text streams in, what is shown of it stays: nothing plain is hidden or rewritten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from groq_magic.rendering import MarkdownStream, to_html

# Characters at the end that may still be held back or shown otherwise: of words that end in half
# a mark, and where a mark may open something: `unfinished` gives up after 200.
_TAIL = 14
_TAIL_OF_MARKS = 200

WORDS = (
    *("the", "value", "is", "a[0]", "f(x)[1:]", "[1, 2]", "[0.5]", '["a", "b"]', "m[i][j]"),
    *("$5", "$1,000", "~5", "~10%", "snake_case", "x < y", "List<String>", "AT&T", "R&D", "a & b"),
    *(
        "3.14",
        "42",
        "-5",
        "+1",
        "1986.",
        "1267650600228229401496703205376",
        "100_000",
        "(see",
        "b)",
    ),
    *("C:dir", "50%", "@name", "e.g.", "中文", "é", "👩‍👧", "x^2", "a=b", "{d}", '"q"', "it's"),
    *("->", "=>", "...", "a ~ b", "yes!", "why?", "5 * 3", "2*3", "a|b", "|x|", "a/b", "1/2", "#1"),
)
MARKS = (
    *(
        "*args",
        "**kwargs",
        "_private",
        "[note",
        "[see]",
        "`",
        "$HOME_DIR",
        "$total",
        "|x| is",
        "<a",
    ),
    *("||v||", "<b and", "~~", "\\", "&amp", "!", "$x = 1"),
)
_BREAKS = (" ", " ", " ", "\n", "\n\n", ". ", ", ")


def texts(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.sampled_from(words), st.sampled_from(_BREAKS))
    return st.lists(pairs, min_size=1, max_size=70).map(lambda all_: "".join(map("".join, all_)))


def shown(source: str, dom: Any) -> str:
    text: str = dom.text_of(source)
    return re.sub(r"\s", "", text)


def check(text: str, tail: int, dom: Any) -> None:
    whole = shown(to_html(text), dom)
    stream = MarkdownStream(formulas="tex")
    for end in range(1, len(text) + 1):
        stream.feed(text[end - 1])
        frame = shown(stream.html(), dom)
        kept = frame[:-tail]
        assert whole.startswith(kept), f"rewritten: {kept!r} of {text[:end]!r}"
        so_far = shown(to_html(text[:end]), dom)
        assert len(frame) >= len(so_far) - tail, f"hidden: {frame!r} of {text[:end]!r}"


_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_SETTINGS
@given(texts(WORDS))
@example("|x| is at least the value a[0] of the list [1, 2] and 42")
@example("1267650600228229401496703205376 is 2 to the 100")
@example("a\n|x| is at least 3, and so on")
@example("cells[row][column of the table] = 0")
def test_ordinary_text_is_shown_as_it_comes(dom: Any, text: str) -> None:
    check(text, _TAIL, dom)


@pytest.mark.slow
@_SETTINGS
@given(texts(WORDS + MARKS))
@example("The *args are what the caller gives without names; " + "and so on, " * 30)
@example("It takes `x and never closes it; " + "and so on, " * 30)
@example("The [note that is not closed goes on; " + "and so on, " * 30)
@example("Where $HOME_DIR is the folder of the user; " + "and so on, " * 30)
def test_a_mark_that_opens_nothing_is_given_up(dom: Any, text: str) -> None:
    check(text, _TAIL_OF_MARKS, dom)


@pytest.mark.parametrize(
    "opener", ["see a[i][j", "the $$ sign is", '[x](y "z', "a \\( b", "a \\[ b", "a $$"]
)
def test_prose_after_an_opener_is_not_hidden_for_long(dom: Any, opener: str) -> None:
    stream = MarkdownStream()
    text = opener + " and so on" * 60
    for start in range(0, len(text), 5):
        stream.feed(text[start : start + 5])
        whole = shown(text[: start + 5], dom)
        assert len(shown(stream.html(), dom)) >= len(whole) - _TAIL_OF_MARKS


def test_a_long_formula_stays_hidden_until_it_ends(dom: Any) -> None:
    stream = MarkdownStream()
    stream.feed("so $$x_1 + " + "a_1 + " * 60)
    assert shown(stream.html(), dom) == "so"


@pytest.mark.parametrize("text", ["42", "-5", "3.14", "1", "|x|", "2024"])
def test_a_short_answer_is_shown_before_its_line_ends(dom: Any, text: str) -> None:
    stream = MarkdownStream()
    stream.feed(text)
    assert shown(stream.html(), dom) == text


def test_a_fence_in_a_list_item_is_painted_as_it_grows(
    dom: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No time passes: what comes alone decides when the tail is painted.
    monkeypatch.setattr("groq_magic.rendering.stream.perf_counter", lambda: 0.0)
    line = "  value = compute(value, 42)\n"
    stream = MarkdownStream()
    stream.feed("- Do this:\n\n  ```python\n")
    behind = 0
    for count in range(1, 800):
        stream.feed(line)
        lines = shown(stream.html(), dom).count("compute")
        behind = max(behind, count - lines)
    assert behind * len(line) <= 1000
