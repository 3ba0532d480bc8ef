"""The inline parser: splits a leaf's text into tokens.

The algorithm is that of the CommonMark spec's appendix, phase 2: one pass from left to right
with a stack of brackets and a list of delimiter runs, linear in the text's length. It
replaces Python-Markdown's inline patterns, which differ from GFM and may take quadratic time on
hostile text.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from xml.etree.ElementTree import Element

from groq_magic.rendering import incomplete
from groq_magic.rendering.characters import ENTITY, ESCAPABLE, entity
from groq_magic.rendering.inline_spans import Spans
from groq_magic.rendering.inline_tokens import CLOSE, Bracket, RunList, Token, run_at
from groq_magic.rendering.links import BARE_LINK, LABEL, Target, bare_link, inline_target, label_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.rendering.maths import Formula

__all__ = ["InlineParser", "Maker"]

_SPECIAL = re.compile(r"[\n`*_~\[\]!<&\\$]")
_SPECIAL_OR_LINK = re.compile(rf"[\n`*_~\[\]!<&\\$]|{BARE_LINK}")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x20]*)>")
_AUTOMAIL = re.compile(
    r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>"
)
_RUNS = {mark: re.compile(rf"{re.escape(mark)}+") for mark in "*_~`"}
_MAX_LABEL = 1000
# Open at the same time; more are text. Bounds the work of deactivating brackets around a link.
_MAX_BRACKETS = 500


class Maker(Protocol):
    """Protocol: makes the elements for formulas and raw HTML."""

    def formula(self, formula: Formula) -> Element | str | None:
        """Return the element or text that shows a formula; None to read it as text."""

    def html(self, tag: str) -> Element | str | None:
        """Return a placeholder for raw HTML; None to show it as text."""


class InlineParser:
    """Reads one leaf's text.

    Parameters
    ----------
    text : str
        The text, lines joined by newlines.
    definitions : Mapping
        The link reference definitions by folded label.
    maker : Maker
        Makes formulas and raw HTML.
    missing : set of str
        Receives the labels that were looked up and have no definition.
    growing : bool
        Whether more text may follow: open marks are then shown as if closed.
    """

    def __init__(
        self,
        text: str,
        definitions: Mapping[str, Target],
        maker: Maker,
        missing: set[str],
        *,
        growing: bool = False,
    ) -> None:
        self.text = incomplete.trimmed(text) if growing else text
        self._definitions = definitions
        self._maker = maker
        self._missing = missing
        self._growing = growing
        self._spans = Spans(self.text)
        self._runs = RunList()
        self._brackets: list[Bracket] = []
        self.tokens: list[Token] = []

    def parse(self) -> list[Token]:
        """Return the tokens in order: text, elements, runs, starts and ends of links."""
        text, tokens = self.text, self.tokens
        links = "://" in text or "www." in text
        search = (_SPECIAL_OR_LINK if links else _SPECIAL).search
        position = 0
        while found := search(text, position):
            start = found.start()
            if start > position:
                tokens.append(text[position:start])
            position = self._special(text[start], start)
        tokens.append(text[position:])
        self._runs.match(None)
        if self._growing:
            incomplete.close(text, tokens, self._brackets[-1:])
        return tokens

    def _special(self, mark: str, start: int) -> int:
        if mark in "*_~":
            return self._run(start)
        read = self._readers.get(mark)
        return read(self, start) if read else self._bare_link(start)

    def _literal(self, start: int, end: int) -> int:
        self.tokens.append(self.text[start:end])
        return end

    def _run(self, start: int) -> int:
        found = _RUNS[self.text[start]].match(self.text, start)
        end = found.end() if found else start + 1
        run = run_at(self.text, start, end)
        if run.can_open or run.can_close:
            self._runs.add(run)
        self.tokens.append(run)
        return end

    def _newline(self, start: int) -> int:
        before = self.tokens[-1] if self.tokens else ""
        hard = False
        if isinstance(before, str):
            hard = before.endswith("  ")
            self.tokens[-1:] = [before.rstrip(" ")]
        if hard:
            self.tokens.append(Element("br"))
        self.tokens.append("\n")
        return start + 1

    def _backslash(self, start: int) -> int:
        following = self.text[start + 1 : start + 2]
        if following == "\n":
            self.tokens += [Element("br"), "\n"]
            return start + 2
        if following and following in "([" and (end := self._formula(start)):
            return end
        if following and following in ESCAPABLE:
            self.tokens.append(following)
            return start + 2
        return self._literal(start, start + 1)

    def _dollar(self, start: int) -> int:
        return self._formula(start) or self._literal(
            start, start + (2 if self.text.startswith("$$", start) else 1)
        )

    def _formula(self, start: int) -> int:
        formula = self._spans.formula(start)
        made = self._maker.formula(formula) if formula else None
        if formula is None or made is None:
            hides = self._growing and formula is None
            return len(self.text) if hides and incomplete.opens_formula(self.text, start) else 0
        self.tokens.append(made)
        return formula.end

    def _backticks(self, start: int) -> int:
        found = _RUNS["`"].match(self.text, start)
        after = found.end() if found else start + 1
        end = self._spans.code_end(after, after - start)
        if end < 0:
            if not self._growing or not incomplete.is_near(self.text, start):
                return self._literal(start, after)
            if after == len(self.text):
                return after
            end = len(self.text)
        code = self.text[after:end].replace("\n", " ")
        if code.strip(" ") and code[0] == code[-1] == " ":
            code = code[1:-1]
        element = Element("code")
        element.text = code
        self.tokens.append(element)
        return min(end + after - start, len(self.text))

    def _entity(self, start: int) -> int:
        found = ENTITY.match(self.text, start)
        character = entity(found[0]) if found else None
        if found is None or character is None:
            return self._literal(start, start + 1)
        self.tokens.append(character)
        return found.end()

    def _angle(self, start: int) -> int:
        for pattern, prefix in ((_AUTOLINK, ""), (_AUTOMAIL, "mailto:")):
            found = pattern.match(self.text, start)
            if found:
                self._link(prefix + found[1], found[1])
                return found.end()
        end = self._spans.html_end(start)
        if end > 0 and (kept := self._maker.html(self.text[start:end])) is not None:
            self.tokens.append(kept)
            return end
        return self._literal(start, start + 1)

    def _link(self, url: str, shown: str) -> None:
        bracket = Bracket(image=False, start=0, bottom=None, target=Target(url, ""))
        self.tokens += [bracket, shown, CLOSE]

    def _bare_link(self, start: int) -> int:
        found = None if self._brackets else bare_link(self.text, start)
        if found is None:
            return self._literal(start, start + 3)
        self._link(found.url, self.text[start : found.end])
        return found.end

    def _open_bracket(self, start: int) -> int:
        return self._add_bracket(start + 1, image=False)

    def _bang(self, start: int) -> int:
        if self.text.startswith("[", start + 1):
            return self._add_bracket(start + 2, image=True)
        return self._literal(start, start + 1)

    def _add_bracket(self, start: int, *, image: bool) -> int:
        if self._brackets:
            self._brackets[-1].bare = True
        if len(self._brackets) >= _MAX_BRACKETS:
            return self._literal(start - (2 if image else 1), start)
        bracket = Bracket(image, start, self._runs.last)
        self._brackets.append(bracket)
        self.tokens.append(bracket)
        return start

    def _close_bracket(self, start: int) -> int:
        end = start + 1
        if not self._brackets:
            return self._literal(start, end)
        bracket = self._brackets.pop()
        if not bracket.active:
            return self._literal(start, end)
        found = inline_target(self.text, end) or self._reference(bracket, start)
        if found is None:
            if self._growing and (cut := incomplete.link_end(self.text, end, bracket)):
                bracket.hidden = True
                return cut
            return self._literal(start, end)
        bracket.target, end = found
        self._runs.match(bracket.bottom)
        self.tokens.append(CLOSE)
        if not bracket.image:
            self._deactivate_outer()
        return end

    def _deactivate_outer(self) -> None:
        for outer in reversed(self._brackets):
            if outer.image:
                continue
            if not outer.active:
                break
            outer.active = False

    def _reference(self, bracket: Bracket, start: int) -> tuple[Target, int] | None:
        label = LABEL.match(self.text, start + 1)
        end = label.end() if label else start + 1
        if label and label[1]:
            key = label_key(label[1])
        elif bracket.bare or start - bracket.start > _MAX_LABEL:
            return None
        else:
            key = label_key(self.text[bracket.start : start])
        if not key:
            return None
        target = self._definitions.get(key)
        if target is None:
            self._missing.add(key)
            return None
        return target, end

    _readers = MappingProxyType(
        {
            "\n": _newline,
            "\\": _backslash,
            "$": _dollar,
            "`": _backticks,
            "&": _entity,
            "<": _angle,
            "[": _open_bracket,
            "!": _bang,
            "]": _close_bracket,
        }
    )
