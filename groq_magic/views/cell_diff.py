"""A fixed cell beside the one that failed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from groq_magic.views.phrase import phrase_html, phrase_plain

__all__ = ["CellDiff"]

# Translucent, so that they suit light and dark alike, and inline, so that a notebook that is
# read without our style sheet has them too. Signs and <ins>, <del> say it without any colour.
_ADDED = "background-color: rgba(46, 160, 67, 0.2); text-decoration: none"
_REMOVED = "background-color: rgba(248, 81, 73, 0.2); text-decoration: none"


@dataclass(frozen=True)
class CellDiff:
    """A fixed cell beside the one that failed.

    Parameters
    ----------
    name : str
        Of the cell that was fixed: ``cell 5``.
    lines : tuple of (str, str)
        ``+``, ``-``, a space or ``…``, and the line; after ``…`` what was left out.
    code : str
        The whole fixed cell.
    language : str
        Of its code.
    remarks : tuple of str
        One-line phrases above the lines: what to know before it runs.
    """

    name: str
    lines: tuple[tuple[str, str], ...]
    code: str
    language: str
    remarks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What changed, in one line."""
        marks = [mark for mark, _ in self.lines]
        gone, new = marks.count("-"), marks.count("+")
        name = self.name[:1].upper() + self.name[1:]
        if not new:
            return f"{name}, fixed: {_lines(gone)} removed"
        removed = f"{_lines(gone)} removed, {new}" if gone else _lines(new)
        return f"{name}, fixed: {removed} added"

    def html(self) -> str:
        """Return the change as safe HTML; it reads well without colours and CSS."""
        from groq_magic.rendering import fenced, to_html

        lines = "".join(_line(mark, text) for mark, text in self.lines)
        remarks = "".join(
            f'<div class="groq-change-remark">{phrase_html(remark)}</div>'
            for remark in self.remarks
        )
        return (
            '<div class="groq-change">'
            f'<div class="groq-change-head">{phrase_html(self.title)}</div>{remarks}'
            f'<pre class="groq-diff"><code>{lines}</code></pre>'
            "<details><summary>The whole cell</summary>"
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
        return "\n".join(f"{mark} {text}".rstrip() for mark, text in self.lines)


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count != 1)}"


def _line(mark: str, text: str) -> str:
    shown = f"{escape(f'{mark} {text}')}\n"
    if mark == "+":
        return f'<ins class="groq-added" style="{_ADDED}">{shown}</ins>'
    if mark == "-":
        return f'<del class="groq-removed" style="{_REMOVED}">{shown}</del>'
    if mark == "…":
        return f'<span class="groq-left-out">{shown}</span>'
    return f"<span>{shown}</span>"
