"""Code in colours: Pygments' tokens as spans with its short classes."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from groq_magic.rendering.characters import escape
from groq_magic.rendering.sanitise import ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

__all__ = ["MAX_CODE", "MAX_LINE", "colours", "highlighted"]

# Characters of a code block, and of a line in it, that are coloured at most.
MAX_CODE = 40_000
MAX_LINE = 2_000
# A last resort: between two tokens only can a lexer be stopped.
_MAX_SECONDS = 2.0
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_PLAIN = frozenset({"text", "plain", "plaintext", "txt", "none", "output", "console-output"})


def highlighted(code: str, language: str) -> str | None:
    """Return code as HTML with its tokens in spans.

    Parameters
    ----------
    code : str
        The block's text.
    language : str
        As the fence says it.

    Returns
    -------
    str or None
        None where the language is not known, or the code is too long: it stays plain.
    """
    lexer = _lexer(code, language)
    if lexer is None:
        return None
    deadline = perf_counter() + _MAX_SECONDS
    pieces: list[str] = []
    for name, text in _merged(lexer, code):
        pieces.append(f'<span class="{ours(name)}">{escape(text)}</span>' if name else escape(text))
        if perf_counter() > deadline:
            return None
    return "".join(pieces)


def colours(code: str, language: str) -> bool:
    """Tell whether `highlighted` would try."""
    return _lexer(code, language) is not None


def _lexer(code: str, language: str) -> Lexer | None:
    if not 0 < len(code) <= MAX_CODE or max(map(len, code.split("\n"))) > MAX_LINE:
        return None
    if not _LANGUAGE.fullmatch(language) or language.lower() in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _merged(lexer: Lexer, code: str) -> Iterator[tuple[str, str]]:
    """Yield class and text of the tokens, neighbours of a class as one."""
    last = ""
    texts: list[str] = []
    for _, kind, text in lexer.get_tokens_unprocessed(code):
        name = _class_of(kind)
        if name != last and texts:
            yield last, "".join(texts)
            texts = []
        last = name
        texts.append(text)
    if texts:
        yield last, "".join(texts)


def _class_of(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    name = STANDARD_TYPES.get(kind, "")
    return "" if name in ("w", "n", "p", "err") else name
