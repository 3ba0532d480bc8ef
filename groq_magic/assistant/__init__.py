"""The code assistant: what is asked of a model for a cell, and what its answer's code becomes.

Pure: it is given cells, exceptions and variables, and gives prompts and code. Nothing of a
value or a traceback is ever filled in or taken for an instruction; all is fenced.
"""

from __future__ import annotations

from groq_magic.assistant.cell import Cell
from groq_magic.assistant.choice import Choice, choice_of
from groq_magic.assistant.composed import Composed
from groq_magic.assistant.difference import difference
from groq_magic.assistant.explain import (
    LEVELS,
    Question,
    explain_cell,
    explain_failure,
    explain_value,
)
from groq_magic.assistant.failure import Failure, Failures, without_error
from groq_magic.assistant.mend import mend_prompt
from groq_magic.assistant.prose import without_fence
from groq_magic.assistant.surroundings import Surroundings
from groq_magic.assistant.write import write_prompt

__all__ = [
    "LEVELS",
    "Cell",
    "Choice",
    "Composed",
    "Failure",
    "Failures",
    "Question",
    "Surroundings",
    "choice_of",
    "difference",
    "explain_cell",
    "explain_failure",
    "explain_value",
    "mend_prompt",
    "without_error",
    "without_fence",
    "write_prompt",
]
