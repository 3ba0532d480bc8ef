"""The cells of `--recent` as a prompt includes them: source, output, error and value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.assistant.cuts import cut_middle
from groq_magic.assistant.failure.error_sections import secrets_of
from groq_magic.assistant.failure.failure import facts_of
from groq_magic.assistant.prompt import Sections
from groq_magic.prompt import NamedValue
from groq_magic.prompt.named_secrets import NamedSecrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.failure.failure import Failure

__all__ = ["LEAST_ROOM", "RecentCell", "is_ask", "recent_values"]

# Characters per cell: with less, only the marks of cuts would remain.
LEAST_ROOM = 200
_LONGEST_VALUE = 2_000
_HALF = 0.5
_OWN_CELL = re.compile(r"%%groq")
_OWN_LINE = re.compile(
    r"%(?:groq|(?:re|un)?load_ext\s+groq_magic\b|config\s+GroqMagics\b)|#", re.ASCII
)


@dataclass(frozen=True)
class RecentCell:
    """A cell that ran, with its output, value and error.

    Parameters
    ----------
    cell : Cell
    identity : str
        The notebook's id of the cell, "" if the front end sends none.
    printed : str
        The part of its printed output that may be sent.
    value : str
        A summary of its last value that may be sent.
    failure : Failure or None
    """

    cell: Cell
    identity: str
    printed: str = field(repr=False)
    value: str = field(repr=False)
    failure: Failure | None = field(repr=False)


def is_ask(source: str) -> bool:
    """Whether a cell has only magics of ours, and so is conversation or setup, not code."""
    lines = [line.strip() for line in source.split("\n") if line.strip()]
    return not lines or bool(_OWN_CELL.match(lines[0])) or all(map(_OWN_LINE.match, lines))


def recent_values(
    cells: Sequence[RecentCell], context: Context, scrub: Callable[[str], str]
) -> tuple[NamedValue, ...]:
    """Return cells as a prompt includes them; together they fit into the context's room.

    Small cells are whole; large ones share the rest of the room evenly.

    Parameters
    ----------
    cells : sequence of RecentCell
        The oldest first.
    context : Context
    scrub : callable
        Replaces texts that look like keys. It is called before anything is cut.
    """
    known = context.secrets(*(each.cell.source for each in cells))

    def hide(text: str) -> str:
        return known.hide(scrub(text))

    written = [_sections(each, context, hide) for each in cells]
    rooms = _shares([each.size for each in written], context.room)
    return tuple(
        NamedValue(each.cell.name, sections.with_room(room).text, context.privacy, each.identity)
        for each, sections, room in zip(cells, written, rooms, strict=True)
    )


def _sections(each: RecentCell, context: Context, hide: Callable[[str], str]) -> Sections:
    cell, failure = each.cell, each.failure
    facts = facts_of(failure, context) if failure is not None else None
    error, known = "", NamedSecrets()
    if failure is not None:
        error = context.output(failure.text) if facts is None else facts.trace
        # The error's frames may contain secrets too.
        known = secrets_of(failure, facts, context)
    sections = Sections(f"`{cell.name}`:", 0, lambda text: known.hide(hide(text)))
    sections.add("Its code:", cell.source, name="code", language=cell.language, share=_HALF)
    # The output of a failed shell command is also its error.
    if each.printed != error:
        sections.add("It printed:", each.printed, name="output", share=_HALF)
    sections.add("It failed:", error, name="error", share=_HALF)
    # Cut last: half of a secret would not be recognised.
    value = cut_middle(known.hide(hide(each.value)), _LONGEST_VALUE)
    sections.add("Its last value:", value, name="value")
    return sections


def _shares(needs: Sequence[int], room: int) -> list[int]:
    """Return the room for each part: what it needs, at most an even share of the rest."""
    found = [0] * len(needs)
    for count, at in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        found[at] = min(needs[at], room // (len(needs) - count))
        room -= found[at]
    return found
