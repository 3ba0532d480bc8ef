"""What a saved notebook tells of its conversations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.notebook_file import (
    FileCell,
    cells_in,
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

__all__ = ["SavedTurn", "saved_turns"]

# A file is someone else's word: numbers beyond this are not of our writing.
_MOST_ASKS = 10_000


@dataclass(frozen=True)
class SavedTurn:
    """A turn as a notebook file tells it; any of it may be forged.

    Parameters
    ----------
    key, shown : TurnKey
        Its place, and where its answer stands in the file (elsewhere for a retry).
    conversation, model : str
        Names, as recorded.
    prompt : str
        As typed: values are not filled in.
    answer : str
        The output's plain text.
    finish_reason : str
        Never None: an answer saved in mid-stream is no turn.
    usage : Mapping of str to int, or None
        The three counts.
    system : str or None
        The system prompt that it was asked with.
    practice : bool
        Whether the practice server answered.
    options : Mapping of str to Any
        JSON, otherwise unchecked.
    position : int
        The index in the file of the cell of `key`.
    templated : bool
        Whether the prompt holds `{{…}}`.
    prompt_sha, request_sha : str or None
        As recorded.
    """

    key: TurnKey
    shown: TurnKey
    conversation: str
    prompt: str
    answer: str
    model: str
    finish_reason: str
    usage: Mapping[str, int] | None
    system: str | None
    practice: bool
    options: Mapping[str, Any]
    position: int
    templated: bool
    prompt_sha: str | None
    request_sha: str | None


def saved_turns(notebook: Mapping[str, Any], *, above: str | None = None) -> tuple[SavedTurn, ...]:
    """Read the turns out of a notebook (nbformat 4, as JSON), in the order of its cells.

    A turn is taken only where the recorded cell is the cell that holds it: a
    duplicated cell carries copied outputs. Whatever is malformed is skipped.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    above : str or None
        The id of a cell: turns that stand below it, or in it, are left out
        (none are where the file has no such cell).
    """
    cells = tuple(cells_in(notebook))
    positions = {cell.id: cell.position for cell in reversed(cells)}
    end = positions.get(above, len(cells)) if above is not None else len(cells)
    latest: dict[tuple[TurnKey, bool], tuple[int, SavedTurn]] = {}
    for cell in cells:
        for turn in _turns_of(cell, positions):
            held = latest.get((turn.key, turn.practice))
            if held is None or held[0] <= cell.execution:
                latest[turn.key, turn.practice] = (cell.execution, turn)
    turns = (turn for _, turn in latest.values() if turn.position < end)
    return tuple(sorted(turns, key=lambda turn: (turn.position, turn.key.ask)))


def _turns_of(cell: FileCell, positions: Mapping[str, int]) -> Iterator[SavedTurn]:
    for output in cell.outputs:
        record = mapping(mapping(output.get("metadata")).get("groq_magic"))
        answer = text_of(mapping(output.get("data")).get("text/plain"))
        if answer is not None and record.get("cell") == cell.id and not record.get("once"):
            turn = _turn(cell, record, answer, positions)
            if turn is not None:
                yield turn


def _turn(
    cell: FileCell, record: Mapping[str, Any], answer: str, positions: Mapping[str, int]
) -> SavedTurn | None:
    shown = _key(record)
    key = _key(record["replaces"]) if record.get("replaces") is not None else shown
    prompt = record["prompt"] if "prompt" in record else prompt_in(cell.source)
    names = (record.get("conversation"), record.get("model"), record.get("finish_reason"))
    if shown is None or key is None or not isinstance(prompt, str) or not all(map(is_name, names)):
        return None
    return SavedTurn(
        # The cell that was retried is deleted where the file lacks it.
        key=key if key.cell in positions else shown,
        shown=shown,
        conversation=record["conversation"],
        prompt=prompt,
        answer=answer,
        model=record["model"],
        finish_reason=record["finish_reason"],
        usage=counts_in(record.get("usage")),
        system=string(record.get("system")),
        practice=record.get("practice") is True,
        options={k: v for k, v in mapping(record.get("options")).items() if isinstance(k, str)},
        position=positions.get(key.cell or "", cell.position),
        templated="{{" in prompt,
        prompt_sha=string(record.get("prompt_sha")),
        request_sha=string(record.get("request_sha")),
    )


def _key(record: Any) -> TurnKey | None:
    cell, ask = mapping(record).get("cell"), mapping(record).get("ask")
    if is_name(cell) and type(ask) is int and 1 <= ask <= _MOST_ASKS:
        return TurnKey(cell, ask)
    return None
