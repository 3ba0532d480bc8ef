"""Moves of a user on a notebook's page, and what its turns then are, read off the page itself.

What should be sent is known from the text of the editors in the document, in which each cell's
first number is its own, and from which prompts were asked; our JavaScript is not asked, nor
JupyterLab's model but for one thing: whether the lower part of a split cell has still its id.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.browser.notebook_page import Notebook

__all__ = ["Cells", "sent_prompts"]

MAGIC = re.compile(r"%%groq.*\n")
NUMBER = re.compile(r"(?:%%groq.*\n)?(\d+)")
TEXTS = """(id) => {
  const panel = id ? document.getElementById(id) : document;
  return [...panel.querySelectorAll(".jp-Notebook .jp-Cell")].map((cell) =>
    [...cell.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\\n"));
}"""


def sent_prompts(practice: Any) -> list[list[str]]:
    """Return the prompts of each request, the asked one last."""
    return [
        [each["content"].strip() for each in record["body"]["messages"] if each["role"] == "user"]
        for record in practice.requests()
    ]


def number_of(text: str) -> str:
    """Return the number of the cell that has this text; the text itself of one without."""
    found = NUMBER.match(text)
    return found[1] if found else text


@dataclass(eq=False)
class CellPrompt:
    """The prompt that a cell was last asked with; one object for all numbers of the cell."""

    prompt: str | None = None


class Cells:
    """The cells of one notebook's page; the first is left where it is.

    Parameters
    ----------
    notebook : Notebook
    practice : PracticeServer
        Where its asks go.
    """

    def __init__(self, notebook: Notebook, practice: Any) -> None:
        self.trail: list[str] = []
        self._notebook = notebook
        self._practice = practice
        self._panel = notebook.panel("panel.id")
        self._numbers = itertools.count(1001)
        self._asked = {number_of(text): CellPrompt() for text in self.texts()}

    def texts(self) -> list[str]:
        """Return the text of each cell, from top to bottom, as the document has it."""
        page = self._notebook.page
        # An editor is drawn when its cell is: not at once where many are out of sight.
        page.wait_for_function(f"(id) => ({TEXTS})(id).every(Boolean)", arg=self._panel)
        return list(page.evaluate(TEXTS, self._panel))

    def at(self, part: str) -> int:
        """Return the index of the one cell that has these characters, the first one aside."""
        # That one has a port's digits, by chance any two of them.
        (index,) = (index for index, text in enumerate(self.texts()) if index and part in text)
        return index

    def front(self) -> None:
        page = self._notebook.page
        page.evaluate("(id) => window.jupyterapp.shell.activateById(id)", self._panel)
        page.wait_for_function(
            "(id) => window.jupyterapp.shell.currentWidget?.id === id", arg=self._panel
        )

    # The moves

    def insert(self, index: int) -> None:
        """Insert a prompt below."""
        number = next(self._numbers)
        self._do(f"insert {number}", index, "insert-cell-below")
        # Its lines are code as well, should they be split off.
        self._write(index + 1, f"%%groq\n{number}\n{number}0")
        self._asked[f"{number}"] = CellPrompt()

    def edit(self, index: int) -> None:
        """Write one more line into a cell."""
        text, number = self.texts()[index], next(self._numbers)
        self._do(f"edit {number}", index)
        self._write(index, f"{text}\n{number}")

    def move_up(self, index: int) -> None:
        self._do("move up", index, "move-cell-up")

    def move_down(self, index: int) -> None:
        self._do("move down", index, "move-cell-down")

    def delete(self, index: int) -> None:
        self._do("delete", index, "delete-cell")

    def cut(self, index: int) -> None:
        self._do("cut", index, "cut-cell")

    def paste(self, index: int) -> None:
        """Paste below the cell that was cut, if it isn't on the page."""
        self._do("paste", index, "paste-cell-below")

    def undo(self, index: int) -> None:
        self._do("undo", index, "undo-cell-action")

    def split(self, index: int) -> bool:
        """Split after the second line: the upper part is a new cell for the notebook.

        Returns
        -------
        bool
            Whether the lower part is still the cell; in JupyterLab 4.2 it is a new one too.
        """
        cell, cell_id = self._asked[number_of(self.texts()[index])], self._id(index)
        self._do("split", index)
        self._notebook.command("notebook:enter-edit-mode")
        place = "{ line: 2, column: 0 }"
        self._notebook.panel(f"panel.content.activeCell.editor.setCursorPosition({place})")
        self._notebook.command("notebook:split-cell-at-cursor")
        self._notebook.command("notebook:enter-command-mode")
        self._number(index, CellPrompt())
        is_cell = self._id(index + 1) == cell_id
        self._number(index + 1, cell if is_cell else CellPrompt())
        return is_cell

    def merge(self, index: int) -> None:
        """Merge with the cell below: the whole is a new cell for the notebook."""
        self._do("merge", index, "merge-cell-below")
        self._number(index, CellPrompt())

    def run(self, index: int) -> None:
        """Run a cell, and check what it sent against what stands above it on the page."""
        texts = self.texts()
        text = texts[index]
        own = self._asked[number_of(text)]
        above = [self._asked[number_of(each)].prompt for each in texts[:index]]
        self._practice.forget_requests()
        self._do("run", index, "run-cell")
        if not MAGIC.match(text):
            # A cell that asks nothing keeps the turn it had.
            self._check([])
            return
        own.prompt = MAGIC.sub("", text, count=1).strip()
        self._check([[*(prompt for prompt in above if prompt is not None), own.prompt]])

    def is_here(self, text: str) -> bool:
        """Whether the cell that had this text is on the page, with whatever text."""
        cell = self._asked[number_of(text)]
        return any(self._asked[number_of(each)] is cell for each in self.texts())

    def _check(self, expected: list[list[str]]) -> None:
        sent = sent_prompts(self._practice)
        story = ("What was done:", *self.trail, "The page:", *map(repr, self.texts()))
        differ = (f"Sent:     {sent}", f"Expected: {expected}")
        assert sent == expected, "\n".join((*story, *differ))

    def _do(self, what: str, index: int, command: str = "") -> None:
        self.trail.append(f"{what}: cell {index}")
        self._notebook.panel(
            f"[panel.content.activeCellIndex = {index}, panel.content.deselectAll()].length"
        )
        if command:
            self._notebook.command(f"notebook:{command}")

    def _id(self, index: int) -> str:
        return str(self._notebook.panel(f"panel.content.widgets[{index}].model.id"))

    def _number(self, index: int, asked: CellPrompt) -> None:
        """Give a cell a number of its own."""
        text, number = self.texts()[index], next(self._numbers)
        magic = MAGIC.match(text)
        head = magic[0] if magic else ""
        self._asked[f"{number}"] = asked
        self._write(index, f"{head}{number}\n{text.removeprefix(head)}")

    def _write(self, index: int, text: str) -> None:
        self._notebook.panel(
            f"panel.content.widgets[{index}].model.sharedModel.setSource({text!r})"
        )
        self._notebook.page.wait_for_function(
            f"([id, index, text]) => ({TEXTS})(id)[index] === text", arg=[self._panel, index, text]
        )
