"""`%groq what is a p-value?` is a question, not a request for help."""

from __future__ import annotations

import tokenize
from typing import Any

from IPython.core.inputtransformer2 import EscapedCommand, TokenTransformBase

__all__ = ["QuestionPrompt"]

_WITH_TEXT = ("groq", "groq_explain", "groq_fix", "groq_system")
_INDENTS = (tokenize.INDENT, tokenize.DEDENT)


class QuestionPrompt(EscapedCommand):
    """Takes `%groq text?` before IPython takes it for a call of help on `text`.

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
