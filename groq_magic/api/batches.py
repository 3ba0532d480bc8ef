"""Groq's batch engine: files of requests, and the jobs that answer them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from groq_magic.api.batch import AGAIN, batch_of, item_of, items_of, query_after, text_in
from groq_magic.api.exchange import Exchange
from groq_magic.api.fault import FaultContext
from groq_magic.api.sdk_faults import fault_of
from groq_magic.api.send import backoff
from groq_magic.errors import RateLimitError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    import groq

    from groq_magic.api.batch import Batch
    from groq_magic.api.client import Client
    from groq_magic.api.fault import Fault

__all__ = ["BatchService", "MissingFileError"]

_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_TRIES = 4
# Times in seconds. If the service demands a longer wait, the request fails.
_LONGEST_WAIT = 60.0
# The reply to an upload of 95 MB may be slow.
_UPLOAD_TIMEOUT = 300.0
# A list with more pages is an error of the service.
_MOST_PAGES = 500
# Remedies with these magics are for chats, not for batches.
_FOR_CHATS = ("`%groq_retry`", "`%%groq?`")
_Result = TypeVar("_Result")


class MissingFileError(Exception):
    """The service doesn't have the file."""


class BatchService:
    """The files and jobs of one key. Methods try a few times if that is safe.

    Parameters
    ----------
    client : Client
    timeout : float
        Seconds without a byte.

    Raises
    ------
    GroqMagicError
        By every method, when the service refuses, fails or can't be reached.
    """

    def __init__(self, client: Client, timeout: float = 60.0) -> None:
        self._client = client
        self._timeout = timeout

    @property
    def url(self) -> str:
        """The address of the service."""
        return self._client.base_url

    def upload(self, name: str, file: IO[bytes]) -> str:
        """Upload a file of requests, and return its id."""

        def send(sdk: groq.Groq) -> object:
            file.seek(0)
            reply = sdk.files.with_raw_response.create(
                file=(name, file, "application/jsonl"),
                purpose="batch",
                timeout=self._client.timeout(_UPLOAD_TIMEOUT),
            )
            return reply.http_response.json()

        return text_in(item_of(self._call(send, is_repeatable=False)), "id")

    def create(self, file: str, window: str, metadata: Mapping[str, str]) -> Batch:
        """Start a job on an uploaded file.

        Parameters
        ----------
        file : str
            The file's id.
        window : str
            The time in which the job should be done, `24h` to `7d`.
        metadata : mapping of str to str
        """
        return batch_of(
            self._call(
                lambda sdk: sdk.batches.with_raw_response.create(
                    input_file_id=file,
                    endpoint=_ENDPOINT,
                    completion_window=window,
                    metadata=dict(metadata),
                    timeout=self._client.timeout(self._timeout),
                ).http_response.json(),
                is_repeatable=False,
            )
        )

    def batch(self, batch: str) -> Batch | None:
        """Return a job, None if the service doesn't know it with this key."""
        found = self._call(
            lambda sdk: sdk.batches.with_raw_response.retrieve(
                batch, timeout=self._client.timeout(self._timeout)
            ).http_response.json()
        )
        return batch_of(found) if found is not None else None

    def batches(self) -> Iterator[Batch]:
        """Yield all jobs of this key."""
        query: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = item_of(self._call(lambda sdk, query=query: self._page(sdk, query)))  # type: ignore[misc]  # bound to this page
            listed = [batch_of(each) for each in items_of(page)]
            yield from listed
            following = query_after(page, listed)
            if not listed or not following:
                return
            query = following
        raise ServiceError("The batch engine's list of jobs never ends.", AGAIN)

    def cancel(self, batch: str) -> Batch | None:
        """Cancel a job and return it, None if the service doesn't know it with this key."""
        found = self.batch(batch)
        if found is None or found.is_over or found.status == "cancelling":
            return found
        cancelled = self._call(
            lambda sdk: sdk.batches.with_raw_response.cancel(
                batch, timeout=self._client.timeout(self._timeout)
            ).http_response.json()
        )
        return batch_of(cancelled) if cancelled is not None else None

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return the ids and names of this key's files."""
        page = item_of(
            self._call(
                lambda sdk: sdk.files.with_raw_response.list(
                    timeout=self._client.timeout(self._timeout)
                ).http_response.json()
            )
        )
        found = [item_of(each) for each in items_of(page)]
        return tuple((text_in(each, "id"), str(each.get("filename"))) for each in found)

    def lines(self, file: str) -> Iterator[bytes]:
        """Yield the lines of a file as they arrive.

        Raises
        ------
        MissingFileError
            When there is no such file.
        """
        for tried in range(1, _TRIES + 1):
            exchange, has_started = Exchange(), False
            try:
                with (
                    self._client.sdk_for(exchange) as sdk,
                    sdk.files.with_streaming_response.content(
                        file, timeout=self._client.timeout(self._timeout)
                    ) as reply,
                ):
                    for line in _lines(reply.iter_bytes(chunk_size=65_536)):
                        has_started = True
                        yield line
                    return
            except Exception as failure:  # noqa: BLE001 - any failure becomes an error of ours
                if _is_missing(failure):
                    raise MissingFileError(file) from None
                fault = self._fault_of(failure, exchange)
            if has_started or not _wait_for_next_try(fault, tried):
                break
        # Raised outside of `except`, it has no context: the SDK's exceptions contain the key.
        raise _error_of(fault)

    def delete(self, file: str) -> None:
        """Delete a file; no error if it doesn't exist."""
        self._call(
            lambda sdk: sdk.files.with_raw_response.delete(
                file, timeout=self._client.timeout(self._timeout)
            ).http_response.json()
        )

    def _page(self, sdk: groq.Groq, query: Mapping[str, str]) -> object:
        listed = sdk.batches.with_raw_response.list(
            extra_query=dict(query), timeout=self._client.timeout(self._timeout)
        )
        return listed.http_response.json()

    def _call(
        self, send: Callable[[groq.Groq], _Result], *, is_repeatable: bool = True
    ) -> _Result | None:
        """Return the result of a request, None if the job or file doesn't exist.

        Parameters
        ----------
        send : callable
        is_repeatable : bool
            Whether the request may be sent twice. Other requests are sent again only if a limit
            refused them.
        """
        for tried in range(1, _TRIES + 1):
            exchange = Exchange()
            try:
                with self._client.sdk_for(exchange) as sdk:
                    return send(sdk)
            except Exception as failure:  # noqa: BLE001 - any failure becomes an error of ours
                if is_repeatable and _is_missing(failure):
                    return None
                fault = self._fault_of(failure, exchange)
            is_safe = is_repeatable or isinstance(fault.error, RateLimitError)
            if not (is_safe and _wait_for_next_try(fault, tried)):
                break
        raise _error_of(fault)

    def _fault_of(self, failure: Exception, exchange: Exchange) -> Fault:
        key = self._client.key
        context = FaultContext(
            "the batch engine", str, self._timeout, self.url, key.value, key.source
        )
        return fault_of(failure, context, sent=exchange.is_sent)


