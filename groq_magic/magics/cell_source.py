"""Hooks for IPython's parser: `%groq what is x?`, cells without a body, Tab completion."""

from __future__ import annotations

import re
import tokenize
from typing import TYPE_CHECKING, Any

from IPython.core.completer import context_matcher
from IPython.core.inputtransformer2 import EscapedCommand, TokenTransformBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["QuestionPrompt", "completer_of", "loads_alone", "with_body"]

_ONLY_MAGIC = re.compile(r"%%groq(_\w+)?(\s.*)?")
_WITH_TEXT = ("groq", "groq_explain", "groq_fix", "groq_system")
_INDENTS = (tokenize.INDENT, tokenize.DEDENT)


class QuestionPrompt(EscapedCommand):
    """Accepts `%groq what is a p-value?`, which IPython would take for help on `p-value`.

    `%groq?` alone still shows help. Lines inside strings stay unchanged, since
    IPython looks for magics only at the beginning of statements.
    """

    # Before HelpEnd, whose priority is 5.
    priority = 4

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> TokenTransformBase | None:
        """Return the first line that is a prompt with a question mark at its end."""
        for line in tokens_by_line:
            first = next((token for token in line if token.type not in _INDENTS), None)
            if first is None or first.string != "%":
                continue
            source = first.line[first.start[1] :].rstrip()
            name, _, text = source[1:].partition(" ")
            if name in _WITH_TEXT and text.strip(" ?") and source.endswith("?"):
                return cls(first.start)
        return None


def with_body(lines: list[str]) -> list[str]:
    """Return a cell's lines, with an empty line added if a magic of ours is the only line.

    IPython itself refuses a cell magic without a body: its message doesn't explain where
    the prompt goes, and the cell doesn't fail. It calls this function before.
    """
    if len(lines) == 1 and _ONLY_MAGIC.fullmatch(lines[0].rstrip()):
        return [f"{lines[0].rstrip()}\n", "\n"]
    return lines


def completer_of(session: Callable[[], Session]) -> Callable[[Any], Any]:
    """Return a matcher for IPython's completer; it imports its code only for our magics."""

    @context_matcher()  # type: ignore[untyped-decorator]  # IPython gives it no types
    def groq_matcher(context: Any) -> dict[str, Any]:
        if "%groq" not in context.full_text:
            return {"completions": [], "matched_fragment": "", "suppress": False}
        # First: this waits for the imports in the background.
        current = session()
        from groq_magic.magics.completion import completions_at

        return completions_at(current, context)

    return groq_matcher  # type: ignore[no-any-return]  # IPython has no types


def loads_alone(source: str, extension: str) -> bool:
    """Whether a cell loads an extension, and doesn't unload or reload it."""
    found = re.findall(rf"\b(\w*)load_ext\W+{extension}\b", source)
    return set(found) == {""}
