"""Read turns from a saved notebook. It is not trusted: malformed parts count as missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from groq_magic.conversation.turn import Turn, TurnKey, messages_of
from groq_magic.prompt import names_alone

__all__ = ["SavedTurn", "code_cells_in", "saved_answers", "saved_turns"]

# We never write longer names or larger numbers.
_LONGEST_NAME = 200
_MOST_TOKENS = 10**12
_MOST_ASKS = 10_000
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
# The finish reasons of the API, and ours.
_ENDINGS = frozenset({"stop", "length", "tool_calls", "interrupted", "truncated", "error"})


@dataclass(frozen=True)
class SavedTurn:
    """A turn read from a notebook file; any of it may be forged.

    Parameters
    ----------
    key, shown : TurnKey
        Its place, and the place of its answer in the file (another one for a
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
    included : frozenset of str
        The names of the values that it was sent with.
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
    included: frozenset[str] = frozenset()

    @property
    def sent(self) -> str:
        """The prompt with the names of values whose content is gone."""
        return names_alone(self.prompt, self.included) if self.included else self.prompt

    def turn(self, after: TurnKey | None) -> Turn:
        """Return it as a turn that was asked just after another one."""
        return Turn(
            key=self.key,
            shown=self.shown,
            conversation=self.conversation,
            practice=self.practice,
            after=after,
            messages=messages_of(self.sent, self.answer),
            model=self.model,
            finish_reason=self.finish_reason,
            usage=self.usage,
        )


@dataclass(frozen=True)
class _CodeCell:
    """A code cell as the file has it; `execution` is -1 where the file gives no count."""

    position: int
    id: str
    source: str
    execution: int
    outputs: tuple[Mapping[str, Any], ...]


def code_cells_in(notebook: Mapping[str, Any]) -> Iterator[_CodeCell]:
    """Yield a notebook's code cells in order; the id is "" for none, as up to nbformat 4.4."""
    for position, cell in enumerate(_sequence(_mapping(notebook).get("cells"))):
        cell_id, source = _mapping(cell).get("id"), _text_of(_mapping(cell).get("source"))
        if source is not None and cell.get("cell_type") == "code":
            execution = cell.get("execution_count")
            yield _CodeCell(
                position,
                cell_id if _is_name(cell_id) else "",
                source,
                execution if type(execution) is int else -1,
                tuple(_mapping(output) for output in _sequence(cell.get("outputs"))),
            )


def saved_turns(notebook: Mapping[str, Any], *, above: str | None = None) -> tuple[SavedTurn, ...]:
    """Read the turns out of a notebook (nbformat 4, as JSON), in the order of its cells.

    Whatever is malformed is skipped, as is what was asked once, and what was
    copied from another cell.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    above : str or None
        The id of a cell: turns below it, or in it, are left out
        (none are where the file has no such cell).
    """
    cells = tuple(cell for cell in code_cells_in(notebook) if cell.id)
    positions = {cell.id: cell.position for cell in reversed(cells)}
    end = positions.get(above or "")
    latest: dict[tuple[TurnKey, bool], SavedTurn] = {}
    for turn in (turn for cell in cells for turn in _turns_of(cell, positions)):
        if not turn.is_own or turn.once or not _is_name(turn.conversation):
            continue
        held = latest.get((turn.key, turn.practice))
        if held is None or held.execution <= turn.execution:
            latest[turn.key, turn.practice] = turn
    turns = (turn for turn in latest.values() if end is None or turn.position < end)
    return tuple(sorted(turns, key=lambda turn: (turn.position, turn.key.ask)))


def saved_answers(notebook: Mapping[str, Any]) -> tuple[SavedTurn, ...]:
    """Read every whole answer out of a notebook, in the order of the file, to be given again.

    Those asked once and those that were replaced later are among them. One
    that was made where the front end sent no cell id belongs to the cell that
    contains it; one that was copied from another cell does not count, except
    where no cell of the file has an id (up to nbformat 4.4): there it can't be known.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    """
    cells = tuple(code_cells_in(notebook))
    named = tuple(cell for cell in cells if cell.id)
    turns = (turn for cell in named or cells for turn in _turns_of(cell, {}))
    return tuple(turn for turn in turns if turn.finish_reason in _ENDINGS)


def _turns_of(cell: _CodeCell, positions: Mapping[str, int]) -> Iterator[SavedTurn]:
    asks = 0
    for output in cell.outputs:
        record = _mapping(_mapping(output.get("metadata")).get("groq_magic"))
        if not record or (cell.id and record.get("cell") not in (None, cell.id)):
            continue
        asks += 1
        turn = _turn(cell, record, _mapping(output.get("data")), asks, positions)
        if turn is not None:
            yield turn


def _turn(
    cell: _CodeCell,
    record: Mapping[str, Any],
    data: Mapping[str, Any],
    asks: int,
    positions: Mapping[str, int],
) -> SavedTurn | None:
    answer = _text_of(data.get("text/plain"))
    prompt = record["prompt"] if "prompt" in record else _prompt_in(cell.source)
    model, ending = record.get("model"), record.get("finish_reason")
    if answer is None or not isinstance(prompt, str) or not _is_name(model) or not _is_name(ending):
        return None
    recorded = _key(record)
    shown = TurnKey(cell.id or None, recorded.ask if recorded else asks)
    replaced = _key(record["replaces"]) if record.get("replaces") is not None else shown
    # The cell that was retried is deleted where the file lacks it.
    key = replaced if replaced is not None and replaced.cell in positions else shown
    return SavedTurn(
        key=key,
        shown=shown,
        conversation=_string(record.get("conversation")) or "",
        prompt=prompt,
        answer=answer,
        model=model,
        finish_reason=ending,
        usage=_counts_in(record.get("usage")),
        system=_system_in(record),
        practice=record.get("practice") is True,
        options={k: v for k, v in _mapping(record.get("options")).items() if isinstance(k, str)},
        position=positions.get(key.cell or "", cell.position),
        execution=cell.execution,
        prompt_sha=_string(record.get("prompt_sha")),
        values_sha=_string(record.get("values_sha")),
        html=_text_of(data.get("text/html")) or "",
        is_own=recorded is not None and recorded.cell == cell.id and replaced is not None,
        once=bool(record.get("once")),
        included=_names_in(record),
    )


def _system_in(record: Mapping[str, Any]) -> str | None:
    if "system" in record and record["system"] is None:
        return ""
    return _string(record.get("system"))


def _names_in(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the included values; version 1 had another word for them."""
    names = record.get("included", record.get("inserted"))
    return frozenset(name for name in _sequence(names) if isinstance(name, str))


def _key(record: Any) -> TurnKey | None:
    cell, ask = _mapping(record).get("cell"), _mapping(record).get("ask")
    if _is_name(cell) and type(ask) is int and 1 <= ask <= _MOST_ASKS:
        return TurnKey(cell, ask)
    return None


def _prompt_in(source: str) -> str | None:
    """Return the prompt of a `%%groq` cell, without blank ends; None where there is none.

    Other cell magics may precede it: `%%time` runs what is below.
    """
    first, _, body = source.lstrip().partition("\n")
    while first.startswith("%%") and not first.startswith("%%groq"):
        first, _, body = body.lstrip().partition("\n")
    return body.strip() if first.startswith("%%groq") else None


def _counts_in(usage: Any) -> dict[str, int] | None:
    """Return the three counts of tokens, None where one is missing or no count."""
    counts = {name: _mapping(usage).get(name) for name in _COUNTS}
    whole = {name: n for name, n in counts.items() if type(n) is int and 0 <= n <= _MOST_TOKENS}
    return whole if len(whole) == len(_COUNTS) else None


def _is_name(value: Any) -> TypeGuard[str]:
    """Whether it is a valid name: short and printable."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()


def _string(value: Any) -> str | None:
    """Return a text, None for anything else."""
    return value if isinstance(value, str) else None


def _text_of(value: Any) -> str | None:
    """Return nbformat's multi-line string: a string, or a list of them."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return _string(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    """Return a JSON list, an empty one for anything else."""
    return value if isinstance(value, list) else []
