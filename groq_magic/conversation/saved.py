"""What a saved notebook tells of its turns, read as someone else's word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.notebook_file import (
    FileCell,
    code_cells_in,
    counts_in,
    is_name,
    mapping,
    prompt_in,
    string,
    text_of,
)
from groq_magic.conversation.turn import TurnKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SavedTurn", "saved_answers", "saved_turns"]

# A file is someone else's word: numbers beyond this are not of our writing.
_MOST_ASKS = 10_000
# As the API ends an answer, and as we do.
_ENDINGS = frozenset({"stop", "length", "tool_calls", "interrupted", "truncated", "error"})


@dataclass(frozen=True)
class SavedTurn:
    """A turn as a notebook file tells it; any of it may be forged.

    Parameters
    ----------
    key, shown : TurnKey
        Its place, and where its answer stands in the file (elsewhere for a
        retry); the cell is None where the file has no ids.
    conversation : str
        As recorded, "" where it is not.
    prompt : str
        As typed: values are not filled in.
    answer : str
        The output's plain text.
    model, finish_reason : str
        As recorded: an answer saved in mid-stream has no finish_reason, and is no turn.
    usage : Mapping of str to int, or None
        The three counts.
    system : str or None
        The system prompt as typed, "" for none; None where unknown.
    practice : bool
        Whether the practice server answered.
    options : Mapping of str to Any
        As they were typed: JSON, otherwise unchecked.
    position : int
        The index in the file of the cell of `key`.
    execution : int
        The showing cell's count of executions, -1 where unknown.
    prompt_sha, values_sha : str or None
        As recorded: of the prompt that was asked (`prompt` may have been edited
        since), and of the values in it (since version 2 of the metadata).
    html : str
        As the file shows the answer, "" for nothing.
    is_own : bool
        Whether the record names the cell that holds it: a duplicated cell
        carries copied outputs.
    once : bool
        Whether it was asked outside of the conversation.
    """

    key: TurnKey
    shown: TurnKey
    conversation: str
    prompt: str
    answer: str
    model: str
    finish_reason: str
    usage: Mapping[str, int] | None = None
    system: str | None = None
    practice: bool = False
    options: Mapping[str, Any] | None = None
    position: int = 0
    execution: int = -1
    prompt_sha: str | None = None
    values_sha: str | None = None
    html: str = ""
    is_own: bool = True
    once: bool = False

    @property
    def templated(self) -> bool:
        """Whether the prompt holds `{{…}}`."""
        return "{{" in self.prompt


def saved_turns(notebook: Mapping[str, Any], *, above: str | None = None) -> tuple[SavedTurn, ...]:
    """Read the turns out of a notebook (nbformat 4, as JSON), in the order of its cells.

    Whatever is malformed is skipped, as is what was asked once, and what was
    copied from another cell.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    above : str or None
        The id of a cell: turns that stand below it, or in it, are left out
        (none are where the file has no such cell).
    """
    cells = tuple(cell for cell in code_cells_in(notebook) if cell.id)
    positions = {cell.id: cell.position for cell in reversed(cells)}
    end = positions.get(above, len(cells)) if above is not None else len(cells)
    latest: dict[tuple[TurnKey, bool], SavedTurn] = {}
    for turn in (turn for cell in cells for turn in _turns_of(cell, positions)):
        if not turn.is_own or turn.once or not is_name(turn.conversation):
            continue
        held = latest.get((turn.key, turn.practice))
        if held is None or held.execution <= turn.execution:
            latest[turn.key, turn.practice] = turn
    turns = (turn for turn in latest.values() if turn.position < end)
    return tuple(sorted(turns, key=lambda turn: (turn.position, turn.key.ask)))


def saved_answers(notebook: Mapping[str, Any]) -> tuple[SavedTurn, ...]:
    """Read every whole answer out of a notebook, in the order of the file, to be given again.

    Those asked once and those that were replaced later are among them. One
    that was made where the front end told no cell id counts for the cell it
    stands in; one that was copied from another cell does not count, except
    where no cell of the file has an id (up to nbformat 4.4) and nothing tells.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    """
    cells = tuple(code_cells_in(notebook))
    named = tuple(cell for cell in cells if cell.id)
    turns = (turn for cell in named or cells for turn in _turns_of(cell, {}))
    return tuple(turn for turn in turns if turn.finish_reason in _ENDINGS)


def _turns_of(cell: FileCell, positions: Mapping[str, int]) -> Iterator[SavedTurn]:
    asks = 0
    for output in cell.outputs:
        record = mapping(mapping(output.get("metadata")).get("groq_magic"))
        if not record or (cell.id and record.get("cell") not in (None, cell.id)):
            continue
        asks += 1
        turn = _turn(cell, record, mapping(output.get("data")), asks, positions)
        if turn is not None:
            yield turn


def _turn(
    cell: FileCell,
    record: Mapping[str, Any],
    data: Mapping[str, Any],
    asks: int,
    positions: Mapping[str, int],
) -> SavedTurn | None:
    answer = text_of(data.get("text/plain"))
    prompt = record["prompt"] if "prompt" in record else prompt_in(cell.source)
    model, ending = record.get("model"), record.get("finish_reason")
    if answer is None or not isinstance(prompt, str) or not is_name(model) or not is_name(ending):
        return None
    recorded = _key(record)
    shown = TurnKey(cell.id or None, recorded.ask if recorded else asks)
    replaced = _key(record["replaces"]) if record.get("replaces") is not None else shown
    # The cell that was retried is deleted where the file lacks it.
    key = replaced if replaced is not None and replaced.cell in positions else shown
    return SavedTurn(
        key=key,
        shown=shown,
        conversation=string(record.get("conversation")) or "",
        prompt=prompt,
        answer=answer,
        model=model,
        finish_reason=ending,
        usage=counts_in(record.get("usage")),
        system=_system_in(record),
        practice=record.get("practice") is True,
        options={k: v for k, v in mapping(record.get("options")).items() if isinstance(k, str)},
        position=positions.get(key.cell or "", cell.position),
        execution=cell.execution,
        prompt_sha=string(record.get("prompt_sha")),
        values_sha=string(record.get("values_sha")),
        html=text_of(data.get("text/html")) or "",
        is_own=recorded is not None and recorded.cell == cell.id and replaced is not None,
        once=bool(record.get("once")),
    )


def _system_in(record: Mapping[str, Any]) -> str | None:
    if "system" in record and record["system"] is None:
        return ""
    return string(record.get("system"))


def _key(record: Any) -> TurnKey | None:
    cell, ask = mapping(record).get("cell"), mapping(record).get("ask")
    if is_name(cell) and type(ask) is int and 1 <= ask <= _MOST_ASKS:
        return TurnKey(cell, ask)
    return None
