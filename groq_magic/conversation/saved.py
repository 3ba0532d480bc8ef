"""What a saved notebook tells of its conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from groq_magic.conversation.turn import TurnKey

__all__ = ["SavedTurn", "saved_turns"]

# A file is someone else's word: names and numbers beyond these are not of our writing.
_LONGEST_NAME = 200
_MOST_ASKS = 10_000
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


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


@dataclass(frozen=True)
class _Cell:
    position: int
    id: str
    source: str
    execution: int
    outputs: tuple[Mapping[str, Any], ...]


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
    cells = tuple(_cells(notebook))
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


def _cells(notebook: Mapping[str, Any]) -> Iterator[_Cell]:
    for position, cell in enumerate(_sequence(_mapping(notebook).get("cells"))):
        cell_id, source = _mapping(cell).get("id"), _text(_mapping(cell).get("source"))
        if _is_name(cell_id) and source is not None and cell.get("cell_type") == "code":
            execution = cell.get("execution_count")
            yield _Cell(
                position,
                cell_id,
                source,
                execution if type(execution) is int else -1,
                tuple(_mapping(output) for output in _sequence(cell.get("outputs"))),
            )


def _turns_of(cell: _Cell, positions: Mapping[str, int]) -> Iterator[SavedTurn]:
    for output in cell.outputs:
        record = _mapping(_mapping(output.get("metadata")).get("groq_magic"))
        answer = _text(_mapping(output.get("data")).get("text/plain"))
        if answer is not None and record.get("cell") == cell.id and not record.get("once"):
            turn = _turn(cell, record, answer, positions)
            if turn is not None:
                yield turn


def _turn(
    cell: _Cell, record: Mapping[str, Any], answer: str, positions: Mapping[str, int]
) -> SavedTurn | None:
    shown = _key(record)
    key = _key(record["replaces"]) if record.get("replaces") is not None else shown
    prompt = record["prompt"] if "prompt" in record else _body(cell.source)
    names = (record.get("conversation"), record.get("model"), record.get("finish_reason"))
    if shown is None or key is None or not isinstance(prompt, str) or not all(map(_is_name, names)):
        return None
    return SavedTurn(
        key=key,
        shown=shown,
        conversation=record["conversation"],
        prompt=prompt,
        answer=answer,
        model=record["model"],
        finish_reason=record["finish_reason"],
        usage=_usage(record.get("usage")),
        system=_string(record.get("system")),
        practice=record.get("practice") is True,
        options={k: v for k, v in _mapping(record.get("options")).items() if isinstance(k, str)},
        position=positions.get(key.cell or "", cell.position),
        templated="{{" in prompt,
        prompt_sha=_string(record.get("prompt_sha")),
        request_sha=_string(record.get("request_sha")),
    )


def _key(record: Any) -> TurnKey | None:
    cell, ask = _mapping(record).get("cell"), _mapping(record).get("ask")
    if _is_name(cell) and type(ask) is int and 1 <= ask <= _MOST_ASKS:
        return TurnKey(cell, ask)
    return None


def _body(source: str) -> str | None:
    """Return the prompt of a `%%groq` cell: all but its first line, without blank ends."""
    first, _, body = source.lstrip().partition("\n")
    return body.strip() if first.startswith("%%groq") else None


def _usage(usage: Any) -> dict[str, int] | None:
    counts = {name: _mapping(usage).get(name) for name in _COUNTS}
    whole = {name: n for name, n in counts.items() if type(n) is int and n >= 0}
    return whole if len(whole) == len(_COUNTS) else None


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    """Return nbformat's multi-line string: a string, or a list of them."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return _string(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
