"""Parse the text after `--schema`: a type of the session, or fields in one line.

`city, price float, tags list[str], kind "food"|"fuel", cat CATS`: a name is a str unless a type
follows; a type may be an Enum, a class or a list of values of the session. In brackets,
`[city, price float]`, it is a list of such records.
"""

from __future__ import annotations

import ast
import datetime as dt
import decimal
import difflib
import enum
import json
import re
from types import GenericAlias, MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from groq_magic.clipping import clip, is_a, tried
from groq_magic.errors import OptionError
from groq_magic.session_types import is_type

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Record", "type_declared"]

_TYPES: Mapping[str, Any] = MappingProxyType(
    {
        "str": str,
        "text": str,
        "int": int,
        "float": float,
        "number": float,
        "bool": bool,
        "date": dt.date,
        "datetime": dt.datetime,
        "time": dt.time,
        "timedelta": dt.timedelta,
        "Decimal": decimal.Decimal,
        "list": list,
        "set": set,
        "tuple": tuple,
        "dict": dict,
        "None": None,
        "Literal": Literal,
        "Optional": Union,
        "Union": Union,
    }
)
_FIELD = re.compile(r"""(?P<name>[^\W\d]\w*|"[^"]+"|'[^']+')(?:\s+(?P<type>\S.*))?""", re.DOTALL)
_COLON = re.compile(r"([^\W\d]\w*)\s*:\s*(\S.*)", re.DOTALL)
_QUOTES = "\"'"
_MOST_VALUES = 500
_SCALARS = (str, int, float, bool, type(None))
_EXAMPLE = '--schema \'city, price float, kind "food"|"fuel"\''


