"""The code of an answer that becomes the next cell, and the answer without it."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.assistant.diff import looks_like_diff, patched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.prompt import AssistantPrompt
    from groq_magic.rendering import Fence

__all__ = ["CodeChoice", "code_choice_of", "without_fence"]

_PYTHON = frozenset({"", "python", "python3", "py", "py3", "ipython", "ipython3"})
_ALIASES = (
    _PYTHON,
    frozenset({"bash", "sh", "shell", "zsh"}),
    frozenset({"javascript", "js", "node"}),
    frozenset({"typescript", "ts"}),
    frozenset({"html", "html5"}),
    frozenset({"c++", "cpp", "cxx"}),
    frozenset({"markdown", "md"}),
    frozenset({"latex", "tex"}),
)
_DIFFS = frozenset({"diff", "patch", "udiff"})
_NOT_IN_A_NAME = "{}."
_MAGIC_LINE = re.compile(r"(?m)^([ \t]*)(?:[%!].*|.*=[ \t]*[%!].*)$")
# What stands in a prompt for a key that was removed; `d[key]` is code.
_HIDDEN_KEY = re.compile(r"(?<![\w)\]])\[key\]")
_MOST_COMPARED = 20_000
# The sum of two ratios; a diff that fits is of its cell for certain.
_ALIKE = 2.0


@dataclass(frozen=True)
class CodeChoice:
    """What of an answer becomes the next cell.

    Parameters
    ----------
    code : str
        The next cell, "" for none.
    why : str
        Why there is none.
    note : str
        What the user is to know of it.
    cell : Cell or None
        The cell that it fixes.
    fence : Fence or None
        The block that it was taken from, where it is one.
    """

    code: str = ""
    why: str = ""
    note: str = ""
    cell: Cell | None = None
    fence: Fence | None = None


@dataclass(frozen=True)
class _Candidate:
    code: str
    cell: Cell
    fence: Fence
    likeness: float


def code_choice_of(prompt: AssistantPrompt, answer: str, *, whole: bool) -> CodeChoice:
    """Return the code of an answer that becomes the next cell, or why there is none.

    Parameters
    ----------
    prompt : AssistantPrompt
        What was asked.
    answer : str
        Its source, Markdown.
    whole : bool
        Whether the model came to its end by itself: what breaks off is not run.
    """
    if prompt.intent == "explain":
        return CodeChoice()
    from groq_magic.rendering import fenced_code

    fences = [fence for fence in fenced_code(answer) if fence.code.strip()]
    if not fences:
        return CodeChoice(why="the answer has no code")
    finished = [fence for fence in fences if fence.closed or (whole and _parses(fence.code))]
    if not finished:
        return CodeChoice(why="its code never ends")
    if prompt.intent == "write":
        choice = _written(finished, prompt.language, prompt.head)
    else:
        choice = _fixed(finished, prompt.cells)
    if prompt.hides_a_key and _contains_hidden_key(choice):
        return CodeChoice(why="its code has `[key]` where a key was not sent")
    return choice


def without_fence(answer: str, fence: Fence) -> str:
    """Return an answer without one of its code blocks.

    A block inside a list or a quote stays: its lines have something before
    them, and shown twice is better than shown broken.
    """
    code = re.escape(fence.code.rstrip("\n"))
    end = r"(?:^ {0,3}\1[`~]*[ \t]*$\n?|\Z)"
    block = re.compile(rf"^ {{0,3}}(`{{3,}}|~{{3,}})[^\n]*\n{code}\n*{end}", re.MULTILINE)
    found = block.search(answer)
    if found is None:
        return answer
    return f"{answer[: found.start()].rstrip()}\n\n{answer[found.end() :].lstrip(chr(10))}".strip()


def _contains_hidden_key(choice: CodeChoice) -> bool:
    """Whether the code would put `[key]`, as it was sent, in the place of what the cell holds."""
    before = choice.cell.source if choice.cell is not None else ""
    return bool(_HIDDEN_KEY.search(choice.code)) and not _HIDDEN_KEY.search(before)


def _written(fences: Sequence[Fence], language: str, head: str) -> CodeChoice:
    right = [fence for fence in fences if _is(fence, language)]
    # Where a block names its language, one without a name is output or an aside.
    right = [fence for fence in right if fence.language] or right
    if not right:
        return CodeChoice(why=_other_language(fences, language))
    code = _headed("\n\n".join(_stripped(fence.code) for fence in right), head)
    note = f"{len(right)} code blocks joined" if len(right) > 1 else ""
    return CodeChoice(code, note=note, fence=right[0] if len(right) == 1 else None)


def _fixed(fences: Sequence[Fence], cells: Sequence[Cell]) -> CodeChoice:
    found = [one for fence in fences for one in _candidates(fence, cells)]
    if not found:
        return CodeChoice(why=_why_none(fences, cells))
    named = [one for one in found if one.fence.language] or found
    changed = [one for one in named if one.code.strip() != one.cell.source.strip()]
    if not changed:
        return CodeChoice(why="the answer leaves the cell as it was")
    # Of equals the last: what comes later corrects what came before.
    best = max(reversed(changed), key=lambda one: one.likeness)
    others = len({one.fence for one in changed}) > 1
    note = f"block {fences.index(best.fence) + 1} of {len(fences)} taken" if others else ""
    return CodeChoice(best.code, note=note, cell=best.cell, fence=best.fence)


def _candidates(fence: Fence, cells: Sequence[Cell]) -> Iterable[_Candidate]:
    """Yield what a block may be: each cell patched, or the one it is most like, fixed."""
    code = _stripped(fence.code)
    named_diff = fence.language.lower() in _DIFFS
    if named_diff or looks_like_diff(code):
        made = [(patched(cell.source, code), cell) for cell in cells]
        fitting = [_Candidate(new, cell, fence, _ALIKE) for new, cell in made if new is not None]
        yield from fitting[:1]
        if fitting or named_diff:
            return
    alike = [cell for cell in cells if _is(fence, cell.language) or _is_ipython(fence, cell)]
    if alike and (fence.language or alike[0].language != "python" or _parses(code)):
        cell = max(alike, key=lambda one: _likeness(one.source, code))
        head = cell.head if cell.language != "python" else ""
        yield _Candidate(_headed(code, head), cell, fence, _likeness(cell.source, code))


def _headed(code: str, head: str) -> str:
    """Return code under its cell magic, where the model gave the body alone."""
    return f"{head}\n{code}" if head and not code.lstrip().startswith("%%") else code


def _why_none(fences: Sequence[Fence], cells: Sequence[Cell]) -> str:
    if any(fence.language.lower() in _DIFFS or looks_like_diff(fence.code) for fence in fences):
        return "the answer's diff does not fit the cell"
    return _other_language(fences, cells[0].language if cells else "python")


def _other_language(fences: Sequence[Fence], wanted: str) -> str:
    found = next((fence.language for fence in fences if not _is(fence, wanted)), "")
    return f"the answer's code is {found or 'in another language'}, not {wanted}"


def _is(fence: Fence, language: str) -> bool:
    named = fence.language.strip(_NOT_IN_A_NAME).lower()
    if named in {"", language.lower()}:
        return True
    return any(named in same and language.lower() in same for same in _ALIASES)


def _is_ipython(fence: Fence, cell: Cell) -> bool:
    """Whether a block marked as Python is a cell that begins with the same magic."""
    begins = fence.code.lstrip().startswith(f"%%{cell.language}")
    return begins and fence.language.lower() in _PYTHON


def _likeness(one: str, other: str) -> float:
    lines = one[:_MOST_COMPARED].split("\n"), other[:_MOST_COMPARED].split("\n")
    by_line = difflib.SequenceMatcher(None, *lines, autojunk=False)
    by_character = difflib.SequenceMatcher(None, one[:2_000], other[:2_000], autojunk=False)
    return by_line.ratio() + by_character.ratio()


def _parses(code: str) -> bool:
    plain = _MAGIC_LINE.sub(r"\1pass", code)
    try:
        ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _stripped(code: str) -> str:
    """Return code without blank lines at its ends; indentation stays."""
    return code.strip("\n").rstrip()
