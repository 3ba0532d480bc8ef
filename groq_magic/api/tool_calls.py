"""Collect the tool calls in a reply, and the reports about the service's own tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ToolCall", "ToolCalls"]

_MOST_CALLS = 128  # the API's limit


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for.

    Parameters
    ----------
    id : str
        The result refers to it.
    name : str
        Of the tool, as the model wrote it; it may not exist.
    arguments : str
        JSON, as the model wrote it; it may be invalid.
    """

    id: str
    name: str
    arguments: str

    @property
    def part(self) -> dict[str, Any]:
        """The call, as a part of an assistant's message."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


class ToolCalls:
    """Collects the calls of one reply: each arrives whole, or in fragments with its number."""

    def __init__(self) -> None:
        self._found: dict[int, list[str]] = {}
        self._executed: dict[int, dict[str, Any]] = {}

    def add(self, parts: object) -> None:
        """Add the calls in a chunk; malformed ones are ignored."""
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
        """Add a chunk's reports about tools that ran at the service."""
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                self._executed.setdefault(_number(part, self._executed), {}).update(part)

    def executed(self) -> tuple[dict[str, Any], ...]:
        """Return the reports about tools that ran at the service, in their order."""
        return tuple(part for _, part in sorted(self._executed.items()))

    def whole(self) -> tuple[ToolCall, ...]:
        """Return the calls in their order; one without an id gets one."""
        return tuple(
            ToolCall(call_id or f"call_{number}", name, arguments)
            for number, (call_id, name, arguments) in sorted(self._found.items())
        )


def _number(part: dict[str, Any], found: Collection[int]) -> int:
    """Return the number of a call; one without a number gets the next one."""
    index = part.get("index")
    return index if isinstance(index, int) else max(found, default=-1) + 1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
