"""The prompt of `%%groq_code`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.assistant.prompt import DATA_RULE, AssistantPrompt, Sections
from groq_magic.assistant.session_names import (
    describe_variable,
    imports_in_use,
    names_in,
    session_names,
)
from groq_magic.clipping import count_of
from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context
    from groq_magic.prompt import FilledPrompt

__all__ = ["write_prompt"]

_NAMES = MappingProxyType({"python": "Python", "sql": "SQL", "r": "R"})
_SYSTEM = """You write code for a cell of a Jupyter notebook, in {language}.
Write clear, idiomatic, modern {language} that runs as it stands: plain names, few comments and \
only where they say why, no invented data or interfaces. Use the names and imports of the \
session where they are given, and don't import again what is imported already. A last \
expression shows its value; nothing is printed that need not be.
Answer with one fenced block marked {marked}, and before it at most two sentences on what it does.
{data}"""


def write_prompt(  # noqa: PLR0913 - all but four are named
    task: FilledPrompt, language: str, head: str, context: Context, *, typed: str, session: bool
) -> AssistantPrompt:
    """Compose the prompt.

    Parameters
    ----------
    task : FilledPrompt
        The user's description of the code. Variables that it names without braces are
        included by type, tables by schema.
    language : str
    head : str
        The cell magic that code in this language needs, or "".
    context : Context
    typed : str
        The description as typed.
    session : bool
        Whether the other names and types of the session are included too.

    Raises
    ------
    PromptError
        When there is no task.
    """
    words = task.text.strip()
    if not words:
        raise PromptError("There is no description.", "Describe the code below `%%groq_code`.")
    sections = Sections(words, context.room, context.secrets().hide)
    # Values in braces follow below the prompt.
    filled = {value.name for value in task.values}
    named = [name for name in names_in(typed, context.namespace) if name not in filled]
    for name in named:
        sections.add(f"`{name}`:", describe_variable(name, context), name=name, share=0.5)
    if session:
        imports = imports_in_use(context.namespace, without=named)
        others = session_names(context, without={*named, *filled})
        sections.add(
            "Imported in the session:",
            "\n".join(imports),
            name=count_of(len(imports), "import"),
            share=0.3,
        )
        # The newest are first, and stay if the text is cut.
        sections.add(
            "Names and types of the session:",
            "\n".join(others),
            name=count_of(len(others), "name"),
            line=1,
        )
    variant = (language if language != "python" else "", "--session" if session else "")
    return AssistantPrompt(
        intent="write",
        typed=words,
        prompt=sections.text,
        system=_SYSTEM.format(
            language=_NAMES.get(language, language), marked=language, data=DATA_RULE
        ),
        included=sections.included,
        language=language,
        head=head,
        variant=" ".join(filter(None, variant)),
        hides_a_key=sections.hides_a_key,
    )
