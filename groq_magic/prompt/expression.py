"""The expressions allowed in braces, names with attributes and items, and their completion."""

from __future__ import annotations

import ast
import difflib
import warnings
from dataclasses import dataclass
from itertools import islice
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.labels import item_is_private, reads_past_labels
from groq_magic.prompt.privacy import Privacy
from groq_magic.prompt.scalars import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Expression",
    "attributes_of",
    "completions",
    "near",
    "parse",
    "user_names",
]

_IPYTHONS_OWN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_MOST_NAMES = 1000
_MOST_COMPLETIONS = 200
_LONGEST_NAME = 200
_HARDLY_MEANT = (ModuleType, FunctionType, BuiltinFunctionType, type)


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    Parameters
    ----------
    text : str
        The expression as written, without blank ends.
    root : str
        The name that it begins with.
    call : bool
        Whether it contains a call, which is never made.
    tree : ast.expr
    """

    text: str
    root: str
    call: bool
    tree: ast.expr

    @property
    def braced(self) -> str:
        """The expression in messages."""
        return f"`{{{{{self.text}}}}}`"

    def names(self, namespace: Mapping[str, Any]) -> bool:
        """Whether any name in it, also in arguments of calls, is a variable."""
        found = (node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))
        return any(name in namespace for name in found)

    def value_in(self, namespace: Mapping[str, Any], privacy: Privacy | None = None) -> Any:
        """Return the expression's value.

        Parameters
        ----------
        namespace : Mapping of str to Any
        privacy : Privacy, optional
            With limits, the message of an error is not shown: it may quote a value.

        Raises
        ------
        PromptError
            When an attribute or item doesn't exist, reading it fails, or it may be
            a private cell or column of a table.
        """
        return self._follow(self.tree, namespace, privacy or Privacy())

    def _follow(self, node: ast.expr, namespace: Mapping[str, Any], privacy: Privacy) -> Any:
        if isinstance(node, ast.Name):
            return namespace[node.id]
        if not isinstance(node, ast.Attribute | ast.Subscript):
            raise TypeError(node)
        owner = self._follow(node.value, namespace, privacy)
        try:
            if isinstance(node, ast.Attribute):
                value = getattr(owner, node.attr)
                is_private = reads_past_labels(owner, node.attr, value, privacy)
            else:
                key = _constant(node.slice)
                value = _item(owner, key)
                is_private = item_is_private(owner, key, value, privacy)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a user's code may raise anything
            refusal, cause = self._refusal_of(node, owner, error, privacy), error
        else:
            if not is_private:
                return value
            raise PromptError(
                f"{self.braced}: `{self._source(node)}` may be private, and has no name.",
                f"Write `{{{{{self.root}}}}}`, which leaves out what is private, or name a column.",
            )
        # Raised outside of `except` it has no context: the error may quote a value.
        raise refusal from (None if privacy.has_limits else cause)

    def _refusal_of(
        self,
        node: ast.Attribute | ast.Subscript,
        owner: Any,
        error: BaseException,
        privacy: Privacy,
    ) -> PromptError:
        remedy, quotes = "", not privacy.has_limits
        if isinstance(node, ast.Attribute) and is_a(error, AttributeError):
            happened = f"`{self._source(node.value)}` has no `{node.attr}`"
            if meant := near(node.attr, attributes_of(owner, privacy)):
                remedy = f"Did you mean `{meant}`?"
        elif isinstance(node, ast.Subscript) and is_a(error, LookupError):
            key = _constant(node.slice)
            happened = f"`{self._source(node.value)}` has no item `{self._source(node.slice)}`"
            if quotes and isinstance(key, str) and (meant := near(key, keys_of(owner))):
                remedy = f'Did you mean "{meant}"?'
        else:
            message = tried(lambda: plain(str(error)), "") if quotes else ""
            reason = clip(f"{type_name(error)}: {message}".removesuffix(": "), 200)
            happened = f"reading `{self._source(node)}` raised {reason}"
        return PromptError(f"{self.braced}: {happened}.", remedy)

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or self.text


def parse(text: str) -> Expression | None:
    """Parse the text between braces; None if it belongs to another kind of template."""
    text = text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd escapes in someone else's template
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    # With a comment or parentheses, the expression ends before the text does.
    if tree.end_col_offset != len(text.encode()) or tree.col_offset:
        return None
    root, call = _root(tree)
    return None if root is None else Expression(text, root, call, tree)


def user_names(namespace: Mapping[str, Any]) -> list[str]:
    """Return the user's variables, without IPython's own and those that begin with `_`."""
    return [n for n in namespace if not n.startswith("_") and n not in _IPYTHONS_OWN]


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like `name`, None if no name is similar."""
    if len(name) > _LONGEST_NAME:  # comparing takes quadratic time
        return None
    folded = {
        other.casefold(): other
        for other in islice(names, _MOST_NAMES)
        if len(other) <= _LONGEST_NAME
    }
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.75)
    return folded[found[0]] if found else None


