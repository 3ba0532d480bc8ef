"""The source of a function or class, and of nothing beside it."""

from __future__ import annotations

import inspect
from typing import Any

from groq_magic.clipping import tried

__all__ = ["definition"]


def definition(value: Any) -> str:
    """Return the source of a function or class, "" where there is none.

    Of a lambda there is none: Python knows no more than the lines that it
    stands on, and on these may stand what nobody named.

    Parameters
    ----------
    value : function or class
    """

    def read() -> str:
        code = getattr(inspect.unwrap(value), "__code__", None)
        return "" if getattr(code, "co_name", "") == "<lambda>" else inspect.getsource(value)

    return tried(read, "")  # where there is none, and where `__wrapped__` raises
