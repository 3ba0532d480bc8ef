"""The prompts that ask for an explanation."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.composed import Composed
from groq_magic.assistant.failure import facts_of
from groq_magic.assistant.message import type_name
from groq_magic.assistant.page import DATA_RULE, Page
from groq_magic.assistant.source import source_of
from groq_magic.assistant.values import ROUTINES, signature
from groq_magic.assistant.variables import versions
from groq_magic.clipping import is_a, tried
from groq_magic.errors import PromptError
from groq_magic.prompt import summarise

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.failure import ErrorFacts, Failure
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["LEVELS", "Question", "explain_cell", "explain_failure", "explain_value"]

LEVELS = ("beginner", "expert")
_READERS = MappingProxyType(
    {
        "": "someone who knows the language and wants to understand this piece",
        "beginner": "a beginner: define every term that you use, and give one small example",
        "expert": "an expert: no basics; say what is subtle, costly, or likely to break",
    }
)
_SYSTEM = """You explain code, values and errors of a Jupyter notebook to {reader}.
Say first in one sentence what it is or does, then how, in the order in which it happens. Be \
short and exact; quote the names that are there. Don't rewrite the code unless you are asked to.
{data}"""
_HALF = 0.5


@dataclass(frozen=True)
class Question:
    """What the user asked.

    Parameters
    ----------
    said : str
        The magic's line as typed.
    words : str
        What the user said of it, "" for nothing.
    level : str
        One of `LEVELS`, or "".
    """

    said: str
    words: str = ""
    level: str = ""

    def request(self, wish: str) -> str:
        """Return our wish with the user's words."""
        return f"{wish}\nWhat I say of it: {self.words}" if self.words else wish


def explain_cell(
    cell: Cell, result: str, failure: Failure | None, asked: Question, known: Surroundings
) -> Composed:
    """Compose the prompt for a cell, with what came of it.

    Parameters
    ----------
    cell : Cell
    result : str
        Its result or what it printed, "" for none.
    failure : Failure or None
        How it failed.
    asked : Question
    known : Surroundings
    """
    page = Page(asked.request("Explain this cell."), known.room)
    page.add(f"{cell.name.capitalize()}:", cell.source, name=cell.name, language=cell.language)
    page.add("What came of it:", result, name="its output", share=_HALF)
    if failure is not None:
        _add_failure(page, failure, known)
    return _composed(page, asked, cell)


def explain_failure(failure: Failure, asked: Question, known: Surroundings) -> Composed:
    """Compose the prompt for an error."""
    page = Page(asked.request("Explain why this cell failed."), known.room)
    cell = failure.cell
    page.add(
        f"{cell.name.capitalize()}:",
        cell.source,
        name=cell.name,
        language=cell.language,
        share=_HALF,
    )
    facts = _add_failure(page, failure, known)
    page.say(f"Versions: {facts.versions if facts is not None else versions(None, known)}.")
    return _composed(page, asked, cell)


def explain_value(name: str, value: Any, asked: Question, known: Surroundings) -> Composed:
    """Compose the prompt for a function, a class, a module or any other value.

    Parameters
    ----------
    name : str
        As the user named it.
    value : Any
    asked : Question
    known : Surroundings

    Raises
    ------
    PromptError
        For what can't be shown as text.
    """
    try:
        shown, language, what = _shown(value, known)
    except (PromptError, KeyboardInterrupt):
        raise
    except BaseException as error:
        kind, reason = type_name(type(value)), type_name(type(error))
        raise PromptError(f"`{name}`, a {kind}, can't be looked at: it raised {reason}.") from error
    page = Page(asked.request(f"Explain `{name}`, {what}."), known.room)
    page.add(f"`{name}`:", shown, name=name, language=language)
    return _composed(page, asked)


def _shown(value: Any, known: Surroundings) -> tuple[str, str, str]:
    """Return what is known of a value, the language of that, and what it is."""
    if is_a(value, ModuleType):
        return _doc(value) or f"module {value.__name__}", "text", f"the module {value.__name__}"
    if is_a(value, type, *ROUTINES):
        what = signature(value)
        source = source_of(value, known)
        if source:
            return source, "python", f"a {what.partition(' ')[0]}"
        return "\n\n".join(filter(None, (what, _doc(value)))), "text", f"a {what}"
    kind = type_name(type(value))
    return summarise(value), "text", f"a {kind}"


def _doc(value: Any) -> str:
    return tried(lambda: inspect.getdoc(value) or "", "")  # a user's descriptor may raise anything


def _add_failure(page: Page, failure: Failure, known: Surroundings) -> ErrorFacts | None:
    facts = facts_of(failure, known)
    told = facts.trace if facts is not None else failure.told
    page.add("What it said:", told, name="its error", share=_HALF)
    if facts is not None:
        for name, text in facts.variables:
            page.add(f"`{name}`, which the failing line names:", text, name=name, share=_HALF)
        page.add("What is nearly called so:", facts.hint, name="a similar name")
    return facts


def _composed(page: Page, asked: Question, *cells: Cell) -> Composed:
    return Composed(
        wish="explain",
        said=asked.said,
        prompt=page.text,
        system=_SYSTEM.format(reader=_READERS[asked.level], data=DATA_RULE),
        inserted=page.inserted,
        cells=cells,
    )
