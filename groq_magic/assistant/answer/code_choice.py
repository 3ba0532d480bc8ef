"""Choose the code of an answer that becomes the next cell.

Code that may not be the whole cell, and may fit it in several places, becomes no cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.blocks import blocks_of, is_language
from groq_magic.assistant.answer.cell_check import fault_of, plain_transform, remarks_on
from groq_magic.assistant.answer.definitions import only_defines
from groq_magic.assistant.answer.fitting import Misfit, fit_blocks, other_language
from groq_magic.assistant.names import names_read, names_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.assistant.answer.blocks import Block
    from groq_magic.assistant.answer.cell_check import Transform
    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.prompt import AssistantPrompt
    from groq_magic.rendering import Fence

__all__ = ["CodeChoice", "code_choice_of", "without_fence"]

_NO_CODE = "the answer has no code block"
_NEVER_ENDS = "a code block of the answer never ends"
# The beginning of an answer that fixes a cell other than the failing one (see `fix.py`).
_NAMED_CELL = re.compile(r"\W*+(?:1\.)?\W*+cell (\d+)\W{0,2}:", re.IGNORECASE)
# Replaces a key in a prompt; `d[key]` is code.
_HIDDEN_KEY = re.compile(r"(?<![\w)\]])\[key\]")


@dataclass(frozen=True)
class CodeChoice:
    """The code of an answer that becomes the next cell.

    Parameters
    ----------
    code : str
        The next cell, "" for none.
    why : str
        Why there is no code, in a sentence.
    remarks : tuple of str
        Sentences: what the user should know before the cell runs.
    cell : Cell or None
        The cell that it fixes.
    fence : Fence or None
        The block that the code was taken from, if it was a single one.
    """

    code: str = ""
    why: str = ""
    remarks: tuple[str, ...] = ()
    cell: Cell | None = None
    fence: Fence | None = None


def code_choice_of(
    prompt: AssistantPrompt, answer: str, *, whole: bool, transform: Transform = plain_transform
) -> CodeChoice:
    """Return the code of an answer that becomes the next cell, or why there is no code.

    Parameters
    ----------
    prompt : AssistantPrompt
        The prompt that was answered.
    answer : str
        Markdown.
    whole : bool
        Whether the answer is complete.
    transform : callable, optional
        The shell's `transform_cell`, which knows the user's own syntax.
    """
    if prompt.intent == "explain":
        return CodeChoice()
    choice = _choose(prompt, answer, transform, whole=whole)
    if choice.code and prompt.hides_a_key and _contains_hidden_key(choice):
        choice = CodeChoice(why="its code has `[key]` where a key was not sent")
    return replace(choice, why=f"No cell added: {choice.why}.") if choice.why else choice


def _choose(
    prompt: AssistantPrompt, answer: str, transform: Transform, *, whole: bool
) -> CodeChoice:
    if not answer.strip():
        return CodeChoice(why="the answer is empty")
    blocks, all_end = blocks_of(answer)
    if not blocks:
        return CodeChoice(why=_NO_CODE if all_end else _NEVER_ENDS)
    if prompt.intent == "write":
        choice = _code_to_write(blocks, prompt.language, prompt.head, transform)
    else:
        choice = _fixed_cell(blocks, prompt, transform, ended=whole, named=_cell_named_in(answer))
    # The block without an end may contain the missing code.
    return choice if choice.code or all_end else CodeChoice(why=_NEVER_ENDS)


def without_fence(answer: str, fence: Fence) -> str:
    """Return an answer without one of its code blocks.

    A block inside a list or a quote stays: removing it would break the list or quote.
    """
    answer = answer.replace("\r\n", "\n")
    code = re.escape(fence.code.rstrip("\n"))
    end = r"^ {0,3}\1[`~]*[ \t]*$\n?"
    block = re.compile(rf"^ {{0,3}}(`{{3,}}|~{{3,}})[^\n]*\n{code}\n*{end}", re.MULTILINE)
    found = block.search(answer)
    if found is None:
        return answer
    return f"{answer[: found.start()].rstrip()}\n\n{answer[found.end() :].lstrip(chr(10))}".strip()


def _fixed_cell(
    blocks: Sequence[Block],
    prompt: AssistantPrompt,
    transform: Transform,
    *,
    ended: bool,
    named: str,
) -> CodeChoice:
    found = fit_blocks(blocks, prompt.cells, transform, line=prompt.line, ended=ended, named=named)
    if isinstance(found, Misfit):
        return CodeChoice(why=found.why)
    return CodeChoice(found.code, remarks=found.remarks, cell=found.cell, fence=found.fence)


def _cell_named_in(answer: str) -> str:
    """Return the cell that an answer begins with, "" for none."""
    found = _NAMED_CELL.match(answer)
    return f"cell {found[1]}" if found else ""


def _code_to_write(
    blocks: Sequence[Block], language: str, head: str, transform: Transform
) -> CodeChoice:
    right = [block for block in blocks if is_language(block.language, language)]
    # If some block names its language, a block without one is output or an aside.
    right = [block for block in right if block.language] or right
    if not right:
        found = next((each.language for each in blocks if each.language), "")
        return CodeChoice(why=other_language(found, language))
    if language == "python" and not _build_on_each_other([block.code for block in right]):
        count = len(right)
        return CodeChoice(why=f"the answer has {count} code blocks that don't build on each other")
    code = "\n\n".join(block.code for block in right)
    if head and not code.lstrip().startswith("%%"):
        code = f"{head}\n{code}"
    fault = fault_of(code, "", language, transform)
    if fault:
        return CodeChoice(why=fault)
    remarks = remarks_on(code, "")
    if len(right) > 1:
        remarks = (*remarks, f"Joined from {len(right)} code blocks.")
    return CodeChoice(code, remarks=remarks, fence=right[0].fence if len(right) == 1 else None)


def _build_on_each_other(codes: Sequence[str]) -> bool:
    """Whether each block uses names that blocks above it set: else they may be alternatives."""
    names: set[str] = set()
    for position, code in enumerate(codes):
        if position and not names & names_read(code):
            return False
        own = names_set(code.split("\n"))
        if only_defines(code) and names & own:
            return False
        names |= own
    return True


def _contains_hidden_key(choice: CodeChoice) -> bool:
    """Whether the code has `[key]`, as it was sent, where the cell has the key itself."""
    before = choice.cell.source if choice.cell is not None else ""
    return bool(_HIDDEN_KEY.search(choice.code)) and not _HIDDEN_KEY.search(before)
