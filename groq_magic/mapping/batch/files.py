"""The files for the batch engine: writes requests, and reads the lines that it answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from groq_magic.api.fault import FaultContext
from groq_magic.api.status_faults import fault_of_refusal
from groq_magic.errors import RequestError, TooLargeError
from groq_magic.ledger.job_record import JobRow
from groq_magic.ledger.usage import usage_of
from groq_magic.mapping.sending.row_request import RowAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groq_magic.mapping.sending.row_request import RowRequest

__all__ = ["BatchFile", "FileLimits", "LineFaultError", "answer_in", "batch_files"]

_URL = "/v1/chat/completions"
_MEGABYTE = 1_000_000
# A batch is never streamed, and is a service tier of its own.
_NOT_SENT = frozenset({"stream", "service_tier"})
_OK = 200
_REASONS = {
    "batch_expired": "The batch job expired before this row was answered.",
    "batch_cancelled": "The batch job was cancelled before this row was answered.",
}


class LineFaultError(Exception):
    """A line of an answer file can't be read."""


@dataclass(frozen=True)
class FileLimits:
    """How large one file may be: https://console.groq.com/docs/batch."""

    lines: int = 50_000
    bytes: int = 95 * _MEGABYTE


@dataclass(frozen=True)
class BatchFile:
    """A file of requests.

    Parameters
    ----------
    file : file object
        A temporary file, deleted when it is closed or the process ends.
    rows : tuple of JobRow
    requests : int
    """

    file: IO[bytes]
    rows: tuple[JobRow, ...] = field(repr=False)
    requests: int


def batch_files(
    requests: Iterable[RowRequest], limits: FileLimits | None = None
) -> Iterator[BatchFile]:
    """Yield files with all requests; each is deleted when the next one is taken.

    Parameters
    ----------
    requests : iterable of RowRequest
    limits : FileLimits, optional

    Raises
    ------
    TooLargeError
        When one request alone is larger than a file may be.
    RequestError
        When the disk is full.
    """
    limits = limits or FileLimits()
    lines = map(_line, requests)
    first = next(lines, None)
    while first is not None:
        with tempfile.TemporaryFile(prefix="groq_magic-") as file:
            rows: list[JobRow] = []
            count = size = 0
            following: tuple[bytes, RowRequest] | None = first
            while following is not None:
                line, request = following
                if len(line) > limits.bytes:
                    raise _too_large(len(line), limits)
                if count == limits.lines or size + len(line) > limits.bytes:
                    break
                _write(file, line)
                size, count = size + len(line), count + 1
                name = request.id
                rows += (JobRow(key, name, place) for place, key in enumerate(request.keys))
                following = next(lines, None)
            first = following
            _write(file, b"")
            yield BatchFile(file, tuple(rows), count)


def answer_in(line: bytes, model: str) -> tuple[str, RowAnswer]:
    """Return the `custom_id` of a line that the engine wrote, and its answer or error.

    Raises
    ------
    LineFaultError
        When the line can't be read.
    """
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    name = given.get("custom_id") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not name.isascii():
        raise LineFaultError
    response = given.get("response")
    body = response.get("body") if isinstance(response, Mapping) else None
    status = response.get("status_code") if isinstance(response, Mapping) else None
    if not given.get("error") and status == _OK and isinstance(body, Mapping):
        return name, _answer_of(body, model)
    return name, _failure_of(given, status, body, model)


def _line(request: RowRequest) -> tuple[bytes, RowRequest]:
    line = {
        "custom_id": request.id,
        "method": "POST",
        "url": _URL,
        "body": {name: each for name, each in request.request.items() if name not in _NOT_SENT},
    }
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode("utf-8", "replace"), request


def _write(file: IO[bytes], line: bytes) -> None:
    """Write a line; an empty one flushes the file."""
    try:
        file.write(line) if line else file.flush()
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
    else:
        return
    remedy = f"Free some space in {tempfile.gettempdir()}; nothing of this file was uploaded."
    raise RequestError(f"The file for the batch engine can't be written: {reason}.", remedy)


def _too_large(size: int, limits: FileLimits) -> TooLargeError:
    mega = (f"{count / _MEGABYTE:,.0f} MB" for count in (size, limits.bytes))
    return TooLargeError(
        "A row's request takes {}; a batch file holds {} at most.".format(*mega), "Shorten the row."
    )


def _answer_of(body: Mapping[str, Any], model: str) -> RowAnswer:
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    choice = choice if isinstance(choice, Mapping) else {}
    message, reason = choice.get("message"), choice.get("finish_reason")
    content = message.get("content") if isinstance(message, Mapping) else None
    text = content if isinstance(content, str) else ""
    finish_reason = reason if isinstance(reason, str) else None
    usage = body.get("usage")
    used = usage_of(usage) if isinstance(usage, Mapping) else None
    error = ""
    if finish_reason is None:
        error = "The answer is incomplete."
    elif not text and finish_reason != "stop":
        error = f"The answer is empty ({finish_reason}): a larger --max-tokens may help."
    return RowAnswer(text, finish_reason, used, str(body.get("model") or model), error)


def _failure_of(given: Mapping[str, Any], status: object, body: object, model: str) -> RowAnswer:
    """Return the error of a request, with the part of a refused answer that it contains."""
    error = given.get("error")
    if isinstance(error, Mapping):
        code = str(error.get("code") or "")
        if code in _REASONS:
            return RowAnswer.failure(model, _REASONS[code])
        body = {"error": error} if body is None else body
    context = FaultContext(model, str, 0.0, "the batch engine", "")
    number = status if isinstance(status, int) and status != _OK else 500
    fault = fault_of_refusal(number, body, {}, context)
    return RowAnswer(fault.failed_generation, None, None, model, fault.error.happened)
