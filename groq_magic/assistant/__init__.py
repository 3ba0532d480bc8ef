"""The code assistant: its prompts, and the code in answers that becomes a cell.

Pure: cells, exceptions and variables in, prompts and code out. Braces in a value or a traceback
are never filled in. All data is fenced, so that nothing in it is taken for an instruction.
"""

from __future__ import annotations

from groq_magic.assistant.answer.code_choice import CodeChoice, code_choice_of, without_fence
from groq_magic.assistant.answer.diff import DiffLine, difference
from groq_magic.assistant.cell import Cell, Context
from groq_magic.assistant.explain import explain_cell, explain_failure, explain_value
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
