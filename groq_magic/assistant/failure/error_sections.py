"""The sections of a prompt about an error: traceback, variables, other cells, attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.failure.hints import file_hint
from groq_magic.clipping import clip

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.failure.failure import ErrorFacts, Failure
    from groq_magic.assistant.prompt import Sections
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.named_secrets import NamedSecrets

__all__ = ["add_attempts", "add_error", "add_other_code", "secrets_of"]

_ERROR_SHARE = 0.5
_OUTPUT_SHARE = 0.3
_VARIABLE_SHARE = 0.4
_HALF = 0.5
_LONGEST_ERROR = 500


def add_error(
    sections: Sections,
    failure: Failure,
    facts: ErrorFacts | None,
    context: Context,
    *,
    output: bool,
) -> None:
    """Add a failure's error to a prompt.

    Parameters
    ----------
    sections : Sections
    failure : Failure
    facts : ErrorFacts or None
        The result of `facts_of`.
    context : Context
    output : bool
        Whether the cell's printed output is added too.
    """
    text = context.output(failure.text) if facts is None else facts.trace
    sections.add("Its error:", text, name="its error", share=_ERROR_SHARE)
    if facts is None:
        hint = "" if context.privacy.has_limits else file_hint(text)
        sections.add("Similar names:", hint, name="a similar name")
        return
    sections.add("Similar names:", facts.hint, name="a similar name", share=_HALF)
    if output:
        text = context.with_locals_of(failure.error).output(failure.text)
        sections.add("Its output:", text, name="its output", share=_OUTPUT_SHARE)
    for label, text in facts.variables:
        # The label `n (in f)` is repeated in the text.
        name = label.partition(" (in ")[0]
        title = f"`{name}`, which the failing line names:"
        sections.add(title, text, name=name, share=_VARIABLE_SHARE)


def add_other_code(sections: Sections, facts: ErrorFacts | None) -> tuple[Cell, ...]:
    """Add the code that an error passed through, and the cells that set its variables.

    Returns
    -------
    tuple of Cell
        The cells that were added, the likeliest to be at fault first.
    """
    if facts is None:
        return ()
    for source in facts.sources:
        sections.add(
            source.title,
            source.text,
            name=source.name,
            language="python",
            line=source.line,
            share=_HALF,
        )
    titles = {
        cell: f"{cell.name.capitalize()}, which the error went through:" for cell in facts.others
    }
    titles |= {origin.cell: origin.title for origin in facts.origins}
    for cell, title in titles.items():
        sections.add(title, cell.source, name=cell.name, language=cell.language)
    return tuple(titles)


def secrets_of(failure: Failure, facts: ErrorFacts | None, context: Context) -> NamedSecrets:
    """Return the secrets, known by their names, that the prompt about a failure hides."""
    cells = [failure.cell, *(attempt.cell for attempt in failure.attempts)]
    if facts is None:
        return context.secrets(*(cell.source for cell in cells))
    cells += [*facts.others, *(origin.cell for origin in facts.origins)]
    sources = [*(cell.source for cell in cells), *(each.text for each in facts.sources)]
    return context.secrets(*sources, known=facts.secrets)


def add_attempts(sections: Sections, failure: Failure, privacy: Privacy) -> None:
    """Add the earlier fixes that led to the cell, with the errors that they were for."""
    for attempt in failure.attempts:
        name = attempt.cell.name
        error = clip(attempt.error_under(privacy), _LONGEST_ERROR)
        sections.add(
            f"The cell comes from your fix of {name}, which was this before:",
            attempt.cell.source,
            name=name,
            language=attempt.cell.language,
        )
        sections.add(f"The error of {name}:", error, name=name)
