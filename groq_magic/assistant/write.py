"""The prompt that asks for the code of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.composed import Composed
from groq_magic.assistant.page import DATA_RULE, Page
from groq_magic.assistant.session_names import imports_in_use, session_names
from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["write_prompt"]

_SYSTEM = """You write code for a cell of a Jupyter notebook, in {language}.
Write clear, idiomatic, modern {language} that runs as it stands: plain names, few comments and \
only where they say why, no invented data or interfaces. Use the names and imports of the \
session where they are given, and don't import again what is imported already. A last \
expression shows its value; nothing is printed that need not be.
Answer with one fenced block marked {marked}, and before it at most two sentences on what it does.
{data}"""


def write_prompt(
    wish: str, language: str, head: str, known: Surroundings, *, session: bool
) -> Composed:
    """Compose the prompt.

    Parameters
    ----------
    wish : str
        What the code is to do, in the user's words; sent as it is.
    language : str
    head : str
        The cell magic that code in this language needs over it, or "".
    known : Surroundings
    session : bool
        Whether names and types of the session are put in.

    Raises
    ------
    PromptError
        When there is no wish.
    """
    if not wish.strip():
        raise PromptError(
            "There is no description.", "Say below `%%groq_code` what the code is to do."
        )
    page = Page(wish.strip(), known.room)
    if session:
        names, imports = session_names(known.namespace), imports_in_use(known.namespace)
        page.add(
            "Imported in the session:",
            "\n".join(imports),
            name=_counted(len(imports), "import"),
            share=0.3,
        )
        page.add(
            "Names and types of the session:", "\n".join(names), name=_counted(len(names), "name")
        )
    return Composed(
        wish="write",
        said=wish.strip(),
        prompt=page.text,
        system=_SYSTEM.format(language=_spelled(language), marked=language, data=DATA_RULE),
        inserted=page.inserted,
        language=language,
        head=head,
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _spelled(language: str) -> str:
    return {"python": "Python", "sql": "SQL", "r": "R"}.get(language, language)
