"""Secrets in texts: the key, and the values of variables that are named like secrets.

A variable of the environment is a secret if its value has 8 characters or more and its name has a
word such as `KEY`, `TOKEN`, `SECRET`, `PASSWORD`, `PASSWD`, `PWD`, `PASSPHRASE`, `CREDENTIAL` or
`AUTH` (`OPENAI_API_KEY`, `PGPASSWORD`, `hfToken`; not `KEYBOARD`, `AUTHOR`,
`TOKENIZERS_PARALLELISM`). Paths of files, folders and sockets are no secrets if they exist, or if
the name calls them so (`SSH_AUTH_SOCK`, `AWS_CREDENTIALS_FILE`).
"""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from groq_magic.clipping import common_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["HIDDEN", "Secrets", "secrets_in"]

HIDDEN = "[key]"
_SHORTEST = 8
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SECRET_WORDS = frozenset(
    {"AUTH", "AUTHORIZATION", "CREDENTIAL", "CREDENTIALS", "CREDS", "KEY", "KEYS", "PASSCODE"}
    | {"PASSPHRASE", "PASSWD", "PASSWORD", "PASSWORDS", "PAT", "PWD", "SECRET", "SECRETS"}
    | {"SSHPASS", "TOKEN", "TOKENS"}
)
# For names that run words together: `PGPASSWORD`, `NPM_AUTHTOKEN`.
_SECRET_ENDS = (
    *("ACCESSKEY", "APIKEY", "AUTHKEY", "CREDENTIALS", "PASSPHRASE", "PASSWD", "PASSWORD"),
    *("PRIVATEKEY", "SECRET", "SECRETKEY", "TOKEN"),
)
_PLACE_WORDS = frozenset({"DIR", "FILE", "FOLDER", "HOME", "PATH", "SOCK", "SOCKET"})
_FOLDERS_OF_SHELLS = frozenset({"PWD", "OLDPWD"})
# Marks of a cut value: its beginning is before the mark, or its end behind it.
_CUT_BEFORE = re.compile(r"(?:(?<!\s)\s++|\\{1,16}+n){0,16}+\[…|…|\.{3}")
_CUT_BEHIND = re.compile(r"left out\](?:\n|\\+n|\s)|…|\.{3}")
_MARKS = ("…", "...", "left out]")  # every mark contains one of these
_IMAGE = re.compile(r"data:image/\w+;base64,[A-Za-z0-9+/]+=*\Z")
_GRAM = 4
_LEAST_PART = 8
_SHORTEST_FORM = 4
_SHORTEST_CORE = 8
# Each long line of a secret in several lines is one; short lines and its frame are not.
_SHORTEST_LINE = 16
_ESCAPED_TWICE = 2
# The characters that JavaScript's encodeURIComponent leaves unchanged.
_SAFE_IN_JAVASCRIPT = "!*'()~"
_HEX = re.compile("%[0-9A-F]{2}")


