"""Read the replies of Groq's batch engine: jobs, and lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from groq_magic.errors import ServiceError

__all__ = ["AGAIN", "Batch", "batch_of", "item_of", "items_of", "query_after", "text_in"]

_FINAL = frozenset(("completed", "failed", "expired", "cancelled"))
# The remedy for a failed request.
AGAIN = "Run it again: nothing is sent twice."


@dataclass(frozen=True)
class Batch:
    """A job of the batch engine, as the service describes it.

    Parameters
    ----------
    id, status : str
    completed, failed : int
        Numbers of requests.
    input, output, error : str
        The ids of the files with requests, with answers and with errors; "" for a missing file.
    metadata : mapping
    fault : str
        Why the whole job failed, "" if it did not.
    """

    id: str
    status: str
    completed: int = 0
    failed: int = 0
    input: str = ""
    output: str = ""
    error: str = ""
    metadata: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    fault: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the job has ended, and its answers can be fetched."""
        # Answers may be counted before their file exists.
        return self.status in _FINAL and bool(self.output or not self.completed)

    @property
    def files(self) -> tuple[str, ...]:
        """The ids of all its files."""
        return tuple(name for name in (self.input, self.output, self.error) if name)


def item_of(body: object) -> Mapping[str, Any]:
    """Return a reply that should be a JSON object.

    Raises
    ------
    ServiceError
        When it isn't an object.
    """
    if isinstance(body, Mapping):
        return body
    raise ServiceError("The batch engine's reply can't be read.", AGAIN)


def items_of(page: Mapping[str, Any]) -> list[Any]:
    """Return the items of a reply that should be a list.

    Raises
    ------
    ServiceError
        When it isn't a list.
    """
    items = page.get("data")
    if isinstance(items, list):
        return items
    raise ServiceError("A list from the batch engine can't be read.", AGAIN)


def text_in(item: Mapping[str, Any], name: str) -> str:
    """Return a required text of an object.

    Raises
    ------
    ServiceError
        When the text is missing.
    """
    if value := _name(item.get(name)):
        return value
    raise ServiceError(f"The batch engine sent an object without `{name}`.", AGAIN)


def batch_of(body: object) -> Batch:
    """Return the job in a reply.

    Raises
    ------
    ServiceError
        When the reply isn't a job.
    """
    item = item_of(body)
    counts, metadata = item.get("request_counts"), item.get("metadata")
    return Batch(
        text_in(item, "id"),
        text_in(item, "status"),
        _count(counts, "completed"),
        _count(counts, "failed"),
        _name(item.get("input_file_id")),
        _name(item.get("output_file_id")),
        _name(item.get("error_file_id")),
        metadata if isinstance(metadata, Mapping) else {},
        _fault(item.get("errors")),
    )


def _name(value: object) -> str:
    """Return a value that is a valid id or state, else ""."""
    is_name = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value) if is_name else ""


def _fault(errors: object) -> str:
    """Return the first of a job's errors, with its line in the file."""
    data = errors.get("data") if isinstance(errors, Mapping) else None
    first = data[0] if isinstance(data, list) and data else None
    if not isinstance(first, Mapping):
        return ""
    line = first.get("line")
    where = f"line {line}: " if isinstance(line, int) else ""
    return f"{where}{first.get('message') or first.get('code') or 'no details were given'}"


def _count(counts: object, name: str) -> int:
    value = counts.get(name) if isinstance(counts, Mapping) else None
    return value if isinstance(value, int) else 0


def query_after(page: Mapping[str, Any], listed: list[Batch]) -> dict[str, str]:
    """Return the query for the next page: a cursor, or OpenAI's `after`; empty at the end."""
    paging = page.get("paging")
    cursor = paging.get("next_cursor") if isinstance(paging, Mapping) else None
    if isinstance(cursor, str) and cursor:
        return {"cursor": cursor}
    return {"after": listed[-1].id} if page.get("has_more") and listed else {}
