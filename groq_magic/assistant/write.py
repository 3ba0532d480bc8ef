"""The prompt of `%%groq_code`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.assistant.prompt import DATA_RULE, AssistantPrompt, Sections
from groq_magic.assistant.values import imports_in_use, session_names
from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context

__all__ = ["write_prompt"]

_NAMES = MappingProxyType({"python": "Python", "sql": "SQL", "r": "R"})
_SYSTEM = """You write code for a cell of a Jupyter notebook, in {language}.
Write clear, idiomatic, modern {language} that runs as it stands: plain names, few comments and \
only where they say why, no invented data or interfaces. Use the names and imports of the \
session where they are given, and don't import again what is imported already. A last \
expression shows its value; nothing is printed that need not be.
Answer with one fenced block marked {marked}, and before it at most two sentences on what it does.
{data}"""


def write_prompt(
    task: str, language: str, head: str, context: Context, *, session: bool
) -> AssistantPrompt:
    """Compose the prompt.

    Parameters
    ----------
    task : str
        What the code is to do, in the user's words; sent as it is.
    language : str
    head : str
        The cell magic that code in this language needs over it, or "".
    context : Context
    session : bool
        Whether names and types of the session are included.

    Raises
    ------
    PromptError
        When there is no task.
    """
    task = task.strip()
    if not task:
        raise PromptError("There is no description.", "Describe the code below `%%groq_code`.")
    sections = Sections(task, context.room, context.secrets().hidden)
    if session:
        names, imports = (
            session_names(context.namespace, context.privacy),
            imports_in_use(context.namespace),
        )
        sections.add(
            "Imported in the session:",
            "\n".join(imports),
            name=_counted(len(imports), "import"),
            share=0.3,
        )
        sections.add(
            "Names and types of the session:", "\n".join(names), name=_counted(len(names), "name")
        )
    name = _NAMES.get(language, language)
    asked = (language if language != "python" else "", "--session" if session else "")
    return AssistantPrompt(
        intent="write",
        typed=task,
        prompt=sections.text,
        system=_SYSTEM.format(language=name, marked=language, data=DATA_RULE),
        included=sections.included,
        language=language,
        head=head,
        asked=" ".join(filter(None, asked)),
        hides_a_key=sections.hides_a_key,
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
