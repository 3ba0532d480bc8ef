"""The source of a cell, as IPython looks for magics in it."""

from __future__ import annotations

import re
import tokenize
from typing import Any

from IPython.core.inputtransformer2 import EscapedCommand, TokenTransformBase

__all__ = ["QuestionPrompt", "with_body"]

_HEAD_ALONE = re.compile(r"%%groq(_\w+)?(\s.*)?")
_WITH_TEXT = ("groq", "groq_explain", "groq_fix", "groq_system")
_INDENTS = (tokenize.INDENT, tokenize.DEDENT)


class QuestionPrompt(EscapedCommand):
    """Takes `%groq what is a p-value?` before IPython takes it for a call of help on `p-value`.

    `%groq?` alone stays help. Lines inside strings are left alone, since
    IPython looks for magics at the beginning of statements only.
    """

    # Before HelpEnd, whose priority is 5.
    priority = 4

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> TokenTransformBase | None:
        """Return the first such line, if any."""
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
    """Return a cell's lines, with a blank one where a magic of ours stands alone.

    IPython refuses a cell magic without a body on its own, in words that
    leave out where the prompt goes, and without an error output. It calls
    this before it looks for cell magics.
    """
    if len(lines) == 1 and _HEAD_ALONE.fullmatch(lines[0].rstrip()):
        return [f"{lines[0].rstrip()}\n", "\n"]
    return lines
