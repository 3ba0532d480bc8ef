"""Code in colours: Pygments' tokens as spans with its short classes."""

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

# Characters of a code block, and of a line in it, that are coloured at most.
MAX_CODE = 20_000
MAX_LINE = 2_000
# Of a block that is still being written: colours take several times the bytes of the code.
_MAX_GROWING = 8_000
# CPU seconds that colours may take in an answer: at its start, and more for each character of
# code. That is twice what the slowest lexers need for code as people write it; on odd code, such
# as many blank lines, some take quadratic time.
_SECONDS_AT_START = 0.03
_SECONDS_PER_CHARACTER = 7e-6
# The same for code that is still being written, which is coloured once more when it is whole.
_SECONDS_AT_START_GROWING = 0.01
_SECONDS_PER_CHARACTER_GROWING = 2e-6
# In units of `Pace`.
_WORK_PER_CHARACTER = 15
_MAX_REMEMBERED = 32
# Languages that an answer's code is coloured in: to find one may mean to import it.
_MAX_LANGUAGES = 16
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_PLAIN = frozenset({"text", "plain", "plaintext", "txt", "none", "output", "console-output"})


class Highlighter:
    """Colours the code of one answer; it remembers lexers, and the blocks that it coloured last.

    Attributes
    ----------
    work : int
        What it has done, in the units of `Pace`.

    Notes
    -----
    While a list streams, the code blocks of its last item are rendered at each frame.
    """

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer | None] = {}
        self._last: dict[tuple[str, str], str | None] = {}
        self._seconds_left = _SECONDS_AT_START
        self._growing = _GrowingCode(None)
        self._seconds_left_growing = _SECONDS_AT_START_GROWING
        self.work = 0

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
            None where the code stays plain: its language is not known, it is too long, or the
            colours of this answer took too long already.
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
        """Return the code's tokens, each with its class, "" for none; None where `html` is."""
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
        """Return the next lines of a block that is still being written, as `html` does.

        Parameters
        ----------
        code : str
            The lines that follow those of the last call.
        language : str
            As the fence says it.
        is_first : bool
            Whether the block begins with them.

        Returns
        -------
        str or None
            None where they stay plain for now. Where a token spans lines, a lexer that sees the
            whole block may colour it in another way.
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
    """The state of a lexer between the lines of a block that is still being written.

    Parameters
    ----------
    lexer : Lexer or None
        One that keeps its state in a stack; of others, and None, the lines stay plain.
    """

    def __init__(self, lexer: Lexer | None) -> None:
        keeps_a_stack = isinstance(lexer, RegexLexer)
        self._lexer = lexer if keeps_a_stack else None
        self._stack = ["root"]
        self._size = 0

    def tokens(self, code: str, deadline: float) -> list[_Token] | None:
        """Return the tokens of the next lines; None for plain ones, and from then on."""
        self._size += len(code)
        if self._lexer is None or self._size > _MAX_GROWING:
            return None
        context = LexerContext(code, 0, self._stack)
        # The loop of all regex lexers, but for the stack, which can be had. It needs no more of
        # its object than what every regex lexer has.
        run: Any = ExtendedRegexLexer.get_tokens_unprocessed
        try:
            tokens = list(_until(deadline, run(self._lexer, context=context)))
        except (AttributeError, TypeError):
            # A lexer with a context of its own, as YAML's, or with functions that take none.
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
    """Yield class and text of the tokens, neighbours of a class as one."""
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