class Record(dict[str, Any]):
    """A record of a schema written in one line: a dict whose items are attributes too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self if name.isidentifier())]


def type_declared(text: str, namespace: Mapping[str, Any]) -> Any:
    """Return the type that a text after `--schema` declares, or a JSON schema as a dict.

    Parameters
    ----------
    text : str
    namespace : mapping
        The session's variables.

    Raises
    ------
    OptionError
        When it names an unknown type, or can't be parsed.
    """
    text = text.strip()
    if text.startswith("{"):
        return _json_schema(text)
    if text.startswith("[") and text.endswith("]"):
        return GenericAlias(list, (_record(text[1:-1], namespace),))
    tree = _expression(text)
    if (
        tree is not None
        and not isinstance(tree, ast.Tuple)
        and _root(tree) in {*namespace, *_TYPES}
    ):
        return _type(tree, text, namespace)
    _check_class_name(text, namespace)
    return _record(text, namespace)


def _check_class_name(text: str, namespace: Mapping[str, Any]) -> None:
    """Refuse a name that looks like an unknown class: it would become a field."""
    classes = [name for name, value in namespace.items() if isinstance(value, type)]
    near = difflib.get_close_matches(text, classes, 1, 0.7) if text.isidentifier() else []
    if near:
        raise OptionError(
            f"--schema: there is no {text!r} in this session.", f"Did you mean {near[0]}?"
        )
    if text.isidentifier() and text[0].isupper() and not text.isupper():
        raise OptionError(
            f"--schema: there is no {text!r} in this session.",
            f"Run the cell that defines it; '{text} str' is a field of that name.",
        )


def _json_schema(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise OptionError(f"--schema isn't valid JSON: {error}.", f"Try {_EXAMPLE}.") from None
    if not isinstance(found, dict):
        raise OptionError("--schema isn't a JSON schema.", f"Try {_EXAMPLE}.")
    return found


def _record(text: str, namespace: Mapping[str, Any]) -> Any:
    from pydantic import AfterValidator
    from typing_extensions import TypedDict

    fields: dict[str, Any] = {}
    for part in _parts(text):
        found = _FIELD.fullmatch(part)
        if found is None:
            raise _no_field(part)
        name = found["name"].strip(_QUOTES)
        if name in fields:
            raise OptionError(f"--schema has the field {name!r} twice.", "Give each its own name.")
        fields[name] = _field(name, found["type"], namespace)
    if not fields:
        raise OptionError("--schema is empty.", f"Try {_EXAMPLE}.")
    made = TypedDict("Record", fields)  # type: ignore[misc]  # fields known at run time only
    return Annotated[made, AfterValidator(Record)]


def _no_field(part: str) -> OptionError:
    remedy = f"Try {_EXAMPLE}."
    if colon := _COLON.fullmatch(part):
        remedy = f"Write {clip(f'{colon[1]} {colon[2]}', 60)!r}, without the colon."
    elif part[0] in _QUOTES:
        remedy = f"Values follow the name of their field: {_EXAMPLE}."
    return OptionError(f"--schema: {clip(part, 60)!r} isn't a name and a type.", remedy)


def _field(name: str, written: str | None, namespace: Mapping[str, Any]) -> Any:
    if written is None:
        return str
    tree = _expression(written.strip())
    if tree is None:
        raise OptionError(
            f"--schema: {clip(written, 60)!r} isn't a type for {name!r}.", f"Try {_EXAMPLE}."
        )
    return _type(tree, written, namespace)


def _parts(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and not depth:
            parts.append("")
            continue
        parts[-1] += character
    if quote:
        raise OptionError(f"--schema: a quote {quote} is not closed.", "Close it.")
    if depth:
        raise OptionError("--schema: the brackets don't match.", "Each [ needs its ].")
    return [part.strip() for part in parts if part.strip()]


def _expression(text: str) -> ast.expr | None:
    return tried(lambda: ast.parse(text, mode="eval").body, None)


def _root(tree: ast.expr) -> str:
    while isinstance(tree, ast.Attribute | ast.Subscript):
        tree = tree.value
    if isinstance(tree, ast.BinOp):
        return _root(tree.left)
    return tree.id if isinstance(tree, ast.Name) else ""


def _type(tree: ast.expr, written: str, namespace: Mapping[str, Any]) -> Any:
    """Return the type that an expression names; nothing in it is called."""
    if isinstance(tree, ast.Constant):
        return None if tree.value is None else _literal([tree.value], written)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitOr):
        left, right = (_type(each, written, namespace) for each in (tree.left, tree.right))
        if get_origin(left) is get_origin(right) is Literal:
            return Literal[(*get_args(left), *get_args(right))]
        return Union[left, right]  # noqa: UP007 - both are known at run time only
    if isinstance(tree, ast.Name):
        return _type_named(tree.id, written, namespace)
    if isinstance(tree, ast.Attribute):
        owner = _type(tree.value, written, namespace)
        return _type_of_value(getattr(owner, tree.attr, None), written)
    if isinstance(tree, ast.Subscript):
        return _subscripted(tree, written, namespace)
    raise _no_type(written)


def _subscripted(tree: ast.Subscript, written: str, namespace: Mapping[str, Any]) -> Any:
    items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    owner = _type(tree.value, written, namespace)
    if owner is Literal:
        values = [each.value for each in items if isinstance(each, ast.Constant)]
        if len(values) != len(items):
            raise _no_type(written)
        return _literal(values, written)
    types = [_type(each, written, namespace) for each in items]
    if isinstance(tree.value, ast.Name) and tree.value.id == "Optional":
        types.append(None)
    try:
        return owner[tuple(types)] if len(types) > 1 else owner[types[0]]
    except (TypeError, KeyError):
        raise _no_type(written) from None


def _type_named(name: str, written: str, namespace: Mapping[str, Any]) -> Any:
    if name in namespace:
        return _type_of_value(namespace[name], written)
    if name in _TYPES:
        return _TYPES[name]
    raise OptionError(
        f"--schema: there is no {name!r} in this session.",
        "Types are str, int, float, bool, date, datetime, list[…], dict[str, …], values in "
        "quotes, and the session's classes and lists.",
    )


def _type_of_value(value: Any, written: str) -> Any:
    """Return a value of the session as a type; for a list, the type with its items as values."""
    if is_a(value, list, tuple, set, frozenset):
        return _literal(list(dict.fromkeys(value)), written)
    if is_a(value, dict) and "type" in value:
        return value
    if is_type(value):
        return value
    raise _no_type(written)


def _literal(values: list[Any], written: str) -> Any:
    """Return the type that has exactly these values."""
    if not values or len(values) > _MOST_VALUES or not all(is_a(one, *_SCALARS) for one in values):
        raise OptionError(
            f"--schema: {clip(written, 60)!r} isn't a list of texts or numbers.",
            f"It takes 1 to {_MOST_VALUES} of them, an Enum, or a type.",
        )
    if any(is_a(one, float) for one in values):
        # `Literal` allows no floats.
        return enum.Enum("Value", {f"value_{at}": one for at, one in enumerate(values)})
    return Literal[tuple(values)]


def _no_type(written: str) -> OptionError:
    return OptionError(f"--schema: {clip(written, 60)!r} isn't a type.", f"Try {_EXAMPLE}.")
