"""Lines of Markdown: a text split into lines, and a line read by columns."""

from __future__ import annotations

import re

from groq_magic.printable import SURROGATE

__all__ = ["CODE_INDENT", "NONSPACE", "Line", "clean_input", "lines_of"]

CODE_INDENT = 4
# STX and ETX are around placeholders in Python-Markdown's output; a text must not forge them.
_UNWANTED = re.compile("[\0\x02\x03]")
_LINE_END = re.compile("\r\n?")
NONSPACE = re.compile(r"[^ \t]")


def clean_input(text: str) -> str:
    r"""Return Markdown with ``\n`` as its only line end and no character that HTML can't hold."""
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if _UNWANTED.search(text):
        text = _UNWANTED.sub("\ufffd", text)
    if SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def lines_of(text: str) -> list[str]:
    """Return the lines of a whole text; a newline at its end begins no further line."""
    lines = clean_input(text).split("\n")
    return lines if lines[-1] else lines[:-1]


class Line:
    """A cursor over one line; tabs stop at every fourth column.

    Parameters
    ----------
    text : str
        The line without its end.

    Attributes
    ----------
    position, column : int
        Of the cursor, in characters and in columns.
    start : int
        Position of the first character from the cursor on that is not blank.
    indent : int
        Columns between the cursor and `start`.
    blank : bool
        Whether only blanks are left.

    Notes
    -----
    Columns and partly skipped tabs follow CommonMark 0.31, section 2.2.
    """

    __slots__ = (
        "_rest_of_tab",
        "_start_column",
        "blank",
        "column",
        "indent",
        "position",
        "start",
        "text",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.column = 0
        self._rest_of_tab = 0
        self.start = -1
        self._start_column = 0
        self.look()

    def look(self) -> None:
        """Measure the blanks after the cursor."""
        if self.start < self.position:
            found = NONSPACE.search(self.text, self.position)
            self.start = len(self.text) if found is None else found.start()
            self._start_column = self.column + self._columns(self.position, self.start)
        self.blank = self.start == len(self.text)
        self.indent = self._start_column - self.column

    def _columns(self, start: int, end: int) -> int:
        """Return the number of columns that blanks fill from the cursor on."""
        if self.text.find("\t", start, end) < 0:
            return end - start
        before = self.column % CODE_INDENT
        filled = " " * before + self.text[start:end]
        return len(filled.expandtabs(CODE_INDENT)) - before

    @property
    def indented(self) -> bool:
        """Whether the indent is large enough for an indented code block."""
        return self.indent >= CODE_INDENT

    def skip_blanks(self) -> None:
        """Move to the first character that is not blank."""
        self.column += self.indent
        self.position = self.start
        self.indent = 0
        self._rest_of_tab = 0

    def skip(self, characters: int) -> None:
        """Move over characters other than tabs."""
        self.position += characters
        self.column += characters
        self._rest_of_tab = 0
        self.look()

    def skip_columns(self, columns: int) -> None:
        """Move over blanks by columns, also within a tab."""
        text = self.text
        while columns > 0 and self.position < len(text):
            if text[self.position] != "\t":
                self.position += 1
                self.column += 1
                columns -= 1
                continue
            width = self._rest_of_tab or CODE_INDENT - self.column % CODE_INDENT
            taken = min(width, columns)
            self.column += taken
            columns -= taken
            self._rest_of_tab = width - taken
            if not self._rest_of_tab:
                self.position += 1
        self.look()

    def skip_one_blank(self) -> bool:
        """Move over one column if it is blank.

        Returns
        -------
        bool
            Whether there was one.
        """
        if self.position < len(self.text) and self.text[self.position] in " \t":
            self.skip_columns(1)
            return True
        return False

    def rest(self) -> str:
        """Return the rest of the line, the rest of a partly skipped tab as spaces."""
        if self._rest_of_tab:
            return " " * self._rest_of_tab + self.text[self.position + 1 :]
        return self.text[self.position :]

    def content(self) -> str:
        """Return the rest of the line from the first character that is not blank."""
        return self.text[self.start :]