def _root(node: ast.expr) -> tuple[str | None, bool]:
    call = False
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node, call = node.func, True
        elif isinstance(node, ast.Attribute) or (
            isinstance(node, ast.Subscript) and _is_key(node.slice)
        ):
            node = node.value
        else:
            return None, call
    return node.id, call


def _is_key(node: ast.expr) -> bool:
    if isinstance(node, ast.Slice):
        return all(part is None or _is_key(part) for part in (node.lower, node.upper, node.step))
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_is_key, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and type(node.value) in {int, float}
    return isinstance(node, ast.Constant)


def _constant(node: ast.expr) -> Any:
    """Return the key that `_is_key` accepts."""
    if isinstance(node, ast.Slice):
        parts = (node.lower, node.upper, node.step)
        return slice(*(None if part is None else _constant(part) for part in parts))
    if isinstance(node, ast.Tuple):
        return tuple(map(_constant, node.elts))
    return ast.literal_eval(node)


def _item(owner: Any, key: Any) -> Any:
    # A defaultdict would add the item.
    if is_a(owner, dict) and key not in owner:
        raise KeyError(key)
    return owner[key]


def attributes_of(owner: Any, privacy: Privacy | None = None) -> list[str]:
    """Return an object's public attributes; with limits, no labels of a series' rows."""

    def read() -> list[str]:
        names = list(map(plain, dir(owner)))
        if privacy is not None and privacy.has_limits and not is_a(owner, ModuleType, type):
            is_table = is_of(owner, "pandas", "DataFrame")
            shown = is_table and not privacy.hides_any(owner.columns.names)
            names = [*dir(type(owner)), *(keys_of(owner) if shown else ())]
        return [name for name in names if not name.startswith("_")]

    return tried(read, [])  # a user's __dir__ may raise anything


def keys_of(owner: Any) -> list[str]:
    """Return the keys of a mapping, or columns of a frame, that are texts."""

    def read() -> list[str]:
        keys = owner.keys() if hasattr(type(owner), "keys") else ()
        return [plain(key) for key in islice(keys, _MOST_NAMES) if is_a(key, str)]

    return tried(read, [])  # a user's mapping may raise anything


def completions(prefix: str, namespace: Mapping[str, Any]) -> list[str]:
    """Complete an expression that is being typed after `{{`.

    Parameters
    ----------
    prefix : str
        The text after the braces so far, such as `df`, `df.col`, `d["k`.
    namespace : Mapping of str to Any
        The user's variables.

    Returns
    -------
    list of str
        Whole expressions, each starting with `prefix` without blank ends: the
        user's variables, the newest first, then modules, functions and
        classes, which are rarely meant. Names that begin with `_` are offered only
        after a typed `_`. Columns and keys keep their order; attributes are sorted.
    """
    prefix = prefix.strip()
    bracket, dot = prefix.rfind("["), prefix.rfind(".")
    cut = max(bracket, dot)
    if cut < 0:
        found = _names(prefix, namespace)
    else:
        found = _after(prefix[:cut], prefix[cut], prefix[cut + 1 : cut + 2], namespace)
    return [text for text in found if text.startswith(prefix)][:_MOST_COMPLETIONS]


def _names(prefix: str, namespace: Mapping[str, Any]) -> list[str]:
    """Return the names to offer; a namespace has them in the order of their first assignment."""
    if prefix.startswith("_"):
        names = [name for name in namespace if name.startswith("_")]
    else:
        names = user_names(namespace)
    names = [name for name in reversed(names) if name.isidentifier()]
    return sorted(names, key=lambda name: is_a(namespace[name], *_HARDLY_MEANT))


def _after(owner: str, mark: str, quote: str, namespace: Mapping[str, Any]) -> list[str]:
    expression = parse(owner)
    if expression is None or expression.call or expression.root not in namespace:
        return []
    try:
        value = expression.value_in(namespace)
    except PromptError:
        return []
    if mark == ".":
        # Methods can't be included in a prompt.
        names = sorted(attributes_of(value))
        return [f"{owner}.{name}" for name in names if not _is_method(value, name)]
    quote = quote or '"'
    keys = (key for key in keys_of(value) if not {quote, "\\", "\n"} & set(key))
    return [f"{owner}[{quote}{key}{quote}]" for key in keys] if quote in "\"'" else []


def _is_method(owner: Any, name: str) -> bool:
    return tried(lambda: callable(getattr(type(owner), name, None)), otherwise=True)
