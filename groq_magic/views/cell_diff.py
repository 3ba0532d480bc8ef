"""The diff of a failed cell and the fixed one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.assistant import difference
from groq_magic.clipping import count_of
from groq_magic.views.phrase import phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.assistant import DiffLine

__all__ = ["CellDiff"]

# Translucent, for light and dark themes, and inline, for notebooks that are read without our
# style sheet. Without colours, signs, <ins> and <del> mark the lines, <b> the changed characters.
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
    """The diff of a failed cell and the fixed one.

    Parameters
    ----------
    name : str
        The failed cell's name: ``cell 5``.
    before, code : str
        The whole failed cell, and the fixed one.
    language : str
        The language of the code.
    remarks : tuple of str
        One-line phrases above the diff: what to know before the cell runs.
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
        """The number of changed lines, in one line."""
        marks = [line.mark for line in self.lines]
        removed, added = marks.count("-"), marks.count("+")
        name = self.name[:1].upper() + self.name[1:]
        if not added:
            return f"{name}, fixed: {count_of(removed, 'line')} removed"
        both = f"{count_of(removed, 'line')} removed, {added:,}"
        return f"{name}, fixed: {both if removed else count_of(added, 'line')} added"

    def html(self, slot: str = "") -> str:
        """Return the diff as safe HTML; it is readable without colours and CSS.

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
        """Return the diff as Markdown, in a fence."""
        from groq_magic.rendering import fenced

        above = "".join(f"{line}\n\n" for line in (self.title, *self.remarks))
        return f"{above}{fenced(self._signed(), 'diff')}"

    def plain(self) -> str:
        """Return the diff as plain text."""
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


def _line(line: DiffLine, pieces: Sequence[tuple[str, str]]) -> str:
    tag, name, colour = _KINDS[line.mark]
    attributes = f' class="{name}"' if name else ""
    attributes += f' style="{_LINE.format(colour)}"' if colour else ""
    part = f'<b class="groq-changed" style="{_PART.format(colour)}">'
    code, at = [], 0
    # Between two ends of changed parts, all characters are changed, or none.
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
