"""What may stand between the braces, for Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.clipping import tried
from groq_magic.errors import PromptError
from groq_magic.prompt.expression import attributes_of, keys_of, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["completions"]

_MOST = 200


def completions(prefix: str, namespace: Mapping[str, Any]) -> list[str]:
    """Complete an expression that is being typed after `{{`.

    Parameters
    ----------
    prefix : str
        What stands between the braces so far, such as `df`, `df.col`, `d["k`.
    namespace : Mapping of str to Any
        The user's.

    Returns
    -------
    list of str
        Whole expressions, each starting with `prefix` without blank ends;
        names with underscores in front only where one was typed.
    """
    prefix = prefix.strip()
    bracket, dot = prefix.rfind("["), prefix.rfind(".")
    cut = max(bracket, dot)
    if cut < 0:
        names = (n for n in namespace if prefix.startswith("_") or not n.startswith("_"))
        found = [name for name in names if name.isidentifier()]
    else:
        found = _after(prefix[:cut], prefix[cut], prefix[cut + 1 : cut + 2], namespace)
    return sorted(text for text in found if text.startswith(prefix))[:_MOST]


def _after(owner: str, mark: str, quote: str, namespace: Mapping[str, Any]) -> list[str]:
    expression = parse(owner)
    if expression is None or expression.call or expression.root not in namespace:
        return []
    try:
        value = expression.value_in(namespace)
    except PromptError:
        return []
    if mark == ".":
        # Methods can't be put into a prompt.
        names = attributes_of(value)
        return [f"{owner}.{name}" for name in names if not _is_method(value, name)]
    quote = quote or '"'
    keys = (key for key in keys_of(value) if not {quote, "\\", "\n"} & set(key))
    return [f"{owner}[{quote}{key}{quote}]" for key in keys] if quote in "\"'" else []


def _is_method(owner: Any, name: str) -> bool:
    return tried(lambda: callable(getattr(type(owner), name, None)), otherwise=True)
