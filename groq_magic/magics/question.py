"""`%groq what is a p-value?` is a question, not a request for help."""

from __future__ import annotations

from typing import Any

from IPython.core.inputtransformer2 import EscapedCommand, TokenTransformBase

__all__ = ["QuestionPrompt"]

_WITH_TEXT = ("groq", "groq_system")


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
            if not line:
                continue
            at = 0
            while at < len(line) and line[at].string.isspace():
                at += 1
            if at >= len(line) or line[at].string != "%":
                continue
            source = line[at].line[line[at].start[1] :].rstrip()
            name, _, text = source[1:].partition(" ")
            if name in _WITH_TEXT and text.strip(" ?") and source.endswith("?"):
                return cls(line[at].start)
        return None
