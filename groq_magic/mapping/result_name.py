"""The variable for a map's result, which must not replace the data or code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.values import code_kind
from groq_magic.clipping import clip, tried, type_name
from groq_magic.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["names_in", "replaced_by_result"]

_USUAL, _OTHER = "answers", "answers_2"
_LONGEST = 60


def names_in(code: str) -> frozenset[str]:
    """Return the variables that an expression reads, without its own loop variables."""
    tree = tried(lambda: ast.parse(code.strip(), mode="eval"), None)
    nodes = tuple(ast.walk(tree)) if tree is not None else ()
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return frozenset(node.id for node in names) - own


def replaced_by_result(
    name: str,
    variables: Mapping[str, Any],
    former: Mapping[str, Any],
    data: Any,
    data_names: frozenset[str],
) -> str:
    """Return a line about the value that the result replaces, "" if no value is lost.

    Parameters
    ----------
    name : str
        The variable for the result.
    variables : mapping of str to object
        The session's variables.
    former : mapping of str to object
        The results of earlier maps, by their variables.
    data : object
    data_names : frozenset of str
        The names of the variables from which the data comes.

    Raises
    ------
    OptionError
        When the variable is the data, a module, a class, a function or another callable object.
    """
    if name not in variables:
        return ""
    value = variables[name]
    kind = code_kind(value)
    shown = clip(name, _LONGEST)
    remedy = f"Choose another name: `-o {_OTHER if name == _USUAL else _USUAL}`."
    if value is data or (name in data_names and not kind):
        raise OptionError(f"`{shown}` is the data.", remedy)
    if kind:
        raise OptionError(f"`{shown}` is a {kind}.", remedy)
    if value is None or former.get(name) is value:
        return ""
    return f"Replaced by the result: `{shown}` ({type_name(value)})"
