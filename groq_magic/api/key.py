"""The API key: find it, check it, hide it in texts."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.errors import ApiKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "KEY_NAME",
    "KEY_PAGE",
    "NO_KEY_ENTERED",
    "PRACTICE_KEY",
    "WITHOUT_KEY",
    "ApiKey",
    "KeyFinder",
    "KeySearch",
    "find_key",
    "parse_key",
    "scrub",
    "search_key",
]

KEY_NAME = "GROQ_API_KEY"
KEY_PAGE = "https://console.groq.com/keys"
# The end of remedies, and an error's message with its remedy.
WITHOUT_KEY = "`%groq_practice on` works without a key"
NO_KEY_ENTERED = (
    "No key entered.",
    "Run `%groq_key`, or `%groq_practice on` to try without one.",
)
# Bytes; a larger file is not a `.env`.
_LARGEST = 1_000_000
# A line as in python-dotenv: with `export`, quotes, spaces and a comment after it.
# Compiled at its first use: nearly all keys are in the environment.
_LINE = rf"""(?mx)^[^\S\n]*(?:export[^\S\n]+)?(?P<quote>'?){KEY_NAME}(?P=quote)[^\S\n]*=[^\S\n]*
    (?:(?P<mark>["'])(?P<quoted>[^\n]*?)(?P=mark)[^\S\n]*(?:\#[^\n]*)?$ | (?P<bare>[^\n]*)$)"""
_LINE_END = re.compile(r"\r\n?")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_HIDDEN = "[key]"
# Texts that look like keys.
_KEYS = re.compile(
    r"""\bgsk_[A-Za-z0-9_*.\u2026-]{4,}                # a Groq key, or a part that is shown
    # Of other services. Variable names and words are seldom this long with digits in them.
    |\b(?:hf|ghp)_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}
    |\bhf_[A-Za-z]{34}\b                           # Hugging Face's, mostly without digits
    |\b(?:sk|xai|github_pat)[-_](?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}
    |(?<=bearer\ )\s*(?=[^\s"',;0-9]*[0-9])[^\s"',;]{12,}
    |(?<=://)[^\s/@:]*:[^\s/@]*(?=@)              # a user and a password in an address
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class ApiKey:
    """A key and its source; its repr shows the source alone."""

    value: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        return f"key from {self.source}"


# For the practice server.
PRACTICE_KEY = ApiKey("practice", "practice mode")


@dataclass(frozen=True)
class KeySearch:
    """The result of a search for the key.

    Parameters
    ----------
    key : ApiKey or None
    skipped : str
        A line about the nearest `.env` that could not be read, "" without one.
    """

    key: ApiKey | None = None
    skipped: str = ""


class KeyFinder:
    """Finds the key of a session: the one that was typed, else that of `search_key`.

    Parameters
    ----------
    folder : callable
        Returns the folder in which the search for a `.env` begins.
    """

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self.typed: ApiKey | None = None
        self._folder = folder
        self._keeps = False
        self._kept: KeySearch | None = None

    def now(self) -> KeySearch:
        """Return the key in use.

        Raises
        ------
        ApiKeyError
            When the key is malformed.
        """
        if self.typed is not None:
            return KeySearch(self.typed)
        found = self._kept or search_key(self._folder)
        if self._keeps:
            self._kept = found
        return found

    @contextlib.contextmanager
    def once(self) -> Iterator[None]:
        """Search at most once within this context, since a search reads files."""
        before = self._keeps, self._kept
        self._keeps = True
        try:
            yield
        finally:
            self._keeps, self._kept = before


def find_key(folder: Path | None = None) -> ApiKey | None:
    """Return the key that `search_key` finds, None without one."""
    return search_key(lambda: folder).key


def search_key(folder: Callable[[], Path | None]) -> KeySearch:
    """Look for the key in the environment, then in the nearest `.env` upward of a folder.

    `folder` is called only where the environment has no key. Of a `.env` only
    `GROQ_API_KEY` is read, never a URL.

    Raises
    ------
    ApiKeyError
        When the key is malformed.
    """
    value = os.environ.get(KEY_NAME)
    if value is not None and value.strip():
        return KeySearch(parse_key(value, KEY_NAME))
    skipped = ""
    for each in _upward(folder()):
        try:
            value = _from_file(each / ".env")
        except OSError as failure:
            skipped = skipped or _line_of_skipped(each, failure)
            continue
        if value:
            return KeySearch(parse_key(value, ".env"), skipped)
    return KeySearch(skipped=skipped)


def parse_key(value: str, source: str) -> ApiKey:
    """Return `value` as a key, without surrounding white space.

    Raises
    ------
    ApiKeyError
        When it is blank, quoted, or contains white space or characters beyond ASCII,
        such as a copied smart quote.
    """
    text = value.strip()
    if not text:
        raise ApiKeyError(*NO_KEY_ENTERED)
    if text[0] in "\"'`" or text[-1] in "\"'`":
        raise ApiKeyError(
            f"The key from {source} is in quote marks.", f"Remove them; {WITHOUT_KEY}."
        )
    if not text.isascii():
        raise ApiKeyError(
            f"The key from {source} contains characters that no key has, such as smart quotes.",
            f"Copy it again from {KEY_PAGE}; {WITHOUT_KEY}.",
        )
    if any(c.isspace() or not c.isprintable() for c in text):
        raise ApiKeyError(
            f"The key from {source} contains white space or a control character.",
            f"Copy it again from {KEY_PAGE}; {WITHOUT_KEY}.",
        )
    return ApiKey(text, source)


def scrub(text: str, key: str = "") -> str:
    """Return `text` with `key`, and anything that looks like a key, replaced by `[key]`."""
    if len(key) >= 4:  # noqa: PLR2004 - shorter ones would hide ordinary words
        text = text.replace(key, _HIDDEN)
    return _KEYS.sub(_HIDDEN, text)


def _upward(folder: Path | None) -> list[Path]:
    try:
        start = (folder or Path.cwd()).resolve()
    except (OSError, RuntimeError):
        # Deleted, or a link that leads to itself.
        return []
    return [start, *start.parents]


def _from_file(path: Path) -> str:
    """Return the key in a `.env`, "" without one.

    Only lines with the key are read, in any of the encodings that editors and
    shells write; other lines need not be valid.

    Raises
    ------
    OSError
        When it can't be read, or is too large.
    """
    # It may be a folder, such as a Python environment, a pipe or a device.
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"larger than {_LARGEST // 1_000_000} MB")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if KEY_NAME.encode(encoding) in data:
            text = data.decode(encoding, "replace").lstrip("\ufeff")
            values = [_value(found) for found in re.finditer(_LINE, _LINE_END.sub("\n", text))]
            if values:
                return values[-1]
    return ""


def _value(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        return found["quoted"].strip()
    return _COMMENT.sub("", found["bare"]).strip()


def _line_of_skipped(folder: Path, failure: OSError) -> str:
    why = failure.strerror or type(failure).__name__
    why = why[:1].lower() + why[1:]
    return f"{folder / '.env'} can't be read ({why}); a key in it is not used."
