"""The answers that a saved notebook shows, to be given again."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SavedAnswer", "saved_answers"]

# As the API ends an answer, and as we do.
_ENDINGS = frozenset({"stop", "length", "tool_calls", "interrupted", "truncated", "error"})


@dataclass(frozen=True)
class SavedAnswer:
    """An answer that stands in a notebook file; any of it may be forged.

    Parameters
    ----------
    cell : str
        The id of the cell that shows it; "" where the file has no ids.
    ask : int
        Which of the cell's asks it answers, from 1.
    prompt : str
        As typed: values are not filled in.
    prompt_sha : str or None
        Of the prompt that was asked: `prompt` may have been edited since.
    answer, model, finish_reason : str
    usage : Mapping of str to int, or None
        The three counts.
    practice : bool
        Whether the practice server gave it.
    options : Mapping of str to Any
        As they were typed.
    html : str
        As the file shows it, "" for nothing.
    system : str or None
        The system prompt as typed, "" for none; None where unknown.
    request_sha : str or None
        Of all that was sent, values included.
    turn : int
        The number of its turn, 0 where unknown.
    execution : int
        Its cell's count of executions, -1 where unknown.
    """

    cell: str
    ask: int
    prompt: str
    prompt_sha: str | None
    answer: str
    model: str
    finish_reason: str
    usage: Mapping[str, int] | None
    practice: bool
    options: Mapping[str, Any]
    html: str = ""
    system: str | None = None
    request_sha: str | None = None
    turn: int = 0
    execution: int = -1


def saved_answers(notebook: Mapping[str, Any]) -> tuple[SavedAnswer, ...]:
    """Read every whole answer out of a notebook (nbformat 4, as JSON), in the order of the file.

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
    return tuple(answer for cell in named or cells for answer in _answers_of(cell))


def _answers_of(cell: FileCell) -> Iterator[SavedAnswer]:
    asks = 0
    for output in cell.outputs:
        record = mapping(mapping(output.get("metadata")).get("groq_magic"))
        if not record or (cell.id and record.get("cell") not in (None, cell.id)):
            continue
        asks += 1
        told = record.get("ask") if record.get("cell") is not None else None
        ask = told if type(told) is int and told > 0 else asks
        found = _answer(cell, record, output, ask)
        if found is not None:
            yield found


def _answer(
    cell: FileCell, record: Mapping[str, Any], output: Mapping[str, Any], ask: int
) -> SavedAnswer | None:
    data = mapping(output.get("data"))
    answer = text_of(data.get("text/plain"))
    prompt = record["prompt"] if "prompt" in record else prompt_in(cell.source)
    model, ending, turn = record.get("model"), record.get("finish_reason"), record.get("turn")
    if answer is None or not isinstance(prompt, str) or not is_name(model):
        return None
    if not isinstance(ending, str) or ending not in _ENDINGS:
        return None
    return SavedAnswer(
        cell=cell.id,
        ask=ask,
        prompt=prompt,
        prompt_sha=string(record.get("prompt_sha")),
        answer=answer,
        model=model,
        finish_reason=ending,
        usage=counts_in(record.get("usage")),
        practice=record.get("practice") is True,
        options={k: v for k, v in mapping(record.get("options")).items() if isinstance(k, str)},
        html=text_of(data.get("text/html")) or "",
        system=_system_in(record),
        request_sha=string(record.get("request_sha")),
        turn=turn if type(turn) is int else 0,
        execution=cell.execution,
    )


def _system_in(record: Mapping[str, Any]) -> str | None:
    if "system" in record and record["system"] is None:
        return ""
    return string(record.get("system"))
