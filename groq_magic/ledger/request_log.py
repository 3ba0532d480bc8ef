"""A file with one line of JSON per request, without its content."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from groq_magic.ledger.usage import Usage

__all__ = ["RequestLog", "record_of"]

_MODE = 0o600  # for this user alone


def record_of(
    url: str,
    model: str,
    included: Iterable[tuple[str, int | str]],
    usage: Usage | None,
    *,
    tries: int,
) -> dict[str, Any]:
    """Return the record of a request.

    Parameters
    ----------
    url : str
        Of the service.
    model : str
    included : iterable of (str, int or str)
        Names and sizes of the values that were sent: characters; of an image, its size
        in words.
    usage : Usage or None
        None where the service reported none.
    tries : int
        How often it was sent.
    """
    counts = usage.counts if usage is not None else {}
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": urlsplit(url).netloc.rpartition("@")[2],
        "model": model,
        "included": [
            {"name": name, "characters" if isinstance(size, int) else "size": size}
            for name, size in included
        ],
        "tokens": {name: counts[name] for name in names if name in counts} or None,
        "tries": tries,
    }


class RequestLog:
    """Writes records to the log, in any thread; a failure is one notice, never an error.

    Parameters
    ----------
    path : callable
        Returns the `log` setting, "" for no log; a relative path begins at the
        kernel's working folder.
    """

    def __init__(self, path: Callable[[], str]) -> None:
        self._path = path
        self._line = ""
        self._failed_for = ""
        self._writing = threading.Lock()

    def write(self, record: dict[str, Any]) -> None:
        """Append a line, if there is a log."""
        path = self._path()
        if not path:
            return
        line = json.dumps(record, ensure_ascii=True) + "\n"
        try:
            with self._writing:
                # One write: several kernels may share the file.
                number = os.open(
                    Path(path).expanduser(), os.O_APPEND | os.O_CREAT | os.O_WRONLY, _MODE
                )
                try:
                    os.write(number, line.encode())
                finally:
                    os.close(number)
        except (OSError, ValueError, RuntimeError) as error:
            if self._failed_for != path:
                reason = getattr(error, "strerror", None) or type(error).__name__
                self._failed_for = path
                self._line = f"The log `{path}` can't be written ({reason}); no request is logged."

    def lines(self) -> tuple[str, ...]:
        """Return the notice of a log that can't be written, once."""
        line, self._line = self._line, ""
        return (line,) if line else ()
