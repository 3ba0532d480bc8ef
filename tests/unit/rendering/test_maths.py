"""Formulas: found where they are, not where money is, and harmless."""

from __future__ import annotations

import pytest

from groq_magic.rendering import MarkdownStream, to_html

_SPAN = '<span class="mathjax_process tex2jax_process">'


def streamed(source: str) -> str:
    stream = MarkdownStream(formulas="mathml")
    stream.feed(source)
    stream.finish()
    return stream.html()


@pytest.mark.parametrize(
    ("source", "tex"),
    [
        (r"so $x^2$ is", r"\(x^2\)"),
        (r"so \(x^2\) is", r"\(x^2\)"),
        ("$$\nx^2\n$$", r"\[x^2\]"),
        ("\\[\nx\n= 2\n- 1\n\\]", "\\[x\n= 2\n- 1\\]"),
        (r"- item \(a_1\)", r"\(a_1\)"),
        (r"$a_1$ and $b_2$", r"\(a_1\)"),
        (r"\[ x \tag{1} \]", r"\[x \qquad\text{(1)}\]"),
    ],
)
def test_formula_is_tex_for_mathjax(source: str, tex: str) -> None:
    assert f"{_SPAN}{tex}</span>" in to_html(source)


@pytest.mark.parametrize("source", [r"so $x^2$ is", r"\(x\)", "$$x$$", "\\[\nx\n\\]"])
def test_formula_is_mathml_in_the_stream(source: str) -> None:
    html = streamed(source)
    assert "<math" in html
    assert "mathjax_process" not in html


@pytest.mark.parametrize(
    "source",
    [
        "costs $5 now and $10 later",
        "$5-$10",
        "$5, $6 and $7.",
        "a $5 bill, US$ ok",
        "from $HOME to $PATH",
        "`$x$`",
        "```\n$x$\n```",
        "\\$x$ and \\$",
        r"\[text\](https://x.org)",
    ],
)
def test_no_formula(source: str) -> None:
    assert "mathjax_process" not in to_html(source)
    assert "<math" not in streamed(source)


@pytest.mark.parametrize(
    "command",
    [
        r"\href{https://x.org}{a}",
        r"\url{x}",
        r"\style{color:red}{a}",
        r"\class{groq-bar}{a}",
        r"\cssId{a}{b}",
        r"\require{html}",
        r"\unicode{x41}",
        r"\includegraphics{a}",
        r"\bbox[red]{a}",
        r"\def\a{b}",
        r"\gdef\a{b}",
        r"\let\a\b",
        r"\newcommand{\a}{b}",
        r"\renewcommand{\a}{b}",
        r"\newenvironment{a}{b}{c}",
        r"\DeclareMathOperator{\a}{b}",
        r"\input{a}",
        r"\data{a}{b}",
        r"\htmlId{a}{b}",
        r"\htmlClass{a}{b}",
        r"\csname href\endcsname",
        r"\mmlToken{mi}[href='x']{a}",
        r"\enclose{circle}[mathcolor='red']{a}",
        r"\toggle{a}{b}\endtoggle",
        r"\texttip{a}{b}",
        r"\mathtip{a}{b}",
        r"\eqref{a}",
        r"\ref{a}",
        r"\color{red;x}{a}",
        r"\definecolor{a}{b}{c}",
        r"\hspace{-1000em}a",
        r"\begin{href}a\end{href}",
        r"\nosuchcommand",
        r"\verb|a|",
        r"\text{\href{x}{y}}",
        r"\char`\a",
        r"\special{a}",
        r"\rule{10em}{10em}",
    ],
)
def test_command_that_does_more_than_draw_shows_its_source(command: str) -> None:
    for html in (to_html(f"${command}$"), to_html(f"\\[{command}\\]")):
        assert "mathjax_process" not in html
    assert "<math" not in streamed(f"$${command}$$")


def test_formula_too_deep_shows_its_source() -> None:
    assert "mathjax_process" not in to_html("$$" + "{" * 60 + "x" + "}" * 60 + "$$")


def test_raw_html_cannot_claim_the_formula_class() -> None:
    html = to_html('<span class="mathjax_process tex2jax_process">\\(\\href{x}{y}\\)</span>')
    assert "class=" not in html
