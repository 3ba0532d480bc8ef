"""The code that calls us: its variables, and whether a cell is running."""

from __future__ import annotations

import inspect
import sys
from collections import ChainMap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType

__all__ = ["caller_names", "cell_is_running"]

_NOT_CALLERS = frozenset({"groq_magic", "IPython", "ipykernel", "traitlets", "decorator"})
_SHELL = "IPython.core.interactiveshell"


def caller_names(namespace: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the variables of the calling code that are not the notebook's.

    Within a function these are its own variables, then those of the functions
    around it that still run, then its module's. Of an enclosing function that
    has returned, only the variables that the code uses are found.

    Parameters
    ----------
    namespace : Mapping of str to Any
        The user's variables.

    Returns
    -------
    Mapping or None
        A copy, which keeps no frame alive; None for code of a cell outside of
        functions and classes.
    """
    frame = _calling_frame()
    if frame is None:
        return None
    scopes = [_copy(each.f_locals) for each in _scopes(frame)]
    if frame.f_globals is not namespace:
        scopes.append(_copy(frame.f_globals))
    return ChainMap(*scopes) if scopes else None


def cell_is_running() -> bool:
    """Whether the code of a cell is on the stack: a cell that begins now runs within it."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - IPython does not report it
    while frame is not None and not _runs_cell(frame):
        frame = frame.f_back
    return frame is not None


def _calling_frame() -> FrameType | None:
    """Return the innermost frame that is neither ours nor IPython's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's names
    while frame is not None:
        if _runs_cell(frame):
            return None
        if _module_of(frame).partition(".")[0] not in _NOT_CALLERS:
            return frame
        frame = frame.f_back
    return None


def _runs_cell(frame: FrameType) -> bool:
    return frame.f_code.co_name == "run_code" and _module_of(frame) == _SHELL


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _scopes(frame: FrameType) -> Iterator[FrameType]:
    """Yield the frames whose variables the code of a frame sees, the innermost first."""
    if not _is_module(frame):
        yield frame
    code: CodeType = frame.f_code
    around = frame.f_back
    while around is not None:
        if any(constant is code for constant in around.f_code.co_consts):
            code = around.f_code
            # Functions in a class do not see its variables.
            if code.co_flags & inspect.CO_OPTIMIZED:
                yield around
        around = around.f_back


def _is_module(frame: FrameType) -> bool:
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED and frame.f_locals is frame.f_globals


def _copy(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without names that only Python uses, such as a comprehension's `.0`."""
    return {name: value for name, value in dict(names).items() if name.isidentifier()}
