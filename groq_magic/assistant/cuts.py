"""Cut texts to a size: between lines, and with a mark."""

from __future__ import annotations

__all__ = ["cut_around", "cut_middle"]

_TAIL_SHARE = 3


def cut_middle(text: str, room: int) -> str:
    """Return `text` in about `room` characters, without its middle if it is longer.

    It is cut between lines if that uses most of the room.
    """
    if len(text) <= room:
        return text
    tail = room // _TAIL_SHARE
    head = max(room - tail, 0)
    start, end = text[:head], text[len(text) - tail :] if tail > 0 else ""
    at = start.rfind("\n")
    if at >= head // 2:
        start = start[:at]
    at = end.find("\n")
    if 0 <= at < len(end) // 2:
        end = end[at + 1 :]
    left_out = len(text) - len(start) - len(end)
    return f"{start}\n[… {left_out:,} characters left out]\n{end}"


def cut_around(text: str, line: int, room: int) -> str:
    """Return the lines of `text` around the 1-based `line`, in about `room` characters."""
    lines = text.split("\n")
    first = last = min(max(line - 1, 0), len(lines) - 1)
    room -= len(lines[first])
    while first > 0 or last + 1 < len(lines):
        above = len(lines[first - 1]) + 1 if first > 0 else room + 1
        below = len(lines[last + 1]) + 1 if last + 1 < len(lines) else room + 1
        if min(above, below) > room:
            break
        # The lines above come first: they show where the values come from.
        if above <= room:
            first, room = first - 1, room - above
        if below <= room:
            last, room = last + 1, room - below
    kept = [
        cut_middle(lines[first], max(room, 0) + len(lines[first])),
        *lines[first + 1 : last + 1],
    ]
    before = [f"[… {first:,} lines left out]"] if first else []
    after = [f"[… {len(lines) - last - 1:,} lines left out]"] if last + 1 < len(lines) else []
    return "\n".join([*before, *kept, *after])
