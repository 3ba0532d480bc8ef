"""The output of code that ran, as the model may get it: within the limits on the user's data."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import scrub
from groq_magic.api.request import without_surrogates
from groq_magic.assistant import Cell
from groq_magic.assistant.cuts import cut_middle
from groq_magic.assistant.failure.trace import trace_text
from groq_magic.clipping import count_of, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt import Extent, describe
from groq_magic.prompt.image import image_of
from groq_magic.prompt.summary import is_data
from groq_magic.session.cell_history import CellHistory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.assistant import Context
    from groq_magic.prompt import PromptImage
    from groq_magic.session.session import Session
    from groq_magic.tools.code_run import CodeRun

__all__ = ["CodeOutput", "column_names", "output_of_run"]

_WORD = re.compile(r"\w+")
# Column types whose names contain fields, categories or values.
_NAMING_TYPE = re.compile(r"[{<]|Enum|Sparse", re.IGNORECASE)
_MOST_IMAGES = 3  # the limit of one request
_LONGEST_PART = 4_000
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NOTHING = "It ran. It printed nothing and has no value."


@dataclass(frozen=True)
class CodeOutput:
    """The output of code that ran, as the model may get it.

    Parameters
    ----------
    text : str
        The text without secrets, cut to a limit.
    images : tuple of PromptImage
    is_schema : bool
        Whether the output is only the schema of a value.
    """

    text: str
    images: tuple[PromptImage, ...] = field(repr=False)
    is_schema: bool

    @property
    def size(self) -> str:
        """The size in words."""
        figures = f" and {count_of(len(self.images), 'figure')}" if self.images else ""
        return f"{len(self.text):,} characters{figures}"

    def below(self, text: str) -> CodeOutput:
        """Return the output with a text above it."""
        return replace(self, text=f"{text}\n\n{self.text}", is_schema=False)


def output_of_run(
    session: Session, run: CodeRun, known: frozenset[str], *, sees: bool
) -> CodeOutput:
    """Return the output of a run as the model may get it.

    Parameters
    ----------
    session : Session
    run : CodeRun
    known : frozenset of str
        The names of columns that the session's tables had before the run.
    sees : bool
        Whether the model takes images.
    """
    cell = Cell(None, run.code)
    context = _context(session, run, cell)
    parts, is_schema = [], True
    printed = _as_shown(run.printed)
    if printed:
        parts.append(f"Printed:\n{cut_middle(context.output(printed), _LONGEST_PART)}")
        is_schema = False
    for value in run.values:
        whole, schema = _described(context, value), tried(partial(context.schema_of, value), "")
        parts.append(f"Value:\n{whole}")
        is_schema = is_schema and whole == schema and _has_known_names(value, run.code, known)
    if run.error is not None:
        error = run.error
        found = tried(lambda: trace_text(error, cell, context), type_name(error))
        parts.append(f"Failed:\n{cut_middle(found, _LONGEST_PART)}")
        is_schema = False
    images, lines = _images(session, run, sees=sees)
    text = "\n\n".join([*parts, *lines]) or _NOTHING
    text = without_surrogates(scrub(session.secrets().hide(text)))[0]
    return CodeOutput(text, images, is_schema and not images)


def column_names(namespace: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the columns of a session's tables."""
    return frozenset(
        name for value in tuple(namespace.values()) if is_data(value) for name in _names_of(value)
    )


def _has_known_names(value: Any, code: str, known: frozenset[str]) -> bool:
    """Whether all columns of a table existed before the run, or occur in the code.

    Code can turn values into column names. Only DataFrames of pandas and polars can pass: the
    name of another class may be a value too.
    """
    frames = [getattr(sys.modules.get(name), "DataFrame", None) for name in ("pandas", "polars")]
    names = _names_of(value) if type(value) in frames else ()
    words = frozenset(_WORD.findall(code))
    types = tried(lambda: " ".join(map(str, value.dtypes)), "{")
    if _NAMING_TYPE.search(types):
        return False
    return bool(names) and all(name in known or name in words for name in names)


def _names_of(value: Any) -> tuple[str, ...]:
    def read() -> tuple[str, ...]:
        levels = getattr(getattr(value, "index", None), "names", ())
        return tuple(map(str, (*value.columns, *(each for each in levels if each is not None))))

    return tried(read, ())


def _context(session: Session, run: CodeRun, cell: Cell) -> Context:
    history = CellHistory(session)

    def cell_of(name: str) -> Cell | None:
        return cell if name == run.file else history.of_file(name)

    return replace(history.context(0), cell_of=cell_of).with_locals_of(run.error)


def _as_shown(printed: str) -> str:
    """Return text without colours, and without text before a carriage return."""
    text = _COLOURS.sub("", printed).replace("\r\n", "\n")
    return "\n".join(line.rpartition("\r")[2] for line in text.split("\n")).strip("\n")


def _described(context: Context, value: Any) -> str:
    """Return a value as `{{name}}` would include it; at `rows_sent = 0` its schema alone."""
    privacy = context.privacy
    try:
        if privacy.rows == 0:
            return context.schema_of(value)
        found = describe(value, Extent(privacy))
    except PromptError:
        return type_name(value)
    text = context.hide(found.body, value)
    heading = found.heading if "\n" in text or found.facts else ""
    return "\n".join(filter(None, (heading, cut_middle(text, _LONGEST_PART)))) or found.heading


def _images(
    session: Session, run: CodeRun, *, sees: bool
) -> tuple[tuple[PromptImage, ...], tuple[str, ...]]:
    """Return the figures that may be sent, and lines about the others."""
    if not run.images:
        return (), ()
    figures = count_of(len(run.images), "figure")
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
