"""Formulas: which of them are drawn, and how.

A formula is drawn only if every command in it is on a list of commands that only draw. Commands
that link, style, load, name or define are not on it, nor are unknown ones, which MathJax would
print in red. For any other formula, the source is shown.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Literal, NamedTuple

from latex2mathml import commands as _known
from latex2mathml import converter
from latex2mathml.symbols_parser import parse_symbols

__all__ = [
    "Formula",
    "Shape",
    "draws",
    "is_drawable",
    "to_mathml",
    "with_delimiters",
    "without_names",
]

Shape = Literal["mathml", "tex"]

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.|$)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*(?:\{([A-Za-z]+\*?)\})?")
_LABEL = re.compile(r"\\label\s*\{[^{}\\]*\}")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}\\$]*)\}")
_COLOR = re.compile(r"\\(?:text)?color\s*(?:\{\s*(?:[A-Za-z]+|#[0-9A-Fa-f]{3,6})\s*\})?")
# Longer lengths would draw over other parts of the page.
_LONG = re.compile(r"(?<!\d)\d{3,}+(?:\.\d*)?\s*(?:em|ex|pt|px|cm|in|mm|mu|pc|bp|sp|dd|cc)")
_MAX_NESTING = 40
_MAX_CELLS = 500

_ENVIRONMENTS = frozenset(
    """
    matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array subarray cases rcases
    dcases align aligned alignat alignedat gather gathered split multline equation eqnarray
    """.split()  # noqa: SIM905 - words read best as words
)
# Commands in the converter's tables that do more than draw.
_REFUSED = frozenset(
    """
    DeclareMathOperator newcommand newenvironment def class style href unicode verb tag tag*
    colorbox fcolorbox math label ref eqref data url require bbox cssId Rule rule Space raise
    lower moveleft moveright smash llap rlap clap let input include special enclose
    """.split()  # noqa: SIM905 - words read best as words
)
_ALSO_DRAWING = frozenset(
    """
    displaylimits ensuremath implies impliedby iff lVert rVert lvert rvert dots dotsb ldots
    nobreak hline mathopen mathclose textsc bigsqcup tfrac ne le ge to gets land lor lnot quad
    qquad Re Im mathds textcolor color limits nolimits allowbreak prescript pmod bmod
    """.split()  # noqa: SIM905 - words read best as words
)
_SIGNS = frozenset(
    """
    \\ , ; : ! > { } | % $ & # _ - / '
    """.split()  # noqa: SIM905 - words read best as words
) | {" ", "\n"}
# MathJax lacks these commands; the replacements work in both.
_EQUIVALENTS = MappingProxyType(
    {"\\argmax": "\\operatorname*{arg\\,max}", "\\argmin": "\\operatorname*{arg\\,min}"}
)


class Formula(NamedTuple):
    """A formula found in text: its TeX, whether it is displayed, and where it ends."""

    tex: str
    display: bool
    end: int


def _drawing() -> frozenset[str]:
    names: set[str] = set(parse_symbols())
    for value in vars(_known).values():
        if isinstance(value, str):
            names.add(value)
        elif isinstance(value, (dict, tuple, frozenset, list, set)):
            names.update(name for name in value if isinstance(name, str))
    letters = {name[1:] for name in names if re.fullmatch(r"\\[A-Za-z]+", name)}
    return frozenset(letters | _ALSO_DRAWING | _SIGNS) - _REFUSED


_DRAWING = _drawing()


def without_names(tex: str) -> str:
    r"""Return TeX without labels, and with tags as text.

    Notes
    -----
    ``\label`` and ``\tag`` give names to elements of the page, and a repeated label is an error.
    """
    if "\\label" in tex:
        tex = _LABEL.sub("", tex)
    if "\\tag" in tex:
        tex = _TAG.sub(r"\\qquad\\text{(\1)}", tex)
    if "\\arg" in tex:
        tex = _TOKEN.sub(lambda found: _EQUIVALENTS.get(found[0], found[0]), tex)
    return tex


def draws(command: str) -> bool:
    """Return whether a command, named without its backslash, only draws."""
    return command in _DRAWING


def is_drawable(tex: str) -> bool:
    """Return whether a formula contains only commands that draw.

    Parameters
    ----------
    tex : str
        Without its delimiters.
    """
    depth = 0
    for token in _TOKEN.findall(tex):
        if not draws(token[1:]):
            return False
    if any(
        found[1] is None or found[1].rstrip("*") not in _ENVIRONMENTS
        for found in _ENVIRONMENT.finditer(tex)
    ):
        return False
    if any("{" not in found[0] for found in _COLOR.finditer(tex)) or _LONG.search(tex):
        return False
    for sign in _TOKEN.sub("", tex):
        depth += (sign == "{") - (sign == "}")
        if not 0 <= depth <= _MAX_NESTING:
            return False
    return depth == 0 and tex.count("&") <= _MAX_CELLS and tex.count("\\left") <= _MAX_NESTING


def to_mathml(formula: Formula) -> str | None:
    """Return a formula as MathML, or None if it can't be converted."""
    try:
        return converter.convert(formula.tex, display="block" if formula.display else "inline")
    except Exception:  # noqa: BLE001 - the converter may raise anything; the source is shown then
        return None


def with_delimiters(formula: Formula) -> str:
    """Return a formula's TeX between MathJax's delimiters."""
    return f"\\[{formula.tex}\\]" if formula.display else f"\\({formula.tex}\\)"
