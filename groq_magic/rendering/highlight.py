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

__all__ = ["MAX_CODE", "MAX_LINE", "Highlighter"]

# Characters of a code block, and of a line in it, that are coloured at most.
MAX_CODE = 20_000
MAX_LINE = 2_000
# A last resort: between two tokens only can a lexer be stopped.
_MAX_SECONDS = 5.0
_MAX_REMEMBERED = 32
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_PLAIN = frozenset({"text", "plain", "plaintext", "txt", "none", "output", "console-output"})


class Highlighter:
    """Colours code; it remembers lexers, and the blocks that it coloured last.

    Notes
    -----
    While a list streams, the code blocks of its last item are rendered at each frame.
    """

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer | None] = {}
        self._last: dict[tuple[str, str], str | None] = {}

    def colours(self, code: str, language: str) -> bool:
        """Tell whether `html` would try: the language is known, the code not too long."""
        if not 0 < len(code) <= MAX_CODE or max(map(len, code.split("\n"))) > MAX_LINE:
            return False
        return self._lexer(language) is not None

    def html(self, code: str, language: str) -> str | None:
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
        lexer = self._lexer(language) if self.colours(code, language) else None
        if lexer is None:
            return None
        key = (language, code)
        if key not in self._last:
            if len(self._last) >= _MAX_REMEMBERED:
                self._last.clear()
            self._last[key] = _coloured(lexer, code)
        return self._last[key]

    def _lexer(self, language: str) -> Lexer | None:
        if language not in self._lexers:
            self._lexers[language] = _find_lexer(language)
        return self._lexers[language]


def _coloured(lexer: Lexer, code: str) -> str | None:
    deadline = perf_counter() + _MAX_SECONDS
    pieces: list[str] = []
    for name, text in _merged(lexer, code):
        pieces.append(f'<span class="{ours(name)}">{escape(text)}</span>' if name else escape(text))
        if perf_counter() > deadline:
            return None
    return "".join(pieces)


def _find_lexer(language: str) -> Lexer | None:
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