def secrets_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets of an environment, by the names of their variables."""
    return {
        name: value
        for name, value in environment.items()
        if len(value.strip()) >= _SHORTEST and _is_secret(name) and not _is_place(name, value)
    }


class Secrets:
    """Values that no text may show, in any encoding.

    Parameters
    ----------
    values : Mapping of str to str
        The secrets, by the names of their variables.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._names: dict[str, str] = {}
        for name, value in values.items():
            for form in _forms_of(value):
                self._names.setdefault(form, name)
        self._grams: dict[str, list[tuple[str, int]]] | None = None

    def __repr__(self) -> str:
        return f"Secrets({', '.join(dict.fromkeys(self._names.values()))})"

    @property
    def fingerprint(self) -> int:
        """A number that changes when the secrets do."""
        return hash(frozenset(self._names))

    def hide(self, text: str) -> str:
        """Return a text with each secret replaced by `[key]`."""
        return self.found(text)[0]

    def found(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a text with each secret replaced by `[key]`, and their variables' names.

        Returns
        -------
        text : str
            The same object if there was no secret.
        names : tuple of str
            The variable's name, for each place.
        """
        spans = sorted((*self._whole(text), *self._parts(text)))
        if not spans:
            return text, ()
        pieces, names, done = [], [], 0
        for start, end, name in spans:
            # Overlapping spans are one place.
            if start >= done:
                pieces += [text[done:start], HIDDEN]
                names.append(name)
            done = max(done, end)
        return "".join((*pieces, text[done:])), tuple(names)

    def hide_in(self, value: Any) -> Any:
        """Return a value of JSON with each secret in its texts replaced.

        Image data is no text, and stays unchanged.
        """
        if isinstance(value, dict) and value.get("type") == "image_url" and _is_data(value):
            return value
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {self.hide_in(key): self.hide_in(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.hide_in, value))
        return value

    def hide_in_request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return a chat request with each secret in its messages and stops replaced."""
        texts = {name: request[name] for name in ("messages", "stop") if name in request}
        return {**request, **self.hide_in(texts)}

    def _whole(self, text: str) -> Iterator[tuple[int, int, str]]:
        for form, name in self._names.items():
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form), name
                at = text.find(form, at + 1)

    def _parts(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where parts of secrets are that were cut."""
        # Most texts have no mark, and searching one for blanks before a mark takes long.
        if not self._names or not any(mark in text for mark in _MARKS):
            return
        for mark in _CUT_BEFORE.finditer(text):
            end = mark.start()
            for form, at in self._with(text[max(0, end - _GRAM) : end]):
                kept = form[: at + _GRAM]
                length = common_start(kept[::-1], text[max(0, end - len(kept)) : end][::-1])
                if length == len(kept) or length >= _LEAST_PART:
                    yield end - length, end, self._names[form]
        for mark in _CUT_BEHIND.finditer(text):
            start = mark.end()
            for form, at in self._with(text[start : start + _GRAM]):
                kept = form[at:]
                length = common_start(kept, text[start : start + len(kept)])
                if length == len(kept) or length >= _LEAST_PART:
                    yield start, start + length, self._names[form]

    def _with(self, gram: str) -> Sequence[tuple[str, int]]:
        """Return the forms that contain these four characters, with their positions."""
        if self._grams is None:
            self._grams = {}
            for form in self._names:
                for at in range(len(form) - _GRAM + 1):
                    self._grams.setdefault(form[at : at + _GRAM], []).append((form, at))
        return self._grams.get(gram, ())


def _is_data(part: Mapping[str, Any]) -> bool:
    """Whether a part of a message is image data, not an address."""
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    return len(part) == len({"type", "image_url"}) and bool(_IMAGE.match(str(url)))


@lru_cache
def _is_secret(name: str) -> bool:
    words = [word.upper() for word in _WORD.findall(name)]
    return name not in _FOLDERS_OF_SHELLS and any(
        word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words
    )


def _is_place(name: str, value: str) -> bool:
    """Whether a variable names a file, a folder or a socket."""
    words = [word.upper() for word in _WORD.findall(name)]
    try:
        path = Path(value)
        if words[-1] in _PLACE_WORDS:
            return path.is_absolute() or value.startswith(("~", "."))
        return path.is_absolute() and path.exists()
    except (OSError, ValueError):
        return False


def _forms_of(value: str) -> tuple[str, ...]:
    """Return all encodings of a secret, the longest first.

    Python's and JSON's escapes (once, and within another text), HTML, CSV,
    URLs, base64 (also within a longer text) and hexadecimal digits; for a
    secret in several lines also each line.
    """
    found: dict[str, None] = {}
    for base in _bases(value):
        escaped = {base}
        for _ in range(_ESCAPED_TWICE):
            escaped |= {form for text in escaped for form in _escaped(text)}
        found |= dict.fromkeys((*escaped, *_encoded(base)))
    return tuple(sorted((f for f in found if len(f) >= _SHORTEST_FORM), key=len, reverse=True))


def _bases(value: str) -> Iterator[str]:
    yield value.strip()
    # As a summary shows it on one line.
    yield " ".join(value.split())
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1:
        yield from (
            line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----")
        )


def _escaped(text: str) -> tuple[str, ...]:
    # Which quotes are escaped depends on the text around it.
    plain = repr(text + "\"'")[1:-4].replace("\\'", "'")
    return (
        repr(text)[1:-1],
        ascii(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        plain,
        plain.replace("'", "\\'"),
        plain.replace('"', '\\"'),
        plain.replace("'", "\\'").replace('"', '\\"'),
        html.escape(text),
        html.escape(text, quote=False),
        text.replace('"', '""'),
    )


def _encoded(text: str) -> tuple[str, ...]:
    raw = text.encode("utf-8", "surrogateescape")
    urls = (quote(raw, safe=""), quote(raw), quote(raw, safe=_SAFE_IN_JAVASCRIPT), quote_plus(raw))
    cores = [core for before in range(3) if len(core := _core(raw, before)) >= _SHORTEST_CORE]
    return (
        *urls,
        *(_HEX.sub(lambda found: found[0].lower(), url) for url in urls),
        raw.hex(),
        raw.hex().upper(),
        repr(raw)[2:-1],
        *cores,
        *(core.replace("+", "-").replace("/", "_") for core in cores),
    )


def _core(raw: bytes, before: int) -> str:
    """Return the base64 digits that depend on these bytes alone, after `before` other bytes."""
    digits = base64.b64encode(b"\0" * before + raw).decode()
    bits = 8 * before, 8 * (before + len(raw))
    return digits[-(-bits[0] // 6) : bits[1] // 6]
