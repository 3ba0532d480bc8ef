"""HTTP responses, and their bodies in chunks."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Chunk", "Response", "event", "json_response", "new_id", "to_json"]

_ID_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class Chunk(NamedTuple):
    """Some bytes of a body; a named tuple, since there may be hundreds of thousands in a second.

    Parameters
    ----------
    data : bytes
    is_delta : bool
        Whether the bytes are one delta of content or reasoning, about a token.
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
        The body; that of a stream is generated while it is sent.
    delay : float
        Seconds before the headers.
    tokens_per_second : float
        How many deltas are sent in a second; 0 is the full speed.
    on_end : callable
        Called when sending ends or fails, with the number of deltas sent.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[Chunk]
    delay: float = 0.0
    tokens_per_second: float = 0.0
    on_end: Callable[[int], None] = lambda _sent: None


def new_id(kind: str) -> str:
    """Return a new id such as ``file_01jh6x76wtemjr74t1fh0faj5t``."""
    return f"{kind}_01" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(24))


def to_json(value: object) -> str:
    """Return a value as JSON: compact and unescaped, as the API writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def event(data: str, name: str | None = None) -> bytes:
    """Return one server-sent event."""
    head = "" if name is None else f"event: {name}\n"
    return f"{head}data: {data}\n\n".encode("utf-8", "replace")


def json_response(
    status: int, value: object, headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Return a response with a JSON document."""
    data = to_json(value).encode("utf-8", "replace")
    own = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    return Response(status, {**own, **headers}, (Chunk(data),))
