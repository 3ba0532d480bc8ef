"""A table as HTML, as plain text and as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from groq_magic.views.phrase import phrase_html, phrase_plain

__all__ = ["Table"]

_UNITS = "%|k|M|s|ms|kB|MB|tok/s|tokens"
_PART = r" \([\d,]+\xa0[a-z]+\)"  # of the number before it
_NUMBER = re.compile(rf"[-+~≈<$€£]*\d[\d,. ]*(?: ?(?:{_UNITS}))?(?:{_PART})?")
_EMPTY = frozenset({"", "\N{EN DASH}", "-", "?"})
# Characters; a column with a longer cell gets more room.
_LONG = 30


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    columns : tuple of str
        The headings.
    rows : tuple of tuple of str
        The cells; text in backticks is code, unless the table is verbatim.
    note : str
        One line under the table, or "".
    ends : tuple of (str, str)
        The end of each row's first cell, as safe HTML and as plain text; empty for none.
    name : str
        A class for the style sheet, "" for none.
    is_verbatim : bool
        Whether headings and cells are data, without backticks for code.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    ends: tuple[tuple[str, str], ...] = ()
    name: str = ""
    is_verbatim: bool = False

    def html(self) -> str:
        """Return the table as safe HTML; columns of numbers are aligned to the right."""
        right = self._right()
        head = "".join(
            f"<th{self._attributes(name, right=at)}>{self._cell(name)}</th>"
            for name, at in zip(self.columns, right, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{self._attributes(cell, right=at)}>{self._cell(cell)}"
                f"{'' if column else end}</td>"
                for column, (cell, at) in enumerate(zip(row, right, strict=True))
            )
            + "</tr>"
            for row, (end, _) in zip(self.rows, self._ends(), strict=True)
        )
        inert = "mathjax_ignore tex2jax_ignore"
        # The note is no part of what scrolls.
        note = f'<div class="groq-note {inert}"><small>{phrase_html(self.note)}</small></div>'
        return (
            f'<div class="{f"groq-listing {self.name}".rstrip()} {inert}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
            f"{note if self.note else ''}"
        )

    def plain(self) -> str:
        """Return the table as aligned plain text."""
        ended = zip(self.rows, self._ends(), strict=True)
        lines = [self.columns, *((f"{row[0]}{end}", *row[1:]) for row, (_, end) in ended)]
        read = str if self.is_verbatim else phrase_plain
        cells = [[" ".join(read(cell).split("\n")) for cell in line] for line in lines]
        widths = [max(len(line[i]) for line in cells) for i in range(len(self.columns))]
        right = self._right()
        text = [_aligned(line, widths, right) for line in cells]
        text.insert(1, "  ".join("-" * width for width in widths))
        if self.note:
            text.extend(("", phrase_plain(self.note)))
        return "\n".join(text)

    def markdown(self) -> str:
        """Return a verbatim table as Markdown that shows its cells as they are."""
        # Rendering imports markdown, and importing views must stay light.
        from groq_magic.rendering.data_markdown import table_head, table_row

        places = [str(place) for place in range(len(self.columns))]
        rows = (table_row(dict(zip(places, row, strict=True)), places) for row in self.rows)
        return "\n".join((table_head(self.columns, self._right()), *rows))

    def _cell(self, text: str) -> str:
        return escape(text) if self.is_verbatim else phrase_html(text)

    def _attributes(self, text: str, *, right: bool) -> str:
        if not self.is_verbatim:
            return f' style="text-align: {"right" if right else "left"}"'
        long = ' class="groq-long"' * (len(text) >= _LONG)
        return f' dir="auto" style="text-align: {"right" if right else "start"}"{long}'

    def _ends(self) -> tuple[tuple[str, str], ...]:
        return self.ends or (("", ""),) * len(self.rows)

    def _right(self) -> list[bool]:
        return [_all_numbers([row[i] for row in self.rows]) for i in range(len(self.columns))]


def _all_numbers(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell not in _EMPTY]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def _aligned(line: list[str], widths: list[int], right: list[bool]) -> str:
    cells = zip(line, widths, right, strict=True)
    return "  ".join(
        cell.rjust(width) if at else cell.ljust(width) for cell, width, at in cells
    ).rstrip()
