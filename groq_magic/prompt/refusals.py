"""Expressions that are refused before anything is sent: calls, private names, misspelt names."""

from __future__ import annotations

import ast
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a
from groq_magic.errors import PromptError
from groq_magic.prompt.expression import near, user_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.prompt.expression import Expression
    from groq_magic.prompt.privacy import Privacy

__all__ = ["refuse_call", "refuse_images", "refuse_near_miss", "refuse_private"]

_NAME = re.compile(r"(?<![\w'\"])[^\W\d]\w*")
_AS_WRITTEN = "`--raw` sends braces as written."


def refuse_call(expression: Expression) -> None:
    """Raise PromptError: calls aren't allowed in prompts."""
    names = [*dict.fromkeys(_NAME.findall(expression.text))]
    name = "_".join(names[-2:] if len(names) > 1 else [*names, "result"])
    raise PromptError(
        f"{expression.braced}: calls aren't allowed in prompts.",
        f"Run `{name} = {clip(expression.text, 100)}` in a cell, and write `{{{{{name}}}}}` here.",
    )


def refuse_private(expression: Expression, privacy: Privacy) -> None:
    """Raise PromptError if the expression reads a private attribute or item."""
    for node in ast.walk(expression.tree):
        names = [node.attr] if isinstance(node, ast.Attribute) else []
        if names == ["T"] and privacy.rows == 0:
            raise PromptError(
                f"{expression.braced}: its column names would be values of the index.",
                "No values are sent while `rows_sent` is 0.",
            )
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.List):
            # For a list of columns, the private ones are left out of the table.
            constants = (n for n in ast.walk(node.slice) if isinstance(n, ast.Constant))
            names = [n.value for n in constants if isinstance(n.value, str)]
        for name in filter(privacy.hides, names):
            raise PromptError(
                f"{expression.braced}: `{name}` is private.",
                "`%config GroqMagics.private` lists the private names.",
            )


def refuse_images(privacy: Privacy) -> None:
    """Raise PromptError if no values may be sent: an image may show some."""
    if privacy.rows == 0:
        raise PromptError(
            "No image is sent while `rows_sent` is 0: it may show values.",
            "`%config GroqMagics.rows_sent = 5` allows images.",
        )


def refuse_near_miss(expression: Expression, namespace: Mapping[str, Any]) -> None:
    """Raise PromptError if the root does not exist but a similar name does."""
    own = (n for n in user_names(namespace) if not is_a(namespace[n], ModuleType))
    if meant := near(expression.root, own):
        raise PromptError(
            f"{expression.braced}: there is no `{expression.root}`.",
            f"Did you mean `{meant}`? {_AS_WRITTEN}",
        )
