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

__all__ = ["READERS", "explain_cell", "explain_failure", "explain_value"]

# By the level of `%groq_explain`, "" without one.
READERS = MappingProxyType(
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
    cell: Cell, result: str, failure: Failure | None, question: Question, context: Context
) -> AssistantPrompt:
    """Compose the prompt for a cell, with its output.

    Parameters
    ----------
    cell : Cell
    result : str
        The last value and the printed output, "" for none.
    failure : Failure or None
        The cell's failure.
    question : Question
    context : Context
    """
    facts = facts_of(failure, context) if failure is not None else None
    hide = secrets_of(failure or Failure(cell), facts, context).hide
    sections = Sections(question.request("Explain this cell."), context.room, hide)
    sections.add(f"{cell.name.capitalize()}:", cell.source, name=cell.name, language=cell.language)
    sections.add("Its output:", result, name="its output", share=_HALF)
    if failure is not None:
        add_error(sections, failure, facts, context, output=False)
    return _prompt_of(sections, question, cell)


def explain_failure(failure: Failure, question: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt for an error."""
    cell, facts = failure.cell, facts_of(failure, context)
    hide = secrets_of(failure, facts, context).hide
    sections = Sections(question.request("Explain why this cell failed."), context.room, hide)
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
    sections.add_sentence(f"Versions: {facts.versions if facts is not None else versions()}.")
    return _prompt_of(sections, question, cell)


def explain_value(name: str, value: Any, question: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt for a function, a class, a module or any other value.

    Parameters
    ----------
    name : str
        The user's name for it.
    value : Any
    question : Question
    context : Context

    Raises
    ------
    PromptError
        When the value can't be shown as text.
    """
    try:
        shown, language, what = _shown(name, value, context)
    except (PromptError, KeyboardInterrupt):
        raise
    except BaseException as error:
        kind, reason = class_name(type(value)), class_name(type(error))
        raise PromptError(f"`{name}`, a {kind}, can't be read: it raised {reason}.") from error
    hide = context.secrets(shown).hide
    sections = Sections(question.request(f"Explain `{name}`, {what}."), context.room, hide)
    sections.add(f"`{name}`:", shown, name=name, language=language)
    # For code the question is about the code, not the name: it changes with the code.
    return _prompt_of(sections, question, *([Cell(None, shown)] if language == "python" else ()))


def _shown(name: str, value: Any, context: Context) -> tuple[str, str, str]:
    """Return a value as text, the language of the text, and what the value is."""
    if is_a(value, ModuleType):
        return _doc(value) or f"module {value.__name__}", "text", f"the module {value.__name__}"
    if is_a(value, type, *ROUTINES):
        what = signature(value, names_alone=context.privacy.has_limits)
        source = source_of(value, context)
        if source:
            return source, "python", f"a {what.partition(' ')[0]}"
        return "\n\n".join(filter(None, (what, _doc(value)))), "text", f"a {what}"
    kind = class_name(type(value))
    found = describe(value, Extent(context.privacy)).text
    # A scalar or text in a variable is the user's choice; one within a table may be private.
    if not (name.isidentifier() and (is_scalar(value) or is_a(value, str))):
        found = PrivateValues.of_session(context.namespace, context.privacy.named, value).hide(
            found
        )
    return found, "text", f"a {kind}"


def _doc(value: Any) -> str:
    return tried(lambda: inspect.getdoc(value) or "", "")  # a user's descriptor may raise anything


def _prompt_of(sections: Sections, question: Question, *cells: Cell) -> AssistantPrompt:
    return AssistantPrompt(
        intent="explain",
        typed=question.typed,
        prompt=sections.text,
        system=_SYSTEM.format(reader=READERS[question.level], data=DATA_RULE),
        included=sections.included,
        cells=cells,
    )
