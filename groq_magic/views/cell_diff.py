"""A fixed cell beside the one that failed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.assistant import difference
from groq_magic.views.phrase import phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.assistant import DiffLine

__all__ = ["CellDiff"]

# Translucent, so that they suit light and dark alike, and inline, so that a notebook that is
# read without our style sheet has them too. Without colour, signs, <ins> and <del> mark the
# lines, and <b> the changed characters.
_ADDED, _REMOVED = "46, 160, 67", "248, 81, 73"
_LINE = "background-color: rgba({}, 0.2); text-decoration: none"
_PART = "background-color: rgba({}, 0.35)"
_KINDS = MappingProxyType(
    {
        "+": ("ins", "groq-added", _ADDED),
        "-": ("del", "groq-removed", _REMOVED),
        "…": ("span", "groq-left-out", ""),
        " ": ("span", "", ""),
    }
)


@dataclass(frozen=True)
class CellDiff:
    """A fixed cell beside the one that failed.

    Parameters
    ----------
    name : str
        Of the cell that was fixed: ``cell 5``.
    before, code : str
        The whole cell as it failed, and fixed.
    language : str
        Of its code.
    remarks : tuple of str
        One-line phrases above the lines: what to know before it runs.
    """

    name: str
    before: str
    code: str
    language: str
    remarks: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> tuple[DiffLine, ...]:
        """The lines that were removed, added and kept."""
        return difference(self.before, self.code)

    @property
    def title(self) -> str:
        """The changes, in one line."""
        marks = [line.mark for line in self.lines]
        gone, new = marks.count("-"), marks.count("+")
        name = self.name[:1].upper() + self.name[1:]
        if not new:
            return f"{name}, fixed: {_lines(gone)} removed"
        removed = f"{_lines(gone)} removed, {new}" if gone else _lines(new)
        return f"{name}, fixed: {removed} added"

    def html(self, slot: str = "") -> str:
        """Return the change as safe HTML; it reads well without colours and CSS.

        Parameters
        ----------
        slot : str
            The classes of the slot for the button that replaces the cell, "" for none.
        """
        from groq_magic.rendering import fenced, to_html

        remarks = "".join(
            f'<div class="groq-change-remark">{phrase_html(remark)}</div>'
            for remark in self.remarks
        )
        place = f'<div class="{slot}"></div>' if slot else ""
        return (
            '<div class="groq-change">'
            f'<div class="groq-change-head">{phrase_html(self.title)}</div>{remarks}'
            f'<pre class="groq-diff"><code>{self._lines_html()}</code></pre>'
            f"{place}<details><summary>The whole cell</summary>"
            f'<div class="groq-text">{to_html(fenced(self.code, self.language))}</div>'
            "</details></div>"
        )

    def markdown(self) -> str:
        """Return the change as a fenced diff."""
        from groq_magic.rendering import fenced

        above = "".join(f"{line}\n\n" for line in (self.title, *self.remarks))
        return f"{above}{fenced(self._signed(), 'diff')}"

    def plain(self) -> str:
        """Return the change as plain text."""
        above = "".join(f"{phrase_plain(line)}\n" for line in (self.title, *self.remarks))
        return f"{above}{self._signed()}"

    def _signed(self) -> str:
        return "\n".join(f"{line.mark} {line.text}".rstrip() for line in self.lines)

    def _lines_html(self) -> str:
        from groq_magic.rendering import coloured_lines

        old, new = (coloured_lines(each, self.language) for each in (self.before, self.code))
        return "".join(
            _line(line, [("", line.text)] if line.mark == "…" else version[line.at])
            for line in self.lines
            for version in [old if line.mark == "-" else new]
        )


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count != 1)}"


def _line(line: DiffLine, pieces: Sequence[tuple[str, str]]) -> str:
    tag, name, colour = _KINDS[line.mark]
    attributes = f' class="{name}"' if name else ""
    attributes += f' style="{_LINE.format(colour)}"' if colour else ""
    part = f'<b class="groq-changed" style="{_PART.format(colour)}">'
    code, at = [], 0
    # From one end of a change to the next, all or nothing is changed.
    ends = [end for span in line.changed for end in span]
    for end in (*ends, len(line.text)):
        html = _pieces(pieces, at, end)
        code.append(f"{part}{html}</b>" if html and (at, end) in line.changed else html)
        at = end
    sign = f'<span class="groq-sign">{line.mark} </span>'
    return f"<{tag}{attributes}>{sign}{''.join(code)}\n</{tag}>"


def _pieces(pieces: Sequence[tuple[str, str]], start: int, end: int) -> str:
    """Return a part of a line in the colours of its tokens."""
    found, at = [], 0
    for name, text in pieces:
        shown = escape(text[max(0, start - at) : max(0, end - at)])
        at += len(text)
        found.append(f'<span class="{name}">{shown}</span>' if name and shown else shown)
    return "".join(found)
