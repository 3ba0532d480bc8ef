"""Secrets by their names: variables, dict keys, attributes, columns, headers and arguments.

Compared with variables of the environment, more names count (`db_password`, `authorization`), but
not those that are often no secrets (`key`, `tokens`): with `key = "price"`, prompts of the code
assistant would lack every `price`.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain, islice
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried
from groq_magic.prompt.scalars import is_of
from groq_magic.prompt.secrets import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["NamedSecrets", "is_secret", "is_secret_name"]

_NAME = re.compile(
    r"(?:api|access|secret|private|auth|signing|encryption|account)[-_ ]?keys?(?![a-z])"
    r"|passw(?:or)?d|passphrase|passcode|(?<![a-z])pwd(?![a-z])|secret|credential|authorization"
    r"|(?<![a-z])(?:(?:auth|access|api|bearer|refresh|session|csrf|bot|id)[-_ ]?)?token(?![a-z])"
    r"|connection[-_ ]?string",
    re.IGNORECASE,
)
_PART = re.compile(r"[\w-]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Names of facts about a secret: `password_column`, `token_count`.
_ABOUT = re.compile(
    r"(?:^|[-_ ])(?:col|column|count|field|file|folder|id|len|length|max|min|name|path|size|type"
    r"|url)s?$",
    re.IGNORECASE,
)
# Loops over words often use the name `token`.
_WEAK = re.compile(r"token|pwd", re.IGNORECASE)
_SHORTEST, _SHORTEST_WEAK = 4, 8
_STRONG = re.compile(r"passw|secret|key|auth|access|api|bearer", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-zA-Z\s'.,;:!?-]")
# Possessive, so that a megabyte of base64 is read once.
_LITERAL = re.compile(
    r"(?<![\w-])([\w-]++)['\"]?\]?\s*+(?::\s*+[\w.|\[\] ]{1,100}?)?\s*+(?:=(?!=)|:)\s*+"
    r"[rbfuRBFU]{0,2}+(\"\"\"|'''|\"|')((?:\\.|(?!\2).)+)\2",
)
_SCHEME = re.compile(r"^(?:bearer|basic|token|bot)\s+(?=\S)", re.IGNORECASE)
_IN_URL = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")
_DEEPEST = 5
_MOST_VISITS = 50_000
_MOST_ITEMS = 1_000
_MOST_ROWS = 20_000
_MOST_SECRETS = 300


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a secret."""
    spaced = _CAMEL.sub("_", name[-200:])
    return _NAME.search(spaced) is not None and _ABOUT.search(spaced) is None


def is_secret(label: str, value: Any) -> bool:
    """Whether a value is a secret by its name.

    Parameters
    ----------
    label : str
        The name: ``db_password``, ``self.token``, ``settings["api_key"]``.
    value : Any
    """
    names = [name for name in _PART.findall(label.partition(" (in ")[0]) if is_secret_name(name)]
    return any(not is_a(value, str) or not _is_harmless(name, plain(value)) for name in names)


class NamedSecrets:
    """Collects secrets by their names, and replaces them in texts."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        # Columns may be long: only their values that occur in a text are prepared.
        self._of_columns: dict[str, str] = {}
        self._visited: dict[int, Any] = {}
        self._visits = 0
        self._all: Secrets | None = None

    def add_values(self, *variables: Mapping[str, Any]) -> None:
        """Add the secrets among variables, and among their contents."""
        for name, value in chain.from_iterable(list(names.items()) for names in variables):
            # A user's class may raise anything, from anywhere.
            tried(partial(self._walk, name, value, "", 0), None)
        # It would keep the values alive.
        self._visited.clear()
        self._visits = 0

    def add_code(self, source: str) -> None:
        """Add texts that code assigns to secret names: `password = "…"`, `{"token": "…"}`."""
        for found in _LITERAL.finditer(source):
            if is_secret_name(found[1]):
                self._add(found[1], found[3])

    def hide(self, text: str) -> str:
        """Return a text with each secret replaced by `[key]`."""
        standing = {value: name for value, name in self._of_columns.items() if value in text}
        if standing:
            text = _secrets(standing).hide(text)
        if not self._values:
            return text
        if self._all is None:
            self._all = _secrets(self._values)
        return self._all.hide(text)

    def _walk(self, name: Any, value: Any, inside: str, depth: int) -> None:
        """Search a value; `inside` is the secret name that it belongs to, or ""."""
        self._visits += 1
        label = plain(name) if is_a(name, str) else ""
        secret = label if label and is_secret_name(label) else inside
        if is_a(value, str, bytes, int):
            if secret:
                self._add(secret, _text_of(value))
            elif is_a(value, str) and (found := _IN_URL.search(plain(value)[:2_000])):
                self._add("password", found[1])
            return
        if depth > _DEEPEST or self._visits > _MOST_VISITS or id(value) in self._visited:
            return
        if is_a(value, ModuleType, type, FunctionType):
            return
        self._visited[id(value)] = value  # kept: else another value could get its id
        if is_of(value, "pandas", "DataFrame", "Series"):
            self._add_columns(value, secret)
            return
        for key, each in _parts(value):
            self._walk(key, each, secret, depth + 1)

    def _add_columns(self, value: Any, inside: str) -> None:
        is_frame = is_of(value, "pandas", "DataFrame")
        for column in [value[name] for name in value.columns] if is_frame else [value]:
            name = plain(column.name) if is_a(column.name, str) else ""
            secret = name if name and is_secret_name(name) else inside
            for each in column.head(_MOST_ROWS).tolist() if secret else ():
                text = _text_of(each) if is_a(each, str, bytes, int) else ""
                if not _is_harmless(secret, text):
                    self._of_columns.setdefault(text, secret)

    def _add(self, name: str, value: str) -> None:
        value = _SCHEME.sub("", value.strip())
        if not _is_harmless(name, value) and len(self._values) < _MOST_SECRETS:
            self._values.setdefault(value, name)
            self._all = None


def _secrets(values: Mapping[str, str]) -> Secrets:
    return Secrets({f"{name} {n}": value for n, (value, name) in enumerate(values.items())})


def _is_harmless(name: str, value: str) -> bool:
    """Whether a text is too short for a secret, part of its name, or plain words."""
    if len(value) < _SHORTEST or value.casefold() in name.casefold():
        return True
    if not _WEAK.search(name) or _STRONG.search(name):
        return False
    return len(value) < _SHORTEST_WEAK or not _NO_WORD.search(value)


def _text_of(value: Any) -> str:
    if is_a(value, bool):
        return ""
    if is_a(value, bytes):
        return bytes.decode(value, "utf-8", "replace")
    return plain(value) if is_a(value, str) else str(int(value))


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """Return the names and values of a value's parts."""
    if is_a(value, dict):
        return list(islice(dict.items(value), _MOST_ITEMS))
    if is_a(value, list, tuple, set, frozenset):
        fields = getattr(type(value), "_fields", ())
        named = list(zip(fields, value, strict=False)) if fields else []
        return named or [("", each) for each in islice(value, _MOST_ITEMS)]
    own: Any = tried(lambda: object.__getattribute__(value, "__dict__"), None)
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    pairs = [(name, object.__getattribute__(value, name)) for name in slots if is_secret_name(name)]
    return [*(own.items() if is_a(own, dict) else ()), *pairs]
