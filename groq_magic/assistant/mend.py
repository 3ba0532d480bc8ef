"""The prompt that asks for a failing cell to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.composed import Composed
from groq_magic.assistant.page import DATA_RULE, Page, cut_around, cut_middle
from groq_magic.assistant.step import steps_of
from groq_magic.assistant.trace import trace_text
from groq_magic.assistant.variables import hints, involved, versions

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.failure import Failure
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
_MOST_OTHERS = 2


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
    cell, error = failure.cell, failure.error
    page = Page(_request(failure, words), known.room)
    room = int(page.left * _CELL_SHARE)
    whole = len(cell.source) <= room
    page.add(
        f"{cell.name.capitalize()}{'' if whole else ', in part'}:",
        cell.source if whole else cut_around(cell.source, _failing_line(failure, known), room),
        name=cell.name,
        language=cell.language,
    )
    told = trace_text(error, cell, known) if error is not None else failure.told
    page.add("What it said:", told, name="its error", share=_TRACE_SHARE)
    if error is not None:
        page.add("What it printed:", failure.told, name="its output", share=_PRINT_SHARE)
    others = _others(failure, known)
    if error is not None:
        _add_variables(page, error, known, tuple(one.source for one in (cell, *others)))
    for other in others:
        page.add(
            f"{other.name.capitalize()}, which the error went through:",
            cut_middle(other.source, page.left),
            name=other.name,
            language=other.language,
        )
    page.say(f"Versions: {versions(error, known)}.")
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


def _request(failure: Failure, words: str) -> str:
    happened = "This cell failed. Mend it."
    if isinstance(failure.error, KeyboardInterrupt):
        happened = (
            "I interrupted this cell where the traceback ends: it took too long, or hung. "
            "Say why, and mend it."
        )
    elif failure.exit_code:
        happened = f"A shell line of this cell ended with exit code {failure.exit_code}. Mend it."
    elif failure.error is None and not failure.told:
        happened = "Mend this cell. It raises no error."
    return f"{happened}\nWhat I say of it: {words}" if words else happened


def _failing_line(failure: Failure, known: Surroundings) -> int:
    error = failure.error
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    steps, _ = steps_of(error.__traceback__ if error is not None else None, known)
    return next((step.line for step in reversed(steps) if step.cell == failure.cell), 1)


def _others(failure: Failure, known: Surroundings) -> tuple[Cell, ...]:
    """Return the other cells that the error went through, the innermost first."""
    if failure.error is None:
        return ()
    steps, _ = steps_of(failure.error.__traceback__, known)
    found = dict.fromkeys(
        step.cell for step in reversed(steps) if step.cell and step.cell != failure.cell
    )
    return tuple(found)[:_MOST_OTHERS]


def _add_variables(
    page: Page, error: BaseException, known: Surroundings, shown: tuple[str, ...]
) -> None:
    room = int(page.left * _VARIABLES_SHARE)
    for name, text in involved(error, known, shown).items():
        text = cut_middle(text, room)  # noqa: PLW2901 - the same text, cut
        if room > 0:
            page.add(f"`{name}`, which the failing line names:", text, name=name)
        room -= len(text)
    hint = hints(error, known)
    if hint:
        page.add("What is nearly called so:", hint, name="a similar name")
