"""The code blocks of an answer, without prompts, line numbers and typographic quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.cell_check import is_python
from groq_magic.assistant.answer.edits import search_replace_blocks
from groq_magic.assistant.answer.hunks import looks_like_diff

if TYPE_CHECKING:
    from groq_magic.rendering import Fence

__all__ = ["Block", "blocks_of", "is_language"]

_PYTHON = frozenset(
    {"", "python", "python3", "py", "py3", "ipython", "ipython3", "pycon", "jupyter", "notebook"}
)
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
_PROMPTS = (
    (re.compile(r">>>(?: |$)"), re.compile(r"\.\.\.(?: |$)")),
    (re.compile(r"In \[\d*\]: ?"), re.compile(r" *\.{3}: ?")),
)
_COMMENT = re.compile(r"\s*(?:#|$)")
_NUMBER = re.compile(r"[ \t]*(\d+)(?:[ ]?[|│:.)][ ]?|\t|[ ])(.*)|[ \t]*(\d+)[ ]?[|│:.)]?[ \t]*")
_DECIMAL = re.compile(r"[ \t]*\d+\.")
_DOUBLE = str.maketrans(dict.fromkeys("\u201c\u201d\u201e", '"'))
_SINGLE = str.maketrans(dict.fromkeys("\u2018\u2019\u201a", "'"))
_TYPOGRAPHIC = re.compile("[\u201c\u201d\u201e\u2018\u2019\u201a]")
_SEARCH = re.compile(r"^<{5,9} ?(?:SEARCH|ORIGINAL)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A code block of an answer.

    Parameters
    ----------
    code : str
        The code, without blank lines at its ends.
    language : str
        The fence's language, in small letters; "" for none.
    fence : Fence or None
        None for a block without a fence.
    """

    code: str
    language: str
    fence: Fence | None = None

    @cached_property
    def is_diff(self) -> bool:
        """Whether the block is a diff, whatever its language."""
        if self.language in _DIFFS:
            return True
        return self.language in _PYTHON and looks_like_diff(self.code)

    @property
    def is_edit(self) -> bool:
        """Whether the block is a diff or SEARCH/REPLACE blocks."""
        return self.is_search_replace or self.is_diff

    @cached_property
    def is_search_replace(self) -> bool:
        """Whether the block contains SEARCH/REPLACE blocks and nothing else."""
        blocks, rest = search_replace_blocks(self.code)
        return bool(blocks) and not rest


def blocks_of(answer: str) -> tuple[tuple[Block, ...], bool]:
    """Return the code blocks of an answer (Markdown), and whether each of them has an end."""
    from groq_magic.rendering import fenced_code

    fences = [fence for fence in fenced_code(answer) if fence.code.strip()]
    inner = [
        part
        for fence in fences
        if _name(fence) in {"md", "markdown"}
        for part in fenced_code(fence.code)
        if part.code.strip()
    ]
    fences = inner or fences
    closed = [fence for fence in fences if fence.closed]
    if not fences and _SEARCH.search(answer):
        return (Block(_search_part(answer), ""),), True
    blocks = tuple(Block(_clean(fence.code), _name(fence), fence) for fence in closed)
    return blocks, len(closed) == len(fences)


def is_language(named: str, language: str) -> bool:
    """Return whether a fence's language is another name of a language; "" may be any."""
    if named in {"", language.lower()}:
        return True
    return any(named in same and language.lower() in same for same in _ALIASES)


def _name(fence: Fence) -> str:
    return fence.language.strip(_NOT_IN_A_NAME).lower()


def _search_part(answer: str) -> str:
    """Return an answer's text from its first SEARCH line to its last REPLACE line."""
    found = _SEARCH.search(answer)
    part = answer.replace("\r\n", "\n")[found.start() if found else 0 :]
    end = max(part.rfind("\n>>>>>>> REPLACE"), part.rfind("\n>>>>>>> UPDATED"))
    stop = part.find("\n", end + 1)
    return part[: stop if stop >= 0 else len(part)]


def _clean(code: str) -> str:
    code = code.replace("\r\n", "\n").strip("\n").rstrip()
    code = _without_prompts(code)
    return _straight(_without_numbers(code))


def _without_prompts(code: str) -> str:
    """Return code as it was typed, without prompts and the output between them."""
    lines = code.split("\n")
    for first, more in _PROMPTS:
        if first.match(next((line for line in lines if not _COMMENT.match(line)), "")):
            typed: list[str] = []
            is_typed = False
            for line in lines:
                prompt = first.match(line) or (more.match(line) if is_typed else None)
                is_typed = prompt is not None
                if prompt:
                    typed.append(line[prompt.end() :])
                elif _COMMENT.match(line):
                    # A comment may be a placeholder for code.
                    typed.append(line)
            return "\n".join(typed).strip("\n")
    return code


def _without_numbers(code: str) -> str:
    """Return code without line numbers, if every line has one and they are consecutive."""
    lines = code.split("\n")
    if _DECIMAL.match(code) and is_python(code):
        return code
    found = [_NUMBER.fullmatch(line) for line in lines]
    if len(lines) < 2 or not all(found):  # noqa: PLR2004 - one number alone may be code
        return code
    numbers = [int(each[1] or each[3]) for each in found if each]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return code
    return "\n".join(each[2] or "" for each in found if each)


def _straight(code: str) -> str:
    """Return code with straight quotes in the lines that have only typographic ones.

    The code stays unchanged if it is Python before, isn't Python afterwards, or has a
    string of several lines, which may contain such quotes.
    """
    if not _TYPOGRAPHIC.search(code) or '"""' in code or "'''" in code or is_python(code):
        return code
    straight = "\n".join(
        line
        if '"' in line or "'" in line or line.lstrip().startswith("#")
        else line.translate(_DOUBLE).translate(_SINGLE)
        for line in code.split("\n")
    )
    return straight if is_python(straight) else code