def _wait_for_next_try(fault: Fault, tried: int) -> bool:
    """Wait for the next try; return False at once if there is no next try."""
    wait = max(fault.wait or 0.0, backoff(tried))
    if tried == _TRIES or not fault.retry or wait > _LONGEST_WAIT:
        return False
    time.sleep(wait)
    return True


def _error_of(fault: Fault) -> Exception:
    """Return the error of a fault, with a remedy for batches."""
    error = fault.error
    if any(each in error.remedy for each in _FOR_CHATS):
        return type(error)(error.happened, AGAIN)
    return error


def _is_missing(failure: Exception) -> bool:
    """Return whether a job or file is missing, not the whole batch engine."""
    import groq

    body = failure.body if isinstance(failure, groq.NotFoundError) else None
    error = body.get("error") if isinstance(body, Mapping) else None
    return isinstance(error, Mapping) and error.get("code") != "unknown_url"


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines; only a line feed ends a line, not the other line ends of Unicode."""
    # The parts of a line are joined once: if each piece were joined to the line so far, the time
    # would grow with the square of the line's length.
    line: list[bytes] = []
    for piece in pieces:
        first, *others = piece.split(b"\n")
        line.append(first)
        if others:
            yield b"".join(line)
            yield from others[:-1]
            line = others[-1:]
    if rest := b"".join(line):
        yield rest
