"""Read turns from a saved notebook. It is not trusted: malformed parts count as missing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.cell_prompts import prompt_in, shows_prompt
from groq_magic.conversation.json_values import mapping_of, string_of, text_of
from groq_magic.conversation.notebook_json import CodeCell, code_cells_in
from groq_magic.conversation.saved_record import counts_in, names_in, sha_in, system_in
from groq_magic.conversation.turn import TurnKey
from groq_magic.page.cell import is_hashed
from groq_magic.page.notebook_file import is_name
from groq_magic.prompt import names_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["METADATA_VERSION", "SavedTurn", "saved_answers", "saved_turns", "sha_of"]

# The version of the metadata that we write; earlier versions are read too.
METADATA_VERSION = 2
_MOST_ASKS = 10_000
_MOST_IMAGES = 3
_IMAGE = "[image, left out]"
# A front end may show any other MIME type instead of our text.
_OUR_KINDS = frozenset({"text/html", "text/markdown", "text/plain"})
# The finish reasons of the API, and ours.
_ENDINGS = frozenset({"stop", "length", "tool_calls", "interrupted", "truncated", "error"})


@dataclass(frozen=True)
class SavedTurn:
    """A turn read from a notebook file; any of it may be forged.

    Parameters
    ----------
    key, shown : TurnKey
        Its key, and that of its answer in the file (another one for a retry); the
        cell is None where the file has no ids.
    conversation : str
        As recorded, "" without a record.
    prompt : str
        As typed, without values. From the cell's source, which may have been edited
        since (`is_edited`), or as recorded, which may be forged (`is_shown`).
    answer : str
        The output's plain text.
    model, finish_reason : str
        As recorded: an answer saved in mid-stream has no finish_reason, and is not read.
    usage : Mapping of str to int, or None
        The three counts.
    system : str or None
        The system prompt as typed, "" without one; None where unknown.
    practice : bool
        Whether the practice server answered.
    options : Mapping of str to Any
        As typed: JSON, otherwise unchecked.
    position : int
        The index in the file of the cell of `key`.
    recorded_cell : str or None
        The cell's id when it asked.
    execution : int
        The execution count of the cell of `shown`, -1 where unknown.
    prompt_sha, values_sha : str or None
        As recorded: of the ask, and of the values in it (since version 2 of the metadata).
    html : str
        The answer as the file shows it, "" without HTML.
    has_other_kinds : bool
        Whether a front end may show something other than `html` or the plain text.
    sources : tuple of str
        Of the cell that shows the answer, and of the cell of `key`.
    hides_prompt, hides_answer : bool
        Whether the page hides these, as in a collapsed cell.
    is_recorded : bool
        Whether `prompt` is the recorded one.
    is_newer : bool
        Whether its metadata has an unknown version.
    is_own : bool
        Whether it was asked in the cell that contains it, or may have been, where the cell's
        id is unknown: the outputs of a duplicated cell are copies.
    once : bool
        Whether it was asked with `--once`, outside of the conversation.
    included : frozenset of str
        The names of the values that it was sent with.
    above_sha : str or None
        The recorded SHA-256 of the turns above it when it was asked.
    code_sha : str or None
        The recorded SHA-256 of the code that ran for it, which is in the cell below.
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
    recorded_cell: str | None = None
    execution: int = -1
    prompt_sha: str | None = None
    values_sha: str | None = None
    html: str = ""
    has_other_kinds: bool = False
    sources: tuple[str, ...] = ()
    hides_prompt: bool = False
    hides_answer: bool = False
    is_recorded: bool = False
    is_newer: bool = False
    is_own: bool = True
    once: bool = False
    included: frozenset[str] = frozenset()
    above_sha: str | None = None
    code_sha: str | None = None

    @cached_property
    def is_edited(self) -> bool:
        """Whether the prompt was edited since the ask; the former prompt is unknown."""
        known = None if self.is_recorded else self.prompt_sha
        return known is not None and known != sha_of(self.prompt)

    @cached_property
    def is_shown(self) -> bool:
        """Whether a reader of the turn's cell sees the prompt there."""
        is_from_source = not self.is_recorded and self.key == self.shown
        is_in_source = any(shows_prompt(each, self.prompt) for each in self.sources[-1:])
        return not self.hides_prompt and (is_from_source or is_in_source)

    @property
    def source(self) -> str:
        """The source of the cell that shows the answer."""
        return self.sources[0] if self.sources else ""

    @property
    def images(self) -> tuple[str, ...]:
        """Placeholders for the images of `-i`, without any text of the file."""
        given = (self.options or {}).get("image")
        return (_IMAGE,) * min(len(given), _MOST_IMAGES) if isinstance(given, list) else ()

    @property
    def sent(self) -> str:
        """The prompt with the names of its values in place of their content."""
        return names_alone(self.prompt, self.included) if self.included else self.prompt


def saved_turns(notebook: Mapping[str, Any], *, above: str | None = None) -> tuple[SavedTurn, ...]:
    """Read the turns out of a notebook (nbformat 4, as JSON), in the order of its cells.

    Malformed turns are skipped, and those asked with `--once` or copied from another
    cell. Answers to edited prompts are included.

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    above : str or None
        The id of a cell: turns in it or below it are left out, if the file
        contains it.
    """
    file = _File(tuple(cell for cell in code_cells_in(notebook) if cell.id))
    end = file.positions.get(above or "")
    latest: dict[tuple[TurnKey, bool], SavedTurn] = {}
    for turn in file.turns():
        if not turn.is_own or turn.once or not is_name(turn.conversation):
            continue
        other = latest.get((turn.key, turn.practice))
        if other is None or other.execution <= turn.execution:
            latest[turn.key, turn.practice] = turn
    turns = (turn for turn in latest.values() if end is None or turn.position < end)
    return tuple(sorted(turns, key=lambda turn: (turn.position, turn.key.ask)))


