"""Shapes of answers to `%groq_fix` and `%%groq_code`, and what must come out of each.

The Markdown files in `answers/` hold them, one a heading: the failing cell in a fence of six
tildes marked `cell` (`cell 5` where there are several; none for `%%groq_code`), the model's
`answer`, and the cell to be added, `next` (`next 2` where it is another cell than the first);
or, in a quote, the reason why none is. A list holds the remarks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.assistant import AssistantPrompt, Cell, CodeChoice, code_choice_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Scores", "Shape", "scores", "shapes"]

FOLDER = Path(__file__).parent / "answers"
HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
PART = re.compile(r"^~{6}(\w+)(?: (\d+))?\n(.*?)^~{6}$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"\(line (\d+)\)")
CELL_NUMBER = 3  # where the file gives none


@dataclass(frozen=True)
class Shape:
    """One shape of an answer.

    Parameters
    ----------
    name : str
        Its heading; "(CRLF)" and "(cut off)" in it mean what they say, "(line 2)" is the
        failing line.
    cells : tuple of Cell
        The failing one first.
    answer : str
    code : str
        The cell that must come out, "" for none.
    number : int or None
        Which cell that is.
    why : str
        The reason where none is added.
    remarks : tuple of str
    """

    name: str
    cells: tuple[Cell, ...]
    answer: str
    code: str
    number: int | None
    why: str
    remarks: tuple[str, ...]

    @cached_property
    def choice(self) -> CodeChoice:
        """What came out."""
        intent = "fix" if self.cells else "write"
        language = self.cells[0].language if self.cells else "python"
        line = LINE.search(self.name)
        prompt = AssistantPrompt(
            intent,
            "",
            "",
            "",
            cells=self.cells,
            line=int(line[1]) if line else 0,
            language=language,
        )
        return code_choice_of(prompt, self.answer, whole="(cut off)" not in self.name)

    @property
    def offers_wrong_cell(self) -> bool:
        """Whether a cell came out that is not the right one."""
        return bool(self.choice.code) and not self.is_right

    @property
    def is_right(self) -> bool:
        """Whether the right cell came out, for the right cell of the notebook."""
        cell = self.choice.cell
        return self.choice.code == self.code and (cell.number if cell else None) == self.number

    @property
    def is_as_expected(self) -> bool:
        """Whether the cell, the reason and the remarks are those of the file."""
        choice = self.choice
        return self.is_right and (choice.why, choice.remarks) == (self.why, self.remarks)


@dataclass(frozen=True)
class Scores:
    """What came of many answers.

    Parameters
    ----------
    total : int
    sufficient : int
        Those from which the right cell can be made.
    right : int
        Those that gave it, exactly.
    refused : int
        Those that gave a reason instead.
    missed : int
        Those refused though they suffice.
    wrong : int
        Those that gave another cell than the right one.
    """

    total: int
    sufficient: int
    right: int
    refused: int
    missed: int
    wrong: int

    @property
    def is_good(self) -> bool:
        """Whether no cell is wrong, and four of five that can be made are."""
        return not self.wrong and self.right >= 0.8 * self.sufficient


def scores(found: Sequence[Shape]) -> Scores:
    """Return what comes of each shape, counted."""
    refused = [shape for shape in found if not shape.choice.code and shape.choice.why]
    return Scores(
        total=len(found),
        sufficient=sum(bool(shape.code) for shape in found),
        right=sum(bool(shape.code) and shape.is_right for shape in found),
        refused=len(refused),
        missed=sum(bool(shape.code) for shape in refused),
        wrong=sum(shape.offers_wrong_cell for shape in found),
    )


def shapes() -> Iterator[Shape]:
    """Yield the shapes of all files."""
    for path in sorted(FOLDER.glob("*.md")):
        _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            yield _shape(f"{path.stem}: {name}", text)


def _shape(name: str, text: str) -> Shape:
    found = [(kind, number, body.removesuffix("\n")) for kind, number, body in PART.findall(text)]
    rest = PART.sub("", text).strip().splitlines()
    cells = tuple(
        Cell(int(number or CELL_NUMBER), body) for kind, number, body in found if kind == "cell"
    )
    (answer,) = (body for kind, _, body in found if kind == "answer")
    if "(CRLF)" in name:
        answer = answer.replace("\n", "\r\n")
    expected = [
        (int(number or CELL_NUMBER), body) for kind, number, body in found if kind == "next"
    ]
    number, code = expected[0] if expected else (None, "")
    return Shape(
        name,
        cells,
        answer,
        code,
        number if cells else None,
        " ".join(line.removeprefix("> ") for line in rest if line.startswith("> ")),
        tuple(line.removeprefix("- ") for line in rest if line.startswith("- ")),
    )
