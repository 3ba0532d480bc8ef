"""What goes back to the model of a piece of code that ran, within the limits on the user's data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import scrub
from groq_magic.api.request import without_surrogates
from groq_magic.assistant import Cell
from groq_magic.assistant.cuts import cut_middle
from groq_magic.assistant.failure.trace import trace_text
from groq_magic.clipping import tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt import Extent, describe
from groq_magic.prompt.image import image_of
from groq_magic.prompt.summary import is_data
from groq_magic.session.cell_history import CellHistory

if TYPE_CHECKING:
    from groq_magic.assistant import Context
    from groq_magic.prompt import PromptImage
    from groq_magic.session.session import Session
    from groq_magic.tools.code_run import CodeRun

__all__ = ["CodeOutput", "output_of_run"]

_MOST_IMAGES = 3  # of a request
_LONGEST_PART = 4_000
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")
_NOTHING = "It ran. It printed nothing and has no value."


@dataclass(frozen=True)
class CodeOutput:
    """What may go back to the model of a piece of code that ran.

    Parameters
    ----------
    text : str
        Without secrets, cut to a budget.
    images : tuple of PromptImage
    is_schema : bool
        Whether it contains no more than the schema of a value.
    """

    text: str
    images: tuple[PromptImage, ...] = field(default=(), repr=False)
    is_schema: bool = False

    @property
    def size(self) -> str:
        """Its size in words."""
        count = len(self.images)
        figures = f" and {count} figure{'s' * (count > 1)}" if count else ""
        return f"{len(self.text):,} characters{figures}"

    def below(self, text: str) -> CodeOutput:
        """Return it with another text above."""
        return replace(self, text=f"{text}\n\n{self.text}", is_schema=False)


def output_of_run(session: Session, run: CodeRun, *, sees: bool) -> CodeOutput:
    """Return what may go back to the model.

    Parameters
    ----------
    session : Session
    run : CodeRun
    sees : bool
        Whether the model takes images.
    """
    cell = Cell(None, run.code)
    context = _context(session, run, cell)
    parts, is_schema = [], True
    printed = _tidy(run.printed)
    if printed:
        parts.append(f"Printed:\n{cut_middle(context.output(printed), _LONGEST_PART)}")
        is_schema = False
    for value in run.values:
        whole, schema = _described(context, value), tried(partial(context.added, value), "")
        parts.append(f"Value:\n{whole}")
        # A number or a text is its own summary.
        is_all = context.privacy.rows == 0 or (is_data(value) and whole == schema)
        is_schema = is_schema and is_all
    if run.error is not None:
        error = run.error
        found = tried(lambda: trace_text(error, cell, context), type_name(error))
        parts.append(f"Failed:\n{cut_middle(found, _LONGEST_PART)}")
        is_schema = False
    images, lines = _images(session, run, sees=sees)
    text = "\n\n".join([*parts, *lines]) or _NOTHING
    text = without_surrogates(scrub(session.secrets().hidden(text)))[0]
    return CodeOutput(text, images, is_schema and not images)


def _context(session: Session, run: CodeRun, cell: Cell) -> Context:
    history = CellHistory(session)

    def cell_of(name: str) -> Cell | None:
        return cell if name == run.file else history.of_file(name)

    return replace(history.context(0), cell_of=cell_of).holding(run.error)


def _tidy(printed: str) -> str:
    """Return text without colours, and without what later text in its line has replaced."""
    text = _COLOURS.sub("", printed).replace("\r\n", "\n")
    return _OVERWRITTEN.sub("", text).strip("\n")


def _described(context: Context, value: Any) -> str:
    """Return a value as a prompt that names it shows it; only its schema where that is all."""
    privacy = context.privacy
    if privacy.rows == 0:
        return context.added(value)
    try:
        found = describe(value, Extent(privacy))
    except PromptError:
        return type_name(value)
    text = context.hidden(found.body, value)
    heading = found.heading if "\n" in text or found.facts else ""
    return "\n".join(filter(None, (heading, cut_middle(text, _LONGEST_PART)))) or found.heading


def _images(
    session: Session, run: CodeRun, *, sees: bool
) -> tuple[tuple[PromptImage, ...], tuple[str, ...]]:
    """Return the figures that may be sent, and lines about the others."""
    count = len(run.images)
    if not count:
        return (), ()
    figures = f"{count} figure{'s' * (count > 1)}"
    if session.privacy().rows == 0:
        return (), (f"[{figures}, left out: no values may be sent]",)
    if not sees:
        return (), (f"[{figures}, shown to the user; this model takes no images]",)
    found = [
        tried(partial(image_of, f"figure {number}", image), None)
        for number, image in enumerate(run.images[-_MOST_IMAGES:], 1)
    ]
    images = tuple(each for each in found if each is not None)
    return images, (f"[{figures}; the next message shows {len(images)}]",)
