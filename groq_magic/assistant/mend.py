"""The prompt that asks for a failing cell to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.composed import Composed
from groq_magic.assistant.failure import facts_of
from groq_magic.assistant.page import DATA_RULE, Page, cut_around, cut_middle
from groq_magic.assistant.variables import versions

if TYPE_CHECKING:
    from groq_magic.assistant.failure import ErrorFacts, Failure
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["mend_prompt"]

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
_TRACE_SHARE = 0.5
_PRINT_SHARE = 0.3
_VARIABLES_SHARE = 0.7


def mend_prompt(failure: Failure, words: str, said: str, known: Surroundings) -> Composed:
    """Compose the prompt.

    Parameters
    ----------
    failure : Failure
        Its cell alone where the cell did not fail.
    words : str
        What the user says of it, or "".
    said : str
        The magic's line as typed.
    known : Surroundings
    """
    cell, facts = failure.cell, facts_of(failure, known)
    page = Page(_request(failure, facts, words), known.room)
    room = int(page.left * _CELL_SHARE)
    whole = len(cell.source) <= room
    page.add(
        f"{cell.name.capitalize()}{'' if whole else ', in part'}:",
        cell.source if whole else cut_around(cell.source, facts.line if facts else 1, room),
        name=cell.name,
        language=cell.language,
    )
    told = facts.trace if facts is not None else failure.told
    page.add("What it said:", told, name="its error", share=_TRACE_SHARE)
    others = facts.others if facts is not None else ()
    if facts is not None:
        page.add("What it printed:", failure.told, name="its output", share=_PRINT_SHARE)
        _add_variables(page, facts)
    for other in others:
        page.add(
            f"{other.name.capitalize()}, which the error went through:",
            cut_middle(other.source, page.left),
            name=other.name,
            language=other.language,
        )
    page.say(f"Versions: {facts.versions if facts is not None else versions(None, known)}.")
    code = _WHOLE.format(language=cell.language) if whole else _DIFF
    return Composed(
        wish="mend",
        said=said,
        prompt=page.text,
        system=_SYSTEM.format(code=code, data=DATA_RULE),
        inserted=page.inserted,
        cells=(cell, *others),
        language=cell.language,
    )


def _request(failure: Failure, facts: ErrorFacts | None, words: str) -> str:
    happened = "This cell failed. Mend it."
    if facts is not None and facts.is_interrupt:
        happened = (
            "I interrupted this cell where the traceback ends: it took too long, or hung. "
            "Say why, and mend it."
        )
    elif failure.exit_code:
        happened = f"A shell line of this cell ended with exit code {failure.exit_code}. Mend it."
    elif facts is None and not failure.told:
        happened = "Mend this cell. It raises no error."
    return f"{happened}\nWhat I say of it: {words}" if words else happened


def _add_variables(page: Page, facts: ErrorFacts) -> None:
    room = int(page.left * _VARIABLES_SHARE)
    for name, whole in facts.variables:
        text = cut_middle(whole, room)
        if room > 0:
            page.add(f"`{name}`, which the failing line names:", text, name=name)
        room -= len(text)
    if facts.hint:
        page.add("What is nearly called so:", facts.hint, name="a similar name")
