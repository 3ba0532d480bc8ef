"""One response, in the pieces that it is sent in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Chunk", "Response", "dumped", "event", "json_response"]


class Chunk(NamedTuple):
    """Some bytes of a body; a named tuple, since there may be hundreds of thousands in a second.

    Parameters
    ----------
    data : bytes
    is_delta : bool
        Whether they are one delta of content or reasoning, about a token.
    """

    data: bytes
    is_delta: bool = False


@dataclass(frozen=True)
class Response:
    """One response.

    Parameters
    ----------
    status : int
    headers : mapping of str to str
        Without a Content-Length the body is sent in chunks.
    chunks : iterable of Chunk
        The body; a stream's is generated as it is sent.
    delay : float
        Seconds before the headers.
    tokens_per_second : float
        How many deltas are sent in a second; 0 is as fast as it goes.
    on_end : callable
        Called at the end, however it came, with the number of deltas sent.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[Chunk]
    delay: float = 0.0
    tokens_per_second: float = 0.0
    on_end: Callable[[int], None] = lambda _sent: None


def dumped(value: object) -> str:
    """Write JSON as the API does: compact, in plain UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def event(data: str, name: str | None = None) -> bytes:
    """Write one server-sent event."""
    head = "" if name is None else f"event: {name}\n"
    return f"{head}data: {data}\n\n".encode("utf-8", "replace")


def json_response(
    status: int, value: object, headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Make a response of one JSON document."""
    data = dumped(value).encode("utf-8", "replace")
    own = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    return Response(status, {**own, **headers}, (Chunk(data),))
