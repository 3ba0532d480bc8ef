"""The tool calls in a reply, and what tools of the service did, from its chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ToolCall", "ToolCalls"]

_MOST_CALLS = 128  # of the API


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for.

    Parameters
    ----------
    id : str
        What the result refers to.
    name : str
        The tool's, as the model wrote it; it may not exist.
    arguments : str
        JSON, as the model wrote it; it may be broken.
    """

    id: str
    name: str
    arguments: str

    @property
    def part(self) -> dict[str, Any]:
        """The call as an assistant's message contains it."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


class ToolCalls:
    """Collects the calls of one reply: each comes whole, or in fragments with its number."""

    def __init__(self) -> None:
        self._found: dict[int, list[str]] = {}
        self._executed: dict[int, dict[str, Any]] = {}

    def add(self, parts: object) -> None:
        """Add what a chunk contains of calls; what is malformed is ignored."""
        for part in parts if isinstance(parts, list) else ():
            if not isinstance(part, dict) or not isinstance(part.get("function"), dict):
                continue
            number = _number(part, self._found)
            if number not in self._found and len(self._found) >= _MOST_CALLS:
                continue
            call = self._found.setdefault(number, ["", "", ""])
            function = part["function"]
            call[0] = call[0] or _text(part.get("id"))
            call[1] += _text(function.get("name"))
            call[2] += _text(function.get("arguments"))

    def add_executed(self, parts: object) -> None:
        """Add what a chunk reports of tools that ran at the service."""
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                self._executed.setdefault(_number(part, self._executed), {}).update(part)

    def executed(self) -> tuple[dict[str, Any], ...]:
        """Return what ran at the service, in its order."""
        return tuple(part for _, part in sorted(self._executed.items()))

    def whole(self) -> tuple[ToolCall, ...]:
        """Return the calls in their order; one without an id gets one."""
        return tuple(
            ToolCall(call_id or f"call_{number}", name, arguments)
            for number, (call_id, name, arguments) in sorted(self._found.items())
        )


def _number(part: dict[str, Any], found: Collection[int]) -> int:
    """Return the number of a call; one without a number is another call than those before."""
    index = part.get("index")
    return index if isinstance(index, int) else max(found, default=-1) + 1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
