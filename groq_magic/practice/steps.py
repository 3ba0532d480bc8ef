"""What is done to a connection, one step after the other, to give an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Kind", "Response", "Step"]


class Kind(Enum):
    """What a step is: some bytes of the body, or something that happens to it."""

    HEAD = "the status line and the headers go out"
    BODY = "a whole body, not streamed"
    OPENING = "the chunk with the role"
    REASONING = "a reasoning delta"
    CONTENT = "a content delta"
    CALL = "a tool call"
    LAST = "the chunk with finish_reason and usage"
    DONE = "[DONE]"
    OTHER = "any other bytes"
    PAUSE = "nothing, for some seconds"
    STALL = "nothing, until the client goes"
    CLOSE = "the connection closes"
    RESET = "the connection is reset"


class Step(NamedTuple):
    """One step; a named tuple, since there may be hundreds of thousands in a second."""

    kind: Kind
    data: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True)
class Response:
    """A whole answer.

    Parameters
    ----------
    status : int
    headers : mapping of str to str
    steps : iterable of Step
        With one `Kind.HEAD`; a stream's are generated as they are sent.
    """

    status: int
    headers: Mapping[str, str]
    steps: Iterable[Step]
