"""Run a piece of code in the user's kernel, as the code of a cell runs, and note what came of it.

IPython's own steps run it: its transformations, its compiler (so that a traceback shows the
lines), its display of errors and figures. `run_cell` would count it as a cell: it would call
everybody's hooks of a cell's beginning and end, set `_` and `Out`, and note it in the history.
"""

from __future__ import annotations

import ast
import base64
import inspect
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried
from groq_magic.tools.failed_code import without_failed
from groq_magic.tools.time_limit import call_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from groq_magic.tools.approval import Approval

__all__ = ["CodeRun", "NotApprovedError", "awaits", "run_code"]

# Of what is printed, the beginning and the end are kept.
_KEPT = 50_000
_LAST_ERRORS = ("last_exc", "last_type", "last_value", "last_traceback")
_PNG = "image/png"


class NotApprovedError(Exception):
    """Code was about to run that nobody approved."""


@dataclass(frozen=True)
class CodeRun:
    """What came of a piece of code.

    Parameters
    ----------
    code : str
    file : str
        What its traceback calls the code.
    printed : str
        What it printed and displayed as text; of a long text the beginning and the end.
    values : tuple of object
        The values that were shown as a cell's last value is: one at most, unless IPython
        is set to show more.
    error : BaseException or None
    images : tuple of bytes
        The figures that were shown, as PNG, each once.
    kept : str
        The code with what did not run to its end commented out.
    """

    code: str
    file: str = ""
    printed: str = field(default="", repr=False)
    values: tuple[Any, ...] = field(default=(), repr=False)
    error: BaseException | None = None
    images: tuple[bytes, ...] = field(default=(), repr=False)
    kept: str = ""

    @property
    def is_stopped(self) -> bool:
        """Whether the user broke it off."""
        return is_a(self.error, KeyboardInterrupt)


def awaits(shell: Any, code: str) -> bool:
    """Whether code awaits outside of functions: only the kernel's own loop can run that."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        # The other transformations look at the user's objects.
        cell = shell.input_transformer_manager.transform_cell(code)
        made = compile(cell, "<proposed>", "exec", flags=flags, dont_inherit=True)
    except Exception:  # noqa: BLE001 - transformations are anyone's; running it shows the error
        return False
    return bool(made.co_flags & inspect.CO_COROUTINE)


def run_code(
    shell: Any, code: str, approval: Approval, stopped: threading.Event | None = None
) -> CodeRun:
    """Run approved code in the user's namespace; its output is shown where the cell's is.

    This is the one place that runs what a model wrote. ■ ends it.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    code : str
    approval : Approval
        The user's, of this very code.
    stopped : threading.Event, optional
        Set in another thread, it ends the code as ■ does.

    Raises
    ------
    NotApprovedError
        Without approval.
    """
    if not approval.runs:
        raise NotApprovedError
    output, result = _Output(shell, code), _Result(shell.displayhook.prompt_count)
    with ExitStack() as stack:
        for around in (_last_errors_restored(), shell.builtin_trap, shell.display_trap):
            stack.enter_context(around)
        stack.enter_context(output.noted())
        try:
            call_within(threading.TIMEOUT_MAX, partial(_run, shell, code, result), stopped)
        except KeyboardInterrupt as interrupt:
            # Between two steps of IPython, or while it showed an error.
            result.error_in_exec = interrupt
    error = result.error_before_exec or result.error_in_exec
    return CodeRun(
        code,
        result.file,
        output.printed.text,
        tuple(output.values),
        error,
        tuple(output.images),
        code if error is None else without_failed(code, result.cell, error, result.file),
    )


@dataclass
class _Result:
    """What IPython notes of an execution, with the code as it compiles it."""

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
        _driven(
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
    except Exception as error:  # noqa: BLE001 - transformations are anyone's
        result.error_before_exec = error
        shell.showtraceback()
    finally:
        # Figures are shown, and closed, at this event.
        shell.events.trigger("post_execute")


def _driven(coroutine: Any) -> None:
    """Run IPython's coroutine to its end: without a top-level await it never waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    finally:
        coroutine.close()


