"""The names that the calling code sees, as an f-string in it would."""

from __future__ import annotations

import inspect
import sys
from collections import ChainMap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType

__all__ = ["caller_names"]

_NOT_CALLERS = frozenset({"groq_magic", "IPython", "ipykernel", "traitlets", "decorator"})
_SHELL = "IPython.core.interactiveshell"


def caller_names(namespace: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the names of the code that calls us beside those of the notebook.

    Within a function these are its own variables, then those of the functions
    around it that still run, then its module's. A variable of a function
    around it that has returned is seen where the code names it.

    Parameters
    ----------
    namespace : Mapping of str to Any
        The user's variables.

    Returns
    -------
    Mapping or None
        A copy, which keeps no frame alive; None for code of the notebook that
        stands in no function or class.
    """
    frame = _calling_frame()
    if frame is None:
        return None
    scopes = [_copy(each.f_locals) for each in _scopes(frame)]
    if frame.f_globals is not namespace:
        scopes.append(_copy(frame.f_globals))
    return ChainMap(*scopes) if scopes else None


def _calling_frame() -> FrameType | None:
    """Return the innermost frame that is neither ours nor IPython's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's names
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module == _SHELL and frame.f_code.co_name == "run_code":
            return None
        if module.partition(".")[0] not in _NOT_CALLERS:
            return frame
        frame = frame.f_back
    return None


def _scopes(frame: FrameType) -> Iterator[FrameType]:
    """Yield the frames whose variables the code of a frame sees, the innermost first."""
    if not _is_module(frame):
        yield frame
    code: CodeType = frame.f_code
    around = frame.f_back
    while around is not None:
        if any(constant is code for constant in around.f_code.co_consts):
            code = around.f_code
            # What stands in a class is not seen by the functions in it.
            if code.co_flags & inspect.CO_OPTIMIZED:
                yield around
        around = around.f_back


def _is_module(frame: FrameType) -> bool:
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED and frame.f_locals is frame.f_globals


def _copy(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without names that Python made, such as a comprehension's `.0`."""
    return {name: value for name, value in dict(names).items() if name.isidentifier()}
