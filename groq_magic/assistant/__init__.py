"""The code assistant: what is asked of a model for a cell, and what its answer's code becomes.

Pure: cells, exceptions and variables in, prompts and code out. Braces in a value or a traceback
are never filled in, and nothing there is an instruction: all is fenced.
"""

from __future__ import annotations

from groq_magic.assistant.answer.code_choice import CodeChoice, code_choice_of, without_fence
from groq_magic.assistant.answer.diff import DiffLine, difference
from groq_magic.assistant.cell import Cell, Context
from groq_magic.assistant.explain import (
    LEVELS,
    explain_cell,
    explain_failure,
    explain_value,
)
from groq_magic.assistant.failure.failure import (
    Attempt,
    Failure,
    failure_of_run,
    with_facts,
    without_error,
)
from groq_magic.assistant.fix import fix_prompt
from groq_magic.assistant.prompt import AssistantPrompt, Question
from groq_magic.assistant.recent import LEAST_ROOM, RecentCell, is_ask, recent_values
from groq_magic.assistant.write import write_prompt

__all__ = [
    "LEAST_ROOM",
    "LEVELS",
    "AssistantPrompt",
    "Attempt",
    "Cell",
    "CodeChoice",
    "Context",
    "DiffLine",
    "Failure",
    "Question",
    "RecentCell",
    "code_choice_of",
    "difference",
    "explain_cell",
    "explain_failure",
    "explain_value",
    "failure_of_run",
    "fix_prompt",
    "is_ask",
    "recent_values",
    "with_facts",
    "without_error",
    "without_fence",
    "write_prompt",
]
