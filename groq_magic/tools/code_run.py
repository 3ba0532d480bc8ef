"""Run a piece of code in the user's kernel, as a cell's code runs, and record its output.

IPython's own steps run it: its transformations, its compiler (so that a traceback shows the
lines), its display of errors and figures. `run_cell` would treat it as a cell: it would call
all hooks before and after a cell, set `_` and `Out`, and add it to the history.
"""

from __future__ import annotations

import ast
import inspect
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a
from groq_magic.tools.failed_code import comment_out_failed
from groq_magic.tools.shown_output import ShownOutput
from groq_magic.tools.time_limit import call_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.tools.decision import Decision

__all__ = ["CodeRun", "NotApprovedError", "has_top_level_await", "run_code"]

_MOST_LINES = 500
_SYNTAX = (SyntaxError, IndentationError, TabError)  # a user's subclass may raise anything
_LAST_ERRORS = ("last_exc", "last_type", "last_value", "last_traceback")


class NotApprovedError(Exception):
    """Code without decision was about to run."""


@dataclass(frozen=True)
class CodeRun:
    """The output of a piece of code, and its error.

    Parameters
    ----------
    code : str
    file : str
        The file name of the code in its traceback.
    printed : str
        The text that it printed and displayed; of a long text the middle is left out.
    values : tuple of object
        The values that were shown as a cell's last value is: one at most, unless IPython
        is set to show more.
    error : BaseException or None
    images : tuple of bytes
        The figures that were shown, as PNG, each once.
    kept : str
        The code for the notebook, with the statement that failed and all after it commented out.
    """

    code: str
    file: str
    printed: str = field(repr=False)
    values: tuple[Any, ...] = field(repr=False)
    error: BaseException | None
    images: tuple[bytes, ...] = field(repr=False)
    kept: str

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped the code."""
        return is_a(self.error, KeyboardInterrupt)


def has_top_level_await(shell: Any, code: str) -> bool:
    """Whether code has an `await` outside of functions, which only the kernel's loop can run."""
    if "await" not in code and "async" not in code:
        return False
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        # `shell.transform_cell` would also look up the user's objects. Transforming thousands of
        # shell lines takes long: long code is compiled untransformed.
        is_short = code.count("\n") < _MOST_LINES
        cell = shell.input_transformer_manager.transform_cell(code) if is_short else code
        compiled = compile(cell, "<proposed>", "exec", flags=flags, dont_inherit=True)
    except Exception:  # noqa: BLE001 - users add transformations; running it shows the error
        return False
    return bool(compiled.co_flags & inspect.CO_COROUTINE)


def run_code(
    shell: Any, code: str, decision: Decision, stopped: threading.Event | None = None
) -> CodeRun:
    """Run approved code in the user's namespace; its output is shown where the cell's is.

    This is the one place that runs what a model wrote. ■ ends it.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    code : str
    decision : Decision
        The user's, about exactly this code.
    stopped : threading.Event, optional
        Set in another thread, it ends the code as ■ does.

    Raises
    ------
    NotApprovedError
        Without decision.
    """
    if not decision.runs:
        raise NotApprovedError
    output, result = ShownOutput(shell, code), _Result(shell.displayhook.prompt_count)
    with ExitStack() as stack:
        for around in (_last_errors_restored(), shell.builtin_trap, shell.display_trap):
            stack.enter_context(around)
        stack.enter_context(output.recording())
        try:
            call_within(threading.TIMEOUT_MAX, partial(_run, shell, code, result), stopped)
        except KeyboardInterrupt as interrupt:
            # IPython handles an interrupt of the code itself, but not one between its own steps.
            result.error_in_exec = interrupt
    error = result.error_before_exec or result.error_in_exec
    if error is not None and _is_of_syntax(error, result.file):
        # All frames of the traceback are ours and IPython's.
        error = error.with_traceback(None)
    return CodeRun(
        code,
        result.file,
        output.printed,
        tuple(output.values),
        error,
        tuple(output.images),
        code if error is None else comment_out_failed(code, result.cell, error, result.file),
    )


@dataclass
class _Result:
    """The result that IPython fills in for an execution, and the code as compiled."""

    execution_count: int
    error_before_exec: BaseException | None = None
    error_in_exec: BaseException | None = None
    cell: str = ""
    file: str = ""


def _run(shell: Any, code: str, result: _Result) -> None:
    shell.events.trigger("pre_execute")
    try:
        result.cell = shell.transform_cell(code)
        number = result.execution_count
        result.file = shell.compile.cache(result.cell, number, raw_code=code)
        tree = shell.transform_ast(shell.compile.ast_parse(result.cell, filename=result.file))
        _run_to_end(
            shell.run_ast_nodes(
                tree.body,
                result.file,
                interactivity=shell.ast_node_interactivity,
                compiler=shell.compile,
                result=result,
            )
        )
    except SyntaxError as error:
        result.error_before_exec = error
        shell.showsyntaxerror()
    except Exception as error:  # noqa: BLE001 - users add transformations
        result.error_before_exec = error
        shell.showtraceback()
    finally:
        # Figures are shown, and closed, at this event.
        shell.events.trigger("post_execute")


def _is_of_syntax(error: BaseException, file: str) -> bool:
    """Whether the error is that the code could not be compiled."""
    return type(error) in _SYNTAX and getattr(error, "filename", "") == file


def _run_to_end(coroutine: Any) -> None:
    """Run IPython's coroutine to its end: without a top-level await it never waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    finally:
        coroutine.close()


@contextmanager
def _last_errors_restored() -> Iterator[None]:
    """Restore `sys.last_exc` and the like: `%debug` and our hooks read the last error there."""
    before = {name: getattr(sys, name) for name in _LAST_ERRORS if hasattr(sys, name)}
    try:
        yield
    finally:
        for name in _LAST_ERRORS:
            if name in before:
                setattr(sys, name, before[name])
            elif hasattr(sys, name):
                delattr(sys, name)
