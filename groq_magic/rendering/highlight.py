"""Coloured code: Pygments' tokens as spans with its short classes."""

from __future__ import annotations

import re
from time import thread_time
from typing import TYPE_CHECKING, Any

from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from groq_magic.rendering.characters import escape
from groq_magic.rendering.sanitise import ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    _Token = tuple[int, _TokenType, str]

__all__ = ["MAX_CODE", "MAX_LINE", "Highlighter", "coloured_lines"]

# The most characters, in a code block and in one of its lines, that are coloured.
MAX_CODE = 20_000
MAX_LINE = 2_000
# The same of a growing block: coloured HTML is several times as long as its code.
_MAX_GROWING = 8_000
# CPU seconds that colouring may take in an answer: a fixed part, and more per character of code.
# The slowest lexers need half of it for ordinary code; on unusual code, such as many blank
# lines, some take quadratic time.
_SECONDS_AT_START = 0.03
_SECONDS_PER_CHARACTER = 7e-6
# The same for growing code, which is coloured again when it is complete.
_SECONDS_AT_START_GROWING = 0.01
_SECONDS_PER_CHARACTER_GROWING = 2e-6
# In units of `Pace`.
_WORK_PER_CHARACTER = 15
_MAX_REMEMBERED = 32
# Languages that are coloured in one answer: each may import a lexer.
_MAX_LANGUAGES = 16
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_PLAIN = frozenset({"text", "plain", "plaintext", "txt", "none", "output", "console-output"})


class Highlighter:
    """Colours the code of one answer; keeps its lexers and the blocks coloured last.

    Attributes
    ----------
    work : int
        The cost of its work so far, in the units of `Pace`.

    Notes
    -----
    Blocks are kept because those in the last item of a growing list are rendered at each frame.
    """

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer | None] = {}
        self._last: dict[tuple[str, str], str | None] = {}
        self._seconds_left = _SECONDS_AT_START
        self._growing = _GrowingCode(None)
        self._seconds_left_growing = _SECONDS_AT_START_GROWING
        self.work = 0

    def colours(self, code: str, language: str) -> bool:
        """Return whether `html` colours this code, given time: a known language, not too long."""
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
            As in the fence.

        Returns
        -------
        str or None
            None where the code stays plain: its language is unknown, it is too long, or the
            answer's time for colours is used up.
        """
        if not self.colours(code, language):
            return None
        key = (language, code)
        if key not in self._last:
            if len(self._last) >= _MAX_REMEMBERED:
                self._last.clear()
            pieces = self.pieces(code, language)
            self._last[key] = None if pieces is None else _spans(pieces)
        return self._last[key]

    def pieces(self, code: str, language: str) -> list[tuple[str, str]] | None:
        """Return class ("" for none) and text of each token; None where `html` returns None."""
        lexer = self._lexer(language) if self.colours(code, language) else None
        if lexer is None:
            return None
        self._seconds_left += len(code) * _SECONDS_PER_CHARACTER
        self.work += len(code) * _WORK_PER_CHARACTER
        start = thread_time()
        tokens = _until(start + self._seconds_left, lexer.get_tokens_unprocessed(code))
        pieces = list(_merged(tokens))
        self._seconds_left -= thread_time() - start
        return pieces if self._seconds_left > 0 else None

    def grown(self, code: str, language: str, *, is_first: bool) -> str | None:
        """Return the next lines of a growing block, as `html` does.

        Parameters
        ----------
        code : str
            The lines that follow those of the last call.
        language : str
            As in the fence.
        is_first : bool
            Whether the block begins with them.

        Returns
        -------
        str or None
            None where they stay plain for now. Where a token spans lines, colours may differ
            from those of the complete block.
        """
        if is_first:
            self._growing = _GrowingCode(self._lexer(language))
        if max(map(len, code.split("\n"))) > MAX_LINE:
            self._growing = _GrowingCode(None)
        self._seconds_left_growing += len(code) * _SECONDS_PER_CHARACTER_GROWING
        start = thread_time()
        tokens = self._growing.tokens(code, start + self._seconds_left_growing)
        html = None if tokens is None else _spans(_merged(tokens))
        self._seconds_left_growing -= thread_time() - start
        return html

    def _lexer(self, language: str) -> Lexer | None:
        if language not in self._lexers:
            is_one_more = len(self._lexers) < _MAX_LANGUAGES
            self._lexers[language] = _find_lexer(language) if is_one_more else None
        return self._lexers[language]


def coloured_lines(code: str, language: str) -> list[list[tuple[str, str]]]:
    """Return each line of code as pieces: the class of a token, "" for none, and its text.

    Parameters
    ----------
    code, language : str
        As for `Highlighter.html`; code that it leaves plain has one piece a line.
    """
    lines: list[list[tuple[str, str]]] = [[]]
    for name, text in Highlighter().pieces(code, language) or [("", code)]:
        first, *others = text.split("\n")
        lines[-1].append((name, first))
        lines += [[(name, other)] for other in others]
    return lines


class _GrowingCode:
    """A lexer and its state between the lines of a growing block.

    Parameters
    ----------
    lexer : Lexer or None
        Lines stay plain without one, or if its state is not a stack (`RegexLexer`).
    """

    def __init__(self, lexer: Lexer | None) -> None:
        keeps_a_stack = isinstance(lexer, RegexLexer)
        self._lexer = lexer if keeps_a_stack else None
        self._stack = ["root"]
        self._size = 0

    def tokens(self, code: str, deadline: float) -> list[_Token] | None:
        """Return the tokens of the next lines; None, then and later, where they stay plain."""
        self._size += len(code)
        if self._lexer is None or self._size > _MAX_GROWING:
            return None
        context = LexerContext(code, 0, self._stack)
        # The same loop as that of `RegexLexer`, but with access to the stack. It uses only
        # attributes that every regex lexer has.
        run: Any = ExtendedRegexLexer.get_tokens_unprocessed
        try:
            tokens = list(_until(deadline, run(self._lexer, context=context)))
        except (AttributeError, TypeError):
            # A lexer with its own kind of context, such as YAML's, or with none.
            tokens = None
        if tokens is None or thread_time() > deadline:
            self._lexer = None
            return None
        return tokens


def _find_lexer(language: str) -> Lexer | None:
    if not _LANGUAGE.fullmatch(language) or language.lower() in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _until(deadline: float, tokens: Iterable[_Token]) -> Iterator[_Token]:
    """Yield tokens until the thread's CPU clock is past a deadline."""
    for token in tokens:
        if thread_time() > deadline:
            return
        yield token


def _spans(pieces: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<span class="{ours(name)}">{escape(text)}</span>' if name else escape(text)
        for name, text in pieces
    )


def _merged(tokens: Iterable[_Token]) -> Iterator[tuple[str, str]]:
    """Yield class and text of the tokens; neighbours of the same class are joined."""
    last = ""
    texts: list[str] = []
    for _, kind, text in tokens:
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
