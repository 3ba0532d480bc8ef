"""The prompt of `%groq_fix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.failure.error_sections import (
    add_attempts,
    add_error,
    add_other_code,
    secrets_of,
)
from groq_magic.assistant.failure.failure import facts_of
from groq_magic.assistant.failure.variables import versions
from groq_magic.assistant.prompt import DATA_RULE, AssistantPrompt, Question, Sections

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context
    from groq_magic.assistant.failure.failure import ErrorFacts, Failure

__all__ = ["fix_prompt"]

_SYSTEM = """You fix cells of a Jupyter notebook. Answer in two parts and nothing else:
1. What was wrong and what you changed, in at most three short sentences.
2. {code}
Change as little as you can; keep names, comments and style. If the fault lies in another one \
of the cells that are shown, fix that one instead, and begin part 1 with its name, such as \
"Cell 2:". A missing package is installed by a first line `%pip install NAME`. If no change to \
a cell can help, say what would, and give no code.
{data}"""
_WHOLE = (
    "The fixed cell, whole, in one fenced block marked {language}: from its first line to its "
    "last, magic lines (`%`, `%%`, `!`) included, ready to be run."
)
_DIFF = (
    "The change as a unified diff in one fenced block marked diff: the cell is too long to be "
    "shown whole, and lines that you don't see stay as they are."
)
_CELL_SHARE = 0.5


def fix_prompt(failure: Failure, question: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt.

    Parameters
    ----------
    failure : Failure
        Only its cell is set if the cell did not fail.
    question : Question
    context : Context
    """
    cell, facts = failure.cell, facts_of(failure, context)
    hide = secrets_of(failure, facts, context).hide
    sections = Sections(question.request(_request(failure, facts)), context.room, hide)
    sections.add(
        f"{cell.name.capitalize()}:",
        cell.source,
        name=cell.name,
        language=cell.language,
        share=_CELL_SHARE,
        line=facts.line if facts is not None else 1,
    )
    add_error(sections, failure, facts, context, output=True)
    others = add_other_code(sections, facts)
    add_attempts(sections, failure, context.privacy)
    sections.add_sentence(f"Versions: {facts.versions if facts is not None else versions()}.")
    code = _WHOLE.format(language=cell.language) if sections.is_whole(cell.name) else _DIFF
    return AssistantPrompt(
        intent="fix",
        typed=question.typed,
        prompt=sections.text,
        system=_SYSTEM.format(code=code, data=DATA_RULE),
        included=sections.included,
        # A cell that is shown in part can't be fixed as a whole.
        cells=(cell, *(other for other in others if sections.is_whole(other.name))),
        line=facts.line if facts is not None else 0,
        language=cell.language,
        hides_a_key=sections.hides_a_key,
        error=facts.message if facts is not None else "",
    )


def _request(failure: Failure, facts: ErrorFacts | None) -> str:
    if facts is not None and facts.is_interrupt:
        return (
            "I interrupted this cell where the traceback ends: it took too long, or hung. "
            "Say why, and fix it."
        )
    if failure.exit_code:
        return f"A shell line of this cell ended with exit code {failure.exit_code}. Fix it."
    if facts is None and not failure.text:
        return "Fix this cell. It raises no error."
    if failure.background:
        return f"Code of this cell failed in a {failure.background}. Fix it."
    if facts is not None and facts.file:
        return (
            f"This cell failed. The error is in {facts.file}, which is no cell: if the fault is "
            "there, say what to change in it and give no code block. Otherwise fix the cell."
        )
    return "This cell failed. Fix it."
