"""Code that failed, with the statement that failed and all after it commented out."""

from __future__ import annotations

import ast
import traceback

from groq_magic.clipping import is_a, tried, type_name

__all__ = ["comment_out_failed"]


def comment_out_failed(code: str, cell: str, error: BaseException, file: str) -> str:
    """Return code in which the statement that failed, and all after it, are comments.

    Parameters
    ----------
    code : str
        As it was approved.
    cell : str
        As IPython compiled it, without magics.
    error : BaseException
    file : str
        The file name of the code in the error's traceback.
    """
    lines = code.rstrip().split("\n")
    is_same = len(cell.rstrip().split("\n")) == len(lines) and not code.lstrip().startswith("%%")
    start = tried(lambda: _line_of_failed(cell, error, file), 1) if is_same else 1
    why = "Stopped" if is_a(error, KeyboardInterrupt) else f"Failed with {type_name(error)}"
    failed = [f"# {line}".rstrip() for line in lines[start - 1 :]]
    return "\n".join([*lines[: start - 1], f"# {why}:", *failed]).strip("\n")


def _line_of_failed(cell: str, error: BaseException, file: str) -> int:
    """Return the first line of the statement that failed, from 1."""
    frames = traceback.walk_tb(error.__traceback__)
    reached = next(line for frame, line in frames if frame.f_code.co_filename == file)
    for node in ast.parse(cell).body:
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(each.lineno for each in decorators)])
        if start <= reached <= (node.end_lineno or start):
            return start
    return 1
