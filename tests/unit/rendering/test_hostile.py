"""Hostile answers: nothing runs, loads, names, claims to be ours or takes the kernel down."""

from __future__ import annotations

import gc
import random
import re
import time
from typing import Any

import pytest
from lxml import html

from groq_magic.rendering import MarkdownStream, fenced_code, safe_markdown, to_html

_TAGS = frozenset(
    """
    a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn
    div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre
    q rp rt ruby s samp section small span strike strong sub summary sup table tbody td
    tfoot th thead time tr tt u ul var wbr math mi mn mo mtext mrow msup msub msubsup mfrac
    msqrt mroot mover munder munderover mtable mtr mtd mspace mstyle mpadded mphantom
    menclose
    """.split()  # noqa: SIM905 - words read best as words
)
_ATTRIBUTES = frozenset(
    """
    href rel title src alt width height start type checked disabled style align class open
    lang dir colspan rowspan value reversed datetime xmlns display stretchy fence form
    separator mathvariant minsize maxsize lspace rspace linethickness columnalign
    displaystyle scriptlevel accent movablelimits depth voffset largeop symmetric rowspacing
    columnspacing aria-label
    """.split()  # noqa: SIM905 - words read best as words
)
_STYLE = re.compile(r"text-align: (start|left|center|right)|padding-left: 10px; margin-bottom: 1em")
_CLASS = re.compile(
    r"(?:highlight )?language-[^\s]*|mathjax_process tex2jax_process|groq-long|[a-z][a-z0-9]{0,2}"
)


def dangers(source: str) -> list[str]:
    """Return what in HTML could run, load, name or claim."""
    found: list[str] = []
    if not source.strip():
        return found
    root = html.fragment_fromstring(source, create_parent="main")
    for element in root.iter():
        if element is root:
            continue
        if element.tag not in _TAGS:
            found.append(f"element {element.tag}")
        found += [
            problem for item in element.attrib.items() if (problem := _danger(element, *item))
        ]
    return found


def _danger(element: Any, name: str, value: str) -> str:
    bad = name not in _ATTRIBUTES
    if name == "href":
        bad = not re.match(r"(?i)(https?://|mailto:|#)", value) or "noopener" not in element.get(
            "rel"
        )
    elif name == "src":
        bad = not re.match(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$", value)
    elif name == "style":
        bad = _STYLE.fullmatch(value) is None
    elif name == "class":
        bad = _CLASS.fullmatch(value) is None
    elif name == "aria-label":
        bad = element.tag != "input" or value not in {"done", "to do"}
    elif name == "type":
        bad = element.tag == "input" and value != "checkbox"
    return f"{element.tag} {name}={value}" if bad else ""


@pytest.fixture(scope="session")
def hostile(payloads: dict[str, list[str]]) -> list[str]:
    return [payload for family in payloads.values() for payload in family]


def test_there_are_payloads_of_many_families(payloads: dict[str, list[str]]) -> None:
    assert len(payloads) >= 9
    assert min(map(len, payloads.values())) >= 15


def test_no_payload_leaves_a_danger(hostile: list[str]) -> None:
    for payload in hostile:
        assert dangers(to_html(payload)) == [], payload


def test_the_check_itself_sees_dangers() -> None:
    for source in (
        "<img src=x onerror=y>",
        "<b class='groq-a'>",
        "<b id=a>",
        "<a href='javascript:a'>",
    ):
        assert dangers(source)


def test_no_payload_leaves_a_danger_inside_other_markdown(hostile: list[str]) -> None:
    for payload in hostile:
        inline = payload.replace("\n", " ")
        for frame in (
            "- a\n- {}\n",
            "> {}",
            "| a | b |\n|---|---|\n| {} | x |",
            "**{}**",
            "[{}](x)",
        ):
            assert dangers(to_html(frame.format(inline))) == [], (frame, payload)


def test_no_frame_of_a_stream_holds_a_danger(hostile: list[str]) -> None:
    choice = random.Random(7)  # noqa: S311 - chunks, not secrets
    for formulas in ("mathml", "tex"):
        for payload in hostile:
            stream = MarkdownStream(formulas=formulas)
            text = f"a\n\n{payload}\n\nb"
            position = 0
            patches = []
            while position < len(text):
                size = choice.randint(1, 9)
                patches += stream.feed(text[position : position + size])
                position += size
            patches += stream.finish()
            for patch in patches:
                table = patch.html.startswith("<tr>")
                source = f"<table>{patch.html}</table>" if table else patch.html
                assert dangers(source) == [], (payload, patch)


MARKS = [
    "*",
    "[",
    ">",
    "`",
    "|",
    "$",
    "<",
    "~",
    "_",
    "&",
    "\\",
    "#",
    "-",
    "(",
    ")",
    "!",
    "![[[[",
    "<a<a<a",
    "[a](",
    "[a](<",
    "![a](",
    "[a][",
    "<!--",
    "<?",
    "\\(",
    "\\[",
    "$$",
    "$a",
    "`a",
    "www.",
    "http://",
    "a@",
    "(((((",
    "*_",
    "_*",
    "***",
    "```\n",
    "~~~\n",
    "|a|\n|-|\n",
    "-",
    "1.",
    ">\n",
    "<b>",
    "<details>",
    "<ul><li>",
    "[a]:\n",
    "[a]((((",
    "\\[\\frac{",
    "{",
    "- ",
    "> ",
    "> - ",
    "1. ",
    "**a ",
    "a\n---\n",
    "- a\n",
    "  ",
    "| a ",
    "[^a]",
    "*a_ ",
    "`` ",
    "\\(a\\)",
    "$a$ ",
    "- [ ] a\n  ",
]


@pytest.fixture(scope="module")
def frozen_heap() -> None:
    """Hide the objects of earlier tests from the garbage collector: looking at them takes longer
    than rendering.
    """
    gc.collect()
    gc.freeze()


@pytest.mark.slow
@pytest.mark.usefixtures("frozen_heap")
@pytest.mark.parametrize(
    ("mark", "end"), [*((mark, "") for mark in MARKS), ("[a](", ")"), ("a.", "@")]
)
def test_the_cost_of_a_repeated_mark_grows_less_than_its_square(mark: str, end: str) -> None:
    def cost(size: int) -> float:
        source = mark * (size // len(mark)) + end
        gc.collect()
        gc.disable()
        start = time.process_time()
        try:
            to_html(source)
            return time.process_time() - start
        finally:
            gc.enable()

    few = min(cost(4_000) for _ in range(2))
    # Eight times the length: linear is 8, quadratic 64.
    assert any(cost(32_000) <= 24 * max(few, 0.005) for _ in range(2))


@pytest.mark.parametrize("mark", MARKS)
def test_a_repeated_mark_is_rendered(mark: str) -> None:
    source = mark * (5_000 // len(mark))
    page = to_html(source)
    stream = MarkdownStream(formulas="tex")
    for start in range(0, len(source), 1_000):
        stream.feed(source[start : start + 1_000])
    stream.finish()
    assert dangers(page) == []
    assert stream.html() == page
    assert isinstance(safe_markdown(source), str)
    assert all(fence.code is not None for fence in fenced_code(source))


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert to_html("a\ud83d b") == "<p>a\ufffd b</p>\n"


def test_model_cannot_forge_a_placeholder() -> None:
    assert "wzxhzdk:0" in to_html("\x02wzxhzdk:0\x03 <b>x</b>")