def saved_answers(notebook: Mapping[str, Any]) -> tuple[SavedTurn, ...]:
    """Read every whole answer out of a notebook, in the order of the file, for replay.

    Those asked with `--once` and those replaced later are included; copies are,
    where no cell of the file has an id (up to nbformat 4.4).

    Parameters
    ----------
    notebook : Mapping
        The parsed file; not trusted.
    """
    cells = tuple(code_cells_in(notebook))
    file = _File(tuple(cell for cell in cells if cell.id) or cells)
    return tuple(turn for turn in file.turns() if turn.finish_reason in _ENDINGS)


def sha_of(value: Any) -> str:
    """Return the SHA-256 of a text, or of a value's canonical JSON."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _File:
    """The code cells of a file, and the ids by which its answers refer to them."""

    def __init__(self, cells: tuple[CodeCell, ...]) -> None:
        self.cells = cells
        self.positions = {cell.id: cell.position for cell in reversed(cells) if cell.id}
        self._cells = {cell.id: cell for cell in reversed(cells)}
        self._ids = {name: cell.id for cell in reversed(cells) for name in cell.names}
        for cell in cells:
            for record, _ in cell.records:
                name = record.get("cell")
                # Those of VS Code are new each time it opens a file.
                if cell.id and is_name(name) and is_hashed(name):
                    self._ids.setdefault(name, cell.id)

    def turns(self) -> Iterator[SavedTurn]:
        """Yield all answers, also replaced ones and those asked with `--once`."""
        for cell in self.cells:
            asks = 0
            for record, data in cell.records:
                owner = self._owner(cell, record)
                asks += owner is not None
                turn = self._turn(owner, record, data, asks) if owner is not None else None
                if turn is not None:
                    yield turn

    def _owner(self, cell: CodeCell, record: Mapping[str, Any]) -> CodeCell | None:
        """Return the cell that asked for an answer, None for a copied one."""
        name = record.get("cell")
        # Without a recorded cell it is taken to be the cell that shows the answer.
        if not cell.id or name is None or self._ids.get(str(name)) == cell.id:
            return cell
        owner = self._cells.get(self._ids.get(str(name), ""))
        # Another cell shows the outputs that `%%capture` stored.
        is_captured = owner is not None and owner.source.lstrip().startswith("%%capture")
        return owner if is_captured else None

    def _turn(
        self, cell: CodeCell, record: Mapping[str, Any], data: Mapping[str, Any], asks: int
    ) -> SavedTurn | None:
        answer = text_of(data.get("text/plain"))
        prompt = record["prompt"] if "prompt" in record else prompt_in(cell.source)
        model, ending = record.get("model"), record.get("finish_reason")
        if answer is None or not (isinstance(prompt, str) and is_name(model) and is_name(ending)):
            return None
        recorded = self._key(record)
        shown = TurnKey(cell.id or None, recorded.ask if recorded else asks)
        replaced = self._key(record["replaces"]) if record.get("replaces") is not None else shown
        # The cell that was retried is deleted where the file lacks it.
        key = replaced if replaced is not None and replaced.cell in self.positions else shown
        sha = string_of(record.get("prompt_sha"))
        has_no_id = record.get("cell", "") is None and sha is not None
        html, asking = text_of(data.get("text/html")) or "", self._cells.get(key.cell or "")
        return SavedTurn(
            key=key,
            shown=shown,
            conversation=string_of(record.get("conversation")) or "",
            prompt=prompt,
            answer=answer,
            model=model,
            finish_reason=ending,
            usage=counts_in(record.get("usage")),
            system=system_in(record),
            practice=record.get("practice") is True,
            options={k: v for k, v in mapping_of(record.get("options")).items() if is_name(k)},
            position=self.positions.get(key.cell or "", cell.position),
            recorded_cell=string_of(record.get("cell")),
            execution=cell.execution,
            prompt_sha=sha,
            values_sha=string_of(record.get("values_sha")),
            html=html,
            has_other_kinds=bool(data.keys() - (_OUR_KINDS if html else {"text/plain"})),
            sources=(cell.source, asking.source if asking is not None else ""),
            hides_prompt="source" in (asking or cell).hidden,
            hides_answer="outputs" in cell.hidden,
            is_recorded="prompt" in record,
            is_newer=record.get("version", 1) not in range(1, METADATA_VERSION + 1),
            is_own=replaced is not None and (recorded is not None or has_no_id),
            once=bool(record.get("once")),
            included=names_in(record),
            above_sha=sha_in(record.get("above_sha")),
            code_sha=sha_in(record.get("code_sha")),
        )

    def _key(self, record: Any) -> TurnKey | None:
        """Return the key in a record, with the cell's id in the file; None without a valid key."""
        cell, ask = mapping_of(record).get("cell"), mapping_of(record).get("ask")
        if is_name(cell) and type(ask) is int and 1 <= ask <= _MOST_ASKS:
            return TurnKey(self._ids.get(cell, cell), ask)
        return None