class _Ends:
    """The beginning and the end of a text that may be very long."""

    def __init__(self) -> None:
        self._first = self._last = ""
        self._new: list[str] = []
        self._lengths = [0, 0]

    def add(self, text: str) -> None:
        """Add to the end; what is then in the middle of very much is dropped."""
        self._new.append(text)
        self._lengths[1] += len(text)
        self._lengths[0] += len(text)
        if self._lengths[1] > _KEPT:
            self._take()

    @property
    def text(self) -> str:
        """The text, with a mark where its middle is left out."""
        self._take()
        left_out = self._lengths[0] - len(self._first) - len(self._last)
        mark = f"\n[… {left_out:,} characters left out …]\n" if left_out else ""
        return f"{self._first}{mark}{self._last}"

    def _take(self) -> None:
        new, self._new, self._lengths[1] = "".join(self._new), [], 0
        room = _KEPT - len(self._first)
        self._first += new[:room]
        self._last = (self._last + new[room:])[-_KEPT:]


class _Output:
    """Notes what is printed, displayed and returned, which is shown as ever."""

    def __init__(self, shell: Any, code: str) -> None:
        self.values: list[Any] = []
        self.images: list[bytes] = []
        self.printed = _Ends()
        self._shell = shell
        ends = shell.displayhook.semicolon_at_end_of_expression
        self._is_quiet = tried(lambda: bool(ends(code)), otherwise=False)
        self._is_publishing = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what the code within the block shows."""
        with ExitStack() as stack:
            for stream in (sys.stdout, sys.stderr):
                stack.enter_context(_replaced(stream, "write", self._noting_write))
            publisher = self._shell.display_pub
            stack.enter_context(_replaced(publisher, "publish", self._noting_publish))
            stack.enter_context(_replaced(self._shell, "_showtraceback", self._unnoted))
            stack.enter_context(_replaced(sys, "displayhook", lambda _: self._show))
            yield

    def _noting_write(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def noting(text: Any, *rest: Any, **named: Any) -> Any:
            # What publishing prints in a terminal is noted already, and an error by itself.
            if not self._is_publishing and is_a(text, str):
                self.printed.add(plain(text))
            return write(text, *rest, **named)

        return noting

    def _noting_publish(self, publish: Callable[..., Any]) -> Callable[..., Any]:
        def noting(data: Any, *rest: Any, **named: Any) -> Any:
            if not (self._is_publishing or named.get("update")) and is_a(data, dict):
                self._add_displayed(data)
            with self._publishing():
                return publish(data, *rest, **named)

        return noting

    def _unnoted(self, show: Callable[..., Any]) -> Callable[..., Any]:
        def showing(*args: Any) -> Any:
            with self._publishing():
                return show(*args)

        return showing

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        before, self._is_publishing = self._is_publishing, True
        try:
            yield
        finally:
            self._is_publishing = before

    def _show(self, value: Any) -> None:
        """Show a value as a cell's last one, without a number: `Out` is the user's."""
        if value is None or self._is_quiet:
            return
        with self._publishing():
            data, metadata = self._shell.display_formatter.format(value)
            if not self._add_image(data):
                self.values.append(value)
            if data:
                self._shell.display_pub.publish(data, metadata)

    def _add_displayed(self, data: dict[str, Any]) -> None:
        text = data.get("text/plain")
        if not self._add_image(data) and is_a(text, str):
            self.printed.add(f"{plain(str(text))}\n")

    def _add_image(self, data: Mapping[str, Any]) -> bool:
        found = data.get(_PNG)
        if is_a(found, str):
            found = tried(lambda: base64.b64decode(plain(str(data[_PNG]))), b"")
        if not found or not is_a(found, bytes, bytearray):
            return False
        if bytes(found) not in self.images:
            self.images.append(bytes(found))
        return True


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Replace an attribute of an object itself, which may so far be its class's."""
    is_own = name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, make(before))
    try:
        yield
    finally:
        if is_own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


@contextmanager
def _last_errors_restored() -> Iterator[None]:
    """Leave what `%debug` and our hooks take for the last error as it was."""
    before = {name: getattr(sys, name) for name in _LAST_ERRORS if hasattr(sys, name)}
    try:
        yield
    finally:
        for name in _LAST_ERRORS:
            if name in before:
                setattr(sys, name, before[name])
            elif hasattr(sys, name):
                delattr(sys, name)
