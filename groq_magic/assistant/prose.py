"""An answer without the code that is shown in another way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.rendering import Fence

__all__ = ["without_fence"]


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
