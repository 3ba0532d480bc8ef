"""A `%%groq` cell without a body reaches the magic, which says what to do."""

from __future__ import annotations

import re

__all__ = ["with_body"]

_HEAD_ALONE = re.compile(r"%%groq(_\w+)?(\s.*)?")


def with_body(lines: list[str]) -> list[str]:
    """Return a cell's lines, with a blank one where a magic of ours stands alone.

    IPython refuses a cell magic without a body on its own, in words that
    leave out where the prompt goes, and without an error output. It calls
    this before it looks for cell magics.
    """
    if len(lines) == 1 and _HEAD_ALONE.fullmatch(lines[0].rstrip()):
        return [f"{lines[0].rstrip()}\n", "\n"]
    return lines
