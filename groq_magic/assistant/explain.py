"""The prompts of `%groq_explain`."""

from __future__ import annotations

import inspect
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.cell import Cell
from groq_magic.assistant.exceptions import class_name
from groq_magic.assistant.failure.error_sections import add_error, add_other_code, secrets_of
from groq_magic.assistant.failure.failure import Failure, facts_of
from groq_magic.assistant.failure.variables import versions
from groq_magic.assistant.prompt import DATA_RULE, AssistantPrompt, Question, Sections
from groq_magic.assistant.values import ROUTINES, signature, source_of
from groq_magic.clipping import is_a, tried
from groq_magic.errors import PromptError
from groq_magic.prompt import Extent, PrivateValues, describe
from groq_magic.prompt.scalars import is_scalar

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context

__all__ = ["LEVELS", "explain_cell", "explain_failure", "explain_value"]

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


def explain_cell(
    cell: Cell, result: str, failure: Failure | None, asked: Question, context: Context
) -> AssistantPrompt:
    """Compose the prompt for a cell, with what came of it.

    Parameters
    ----------
    cell : Cell
    result : str
        Its result or what it printed, "" for none.
    failure : Failure or None
        How it failed.
    asked : Question
    context : Context
    """
    facts = facts_of(failure, context) if failure is not None else None
    hide = secrets_of(failure or Failure(cell), facts, context).hidden
    sections = Sections(asked.request("Explain this cell."), context.room, hide)
    sections.add(f"{cell.name.capitalize()}:", cell.source, name=cell.name, language=cell.language)
    sections.add("What came of it:", result, name="its output", share=_HALF)
    if failure is not None:
        add_error(sections, failure, facts, context, output=False)
    return _composed(sections, asked, cell)


def explain_failure(failure: Failure, asked: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt for an error."""
    cell, facts = failure.cell, facts_of(failure, context)
    hide = secrets_of(failure, facts, context).hidden
    sections = Sections(asked.request("Explain why this cell failed."), context.room, hide)
    sections.add(
        f"{cell.name.capitalize()}:",
        cell.source,
        name=cell.name,
        language=cell.language,
        share=_HALF,
        line=facts.line if facts is not None else 1,
    )
    add_error(sections, failure, facts, context, output=False)
    add_other_code(sections, facts)
    sections.say(f"Versions: {facts.versions if facts is not None else versions()}.")
    return _composed(sections, asked, cell)


def explain_value(name: str, value: Any, asked: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt for a function, a class, a module or any other value.

    Parameters
    ----------
    name : str
        As the user named it.
    value : Any
    asked : Question
    context : Context

    Raises
    ------
    PromptError
        For what can't be shown as text.
    """
    try:
        shown, language, what = _shown(name, value, context)
    except (PromptError, KeyboardInterrupt):
        raise
    except BaseException as error:
        kind, reason = class_name(type(value)), class_name(type(error))
        raise PromptError(f"`{name}`, a {kind}, can't be looked at: it raised {reason}.") from error
    hide = context.secrets(shown).hidden
    sections = Sections(asked.request(f"Explain `{name}`, {what}."), context.room, hide)
    sections.add(f"`{name}`:", shown, name=name, language=language)
    # Of code it is the code that is explained: another function of that name is another question.
    return _composed(sections, asked, *([Cell(None, shown)] if language == "python" else ()))


def _shown(name: str, value: Any, context: Context) -> tuple[str, str, str]:
    """Return what is known of a value, the language of that, and what it is."""
    if is_a(value, ModuleType):
        return _doc(value) or f"module {value.__name__}", "text", f"the module {value.__name__}"
    if is_a(value, type, *ROUTINES):
        what = signature(value, names_alone=context.privacy.has_limits)
        source = source_of(value, context)
        if source:
            return source, "python", f"a {what.partition(' ')[0]}"
        return "\n\n".join(filter(None, (what, _doc(value)))), "text", f"a {what}"
    kind = class_name(type(value))
    # The user names it: more than its schema is sent.
    found = describe(value, Extent(context.privacy)).text
    # A number or a text with a name of its own was named; another may be a table's.
    if not (name.isidentifier() and (is_scalar(value) or is_a(value, str))):
        found = PrivateValues.of_session(context.namespace, context.privacy.named, value).hidden(
            found
        )
    return found, "text", f"a {kind}"


def _doc(value: Any) -> str:
    return tried(lambda: inspect.getdoc(value) or "", "")  # a user's descriptor may raise anything


def _composed(sections: Sections, asked: Question, *cells: Cell) -> AssistantPrompt:
    return AssistantPrompt(
        intent="explain",
        typed=asked.typed,
        prompt=sections.text,
        system=_SYSTEM.format(reader=_READERS[asked.level], data=DATA_RULE),
        included=sections.included,
        cells=cells,
    )
