"""HTML from a saved file: ours comes back as it is, anyone else's does nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import sanitise_saved_html, to_html


@pytest.mark.parametrize(
    "source",
    [
        "One.\n\nTwo **bold** and *lean* and ~~gone~~ with `code` and ``a ` tick``.",
        "- a\n- b\n  - c\n- d\n\nthen\n\n3. x\n4. y",
        "# H\n\n### I\n\n```python\nif x:\n  print('a')  # no\n```\n\n```\na\n```\n\n~~~c\n1\n~~~",
        r"A formula \(a_1^2 < b \& c\), and $$\frac{1}{2}$$; it costs $5 to $10.",
        "See https://x.org/a and [b](https://c.d?a=1&b=2 'title').",
        "One line  \nanother\n\n> quote\n> more\n>\n> again\n\n---\n\nend",
        "2\\. is no list, 2 \\* 3 \\* 4 none, &lt;b&gt; no tag, a\u00a0space, \"quotes\" & 'more'",
        "| a | b | c |\n|:--|:-:|--:|\n| 1 | `x \\| y` | **z** |\n| 2 | | p \\| q |",
        "- [x] done\n- [ ] *not* done",
        "Press <kbd>Ctrl</kbd>, x<sub>1</sub> <b title='t &amp; \"u\"'>*bold*</b><br>end",
        "<details>\n<summary>Sum</summary>\nInner\n</details>\n\nAfter",
        "![pixel](data:image/png;base64,AAAA)",
        "עברית עם `code`.\n\nEnglish.",
    ],
)
def test_what_we_wrote_comes_back_as_it_is(source: str) -> None:
    assert sanitise_saved_html(to_html(source)) == to_html(source)


@given(st.text("ab *_`~#->.1()[]<&$\\\n|", max_size=40))
def test_what_we_wrote_of_any_text_comes_back_as_it_is(source: str) -> None:
    assert sanitise_saved_html(to_html(source)) == to_html(source)


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<p onclick='x()'>a<img src=x onerror=alert(1)></p>", "<p>a<img></p>"),
        ("<style>p {display: none}</style><p style='position: fixed'>a</p>", "<p>a</p>"),
        ("<form action=//x><input name=a><button>b</button></form>", None),
        ("<iframe src=//x></iframe><object data=x></object>a", "a"),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<img src='https://x.org/a.png'>", "<img>"),
        ("<p id=groq name=a data-x=1>a</p>", "<p>a</p>"),
        ("<svg><script>x</script><a xlink:href='javascript:x'>b</a></svg>", None),
        ("<math><mtext><style><img src=x onerror=x></style></mtext></math>", None),
        ("</div></details><div>a", "<div>a</div>"),
    ],
)
def test_what_another_wrote_does_nothing(hostile: str, safe: str | None) -> None:
    found = sanitise_saved_html(hostile)
    assert found is not None
    if safe is not None:
        assert found == safe
    for bad in ("script", "<form", "<button", "<svg", "onerror", "style", "action", "name="):
        assert bad not in found


def test_no_attribute_holds_what_could_be_read_as_a_tag() -> None:
    formula = r'<abbr title="<span>\(x\)</span><img src=x>">q</abbr>'
    found = sanitise_saved_html(formula)
    assert found == r'<abbr title="&lt;span&gt;\(x\)&lt;/span&gt;&lt;img src=x&gt;">q</abbr>'
    assert "<img" not in to_html('[a](https://x.org "<pre><code><img src=x>")')


@pytest.mark.parametrize(
    "name",
    [
        *("groq-slot-picker", "groq-turn-a-1", "groq-token-0", "groq-answer", "groq-doc-0"),
        *("language-a groq-bar", "k groq-bar", "mathjax_process tex2jax_process", "jp-a", "kbdx"),
    ],
)
@pytest.mark.parametrize("tag", ["span", "code", "div", "p"])
def test_no_class_that_acts_is_kept(tag: str, name: str) -> None:
    assert sanitise_saved_html(f'<{tag} class="{name}">a</{tag}>') == f"<{tag}>a</{tag}>"


@pytest.mark.parametrize(
    "tex",
    [
        r"\(\href{javascript:alert(1)}{x}\)",
        r"\(\style{color: red}{x}\)",
        r"\(\require{html}\)",
        r"\[\label{a} x\]",
        r"\(a\) \href{x}{y} \(b\)",
        r"\(a\]",
        r"a",
    ],
)
def test_a_formula_that_does_more_than_draw_is_text(tex: str) -> None:
    marked = f'<span class="mathjax_process tex2jax_process">{tex}</span>'
    assert sanitise_saved_html(marked) == f"<span>{tex}</span>"


@given(st.text("<>/pabulio=\"' &;!-x", max_size=60))
def test_what_is_safe_stays_as_it_is(html: str) -> None:
    once = sanitise_saved_html(html)
    assert once is not None
    assert sanitise_saved_html(once) == once


def test_what_would_take_long_is_refused_at_once() -> None:
    hostile = "".join(f"<b a={number}>" for number in range(50_000))
    began = time.process_time()
    assert sanitise_saved_html(hostile) is None
    # Far more than it takes, far less than sanitising it.
    assert time.process_time() - began < 1
