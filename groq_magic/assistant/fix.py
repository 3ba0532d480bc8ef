"""The prompt of `%groq_fix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.failure import add_error, facts_of
from groq_magic.assistant.prompt import (
    DATA_RULE,
    AssistantPrompt,
    Question,
    Sections,
    cut_around,
    cut_middle,
)
from groq_magic.assistant.variables import versions

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context
    from groq_magic.assistant.failure import ErrorFacts, Failure

__all__ = ["fix_prompt"]

_SYSTEM = """You mend cells of a Jupyter notebook. Answer in two parts and nothing else:
1. What was wrong and what you changed, in at most three short sentences.
2. {code}
Change as little as you can; keep names, comments and style. If the fault lies in another one \
of the cells that are shown, mend that one instead. A missing package is installed by a first \
line `%pip install NAME`. If no change to a cell can help, say what would, and give no code.
{data}"""
_WHOLE = (
    "The mended cell, whole, in one fenced block marked {language}: from its first line to its "
    "last, magic lines (`%`, `%%`, `!`) included, ready to be run."
)
_DIFF = (
    "The change as a unified diff in one fenced block marked diff: the cell is too long to be "
    "shown whole, and lines that you don't see stay as they are."
)
_CELL_SHARE = 0.5


def fix_prompt(failure: Failure, asked: Question, context: Context) -> AssistantPrompt:
    """Compose the prompt.

    Parameters
    ----------
    failure : Failure
        Its cell alone where the cell did not fail.
    asked : Question
    context : Context
    """
    cell, facts = failure.cell, facts_of(failure, context)
    sections = Sections(asked.request(_request(failure, facts)), context.room)
    room = int(sections.left * _CELL_SHARE)
    whole = len(cell.source) <= room
    sections.add(
        f"{cell.name.capitalize()}{'' if whole else ', in part'}:",
        cell.source if whole else cut_around(cell.source, facts.line if facts else 1, room),
        name=cell.name,
        language=cell.language,
    )
    add_error(sections, failure, facts, output=True)
    others = facts.others if facts is not None else ()
    for other in others:
        sections.add(
            f"{other.name.capitalize()}, which the error went through:",
            cut_middle(other.source, sections.left),
            name=other.name,
            language=other.language,
        )
    sections.say(f"Versions: {facts.versions if facts is not None else versions()}.")
    code = _WHOLE.format(language=cell.language) if whole else _DIFF
    return AssistantPrompt(
        intent="fix",
        typed=asked.typed,
        prompt=sections.text,
        system=_SYSTEM.format(code=code, data=DATA_RULE),
        included=sections.included,
        cells=(cell, *others),
        line=facts.line if facts is not None else 0,
        language=cell.language,
    )


def _request(failure: Failure, facts: ErrorFacts | None) -> str:
    if facts is not None and facts.is_interrupt:
        return (
            "I interrupted this cell where the traceback ends: it took too long, or hung. "
            "Say why, and mend it."
        )
    if failure.exit_code:
        return f"A shell line of this cell ended with exit code {failure.exit_code}. Mend it."
    if facts is None and not failure.text:
        return "Mend this cell. It raises no error."
    return "This cell failed. Mend it."
