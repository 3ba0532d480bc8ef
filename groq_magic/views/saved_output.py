"""Compare a saved answer's text with its saved output: either may have been changed."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from groq_magic.assistant import without_fence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.conversation import SavedTurn
    from groq_magic.rendering import Fence

__all__ = ["shows_answer"]

# Characters; more take seconds to compare.
_LONGEST = 2_000_000
# Tool calls above the answer show code as answers do.
_PARTS = ("groq-text", "groq-change", "groq-calls")
_SPACE = re.compile(r"\s+")
# The elements of our outputs, also of earlier versions; others could hide or replace text.
_TAGS = frozenset(
    """
    a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn
    div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q
    rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th
    thead time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - words read best as words
)
_ATTRIBUTES = frozenset(
    """
    align alt aria-label checked class colspan datetime dir disabled height href lang open rel
    reversed rowspan src start style title type value width
    """.split()  # noqa: SIM905 - words read best as words
)
# Declarations that neither move text nor make it unreadable.
_DECLARATION = re.compile(
    r"text-align: (start|left|center|right)|text-decoration: none|padding-left: \d{1,2}px"
    r"|border-left: \dpx solid #[0-9a-f]{6}|margin-bottom: (\dpx|1em)"
    r"|background-color: rgba\(\d{1,3}, \d{1,3}, \d{1,3}, 0\.[0-3]\d?\)"
)
_CLASS = re.compile(
    r"groq-(?!unseen$|slot-stream$)[\w-]+|(mathjax|tex2jax)_\w+|language-\S+|highlight"
    r"|[a-z][a-z0-9]{0,2}"
)
# Elements that can make text small or hidden: an answer has no more of them than its source makes.
_SHRINKING = frozenset({"details", "rp", "rt", "ruby", "small", "sub", "summary", "sup"})
_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})


def shows_answer(saved: SavedTurn, *, whole: bool = False) -> bool:
    """Whether a reader of the saved notebook sees the answer's text.

    Parameters
    ----------
    saved : SavedTurn
    whole : bool
        Whether all of it has to be seen: `-f code` and `-f json` show the code
        or the JSON alone.
    """
    if saved.has_other_kinds or max(len(saved.html), len(saved.answer)) > _LONGEST:
        return False
    if not saved.html:
        return True
    shown = _ShownText.of(saved.html)
    if shown.is_odd:
        return False
    if any(_is_rendered(shown, text) for text in _texts(saved.answer, whole=whole)):
        return True
    return bool(shown.change) and _shows_change(shown, saved.answer)


def _texts(answer: str, *, whole: bool) -> Iterator[str]:
    """Yield the Markdown of an answer for each format."""
    # Importing the renderer is slow.
    from groq_magic.rendering import data_markdown, fenced, fenced_code, shows_all
    from groq_magic.reply import code_of, data_of

    yield answer
    yield fenced(answer)
    if whole:
        data = _parsed(answer)
        if data is not None and shows_all(data):
            yield data_markdown(data)
        return
    if code := fenced_code(answer):
        yield "\n\n".join(fenced(block.code) for block in code)
    if (data := data_of(answer, code_of(answer))) is not None:
        yield fenced(json.dumps(data, indent=2, ensure_ascii=False))
        yield data_markdown(data)


def _parsed(answer: str) -> Any:
    """Return the data of an answer that is JSON; None for others, and for duplicate names."""

    def record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("One of the values would not be shown.")
        return found

    try:
        return json.loads(answer, object_pairs_hook=record)
    except (ValueError, RecursionError):
        return None


def _shows_change(shown: _ShownText, answer: str) -> bool:
    """Whether an output shows an answer's prose, and its code as a diff."""
    from groq_magic.rendering import fenced_code

    return any(
        _has_lines(shown.change, fence) and _is_rendered(shown, without_fence(answer, fence))
        for fence in fenced_code(answer)
    )


def _has_lines(change: str, fence: Fence) -> bool:
    marks = "+- " if fence.language == "diff" else ""
    lines = (line.strip(marks) if marks else line for line in fence.code.splitlines())
    headings = ("@@", "++", "--") if marks else ()
    return all(
        line.startswith(headings) or _SPACE.sub("", line) in change
        for line in lines
        if not marks or line
    )


def _is_rendered(shown: _ShownText, markdown: str) -> bool:
    """Whether an output shows exactly this Markdown, as visibly as our own output would."""
    from groq_magic.rendering import to_html

    rendered = _ShownText.of(f'<div class="groq-text">{to_html(markdown)}</div>')
    return shown.answer == rendered.answer and shown.marks <= rendered.marks


class _ShownText(HTMLParser):
    """The text that HTML of ours shows, without white space.

    Attributes
    ----------
    is_odd : bool
        Whether there is an element that may hide text, or that our outputs never have.
    marks : Counter of str
        The elements and the classes in the answer that may hide a part of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_odd = False
        self.marks = Counter[str]()
        self._open: list[str] = []
        self._counts = Counter[str]()
        self._part = ""
        self._part_at = 0
        self._answer: list[str] = []
        self._change: list[str] = []

    @classmethod
    def of(cls, html: str) -> _ShownText:
        """Return the text that HTML shows."""
        shown = cls()
        shown.feed(html)
        shown.close()
        return shown

    @property
    def answer(self) -> str:
        """The text of the answer."""
        return _SPACE.sub("", "".join(self._answer))

    @property
    def change(self) -> str:
        """The text of the diff of a cell."""
        return _SPACE.sub("", "".join(self._change))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element: the `div` of the answer or the diff, or one within."""
        classes = (dict(attrs).get("class") or "").split()
        styles = [value or "" for name, value in attrs if name == "style"]
        declarations = [each for style in styles for each in style.split("; ")]
        self.is_odd |= (
            tag not in _TAGS
            or any(name not in _ATTRIBUTES for name, _ in attrs)
            or not all(map(_CLASS.fullmatch, classes))
            or not all(map(_DECLARATION.fullmatch, declarations))
        )
        if self._part == "div groq-text":
            self.marks.update(name for name in classes if name.startswith("groq-"))
            self.marks.update({tag} & _SHRINKING)
        if tag not in _VOID:
            named = next((c for c in _PARTS if c in classes), "")
            if named and not self._part:
                # The outermost open part: the answer, the diff of a cell, or the tool calls.
                self._part, self._part_at = f"{tag} {named}", len(self._open)
                self.is_odd |= self._counts["details"] > 0
            self._open.append(tag)
            self._counts[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element, and of unclosed elements in it."""
        if not self._counts[tag]:
            return
        closed = ""
        while closed != tag:
            closed = self._open.pop()
            self._counts[closed] -= 1
        if len(self._open) <= self._part_at:
            self._part = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of the answer and of the diff."""
        if self._part == "div groq-change":
            self._change.append(data)
        elif self._part == "div groq-text":
            self._answer.append(data)

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - we write none
        """Note that there is a comment."""
        self.is_odd = True

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002 - we write none
        """Note that there is a declaration."""
        self.is_odd = True

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002 - we write none
        """Note that there is a declaration."""
        self.is_odd = True

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 - we write none
        """Note that there is a processing instruction."""
        self.is_odd = True
