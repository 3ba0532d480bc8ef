"""Record what running code prints, displays and returns, while it is shown as usual."""

from __future__ import annotations

import base64
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["ShownOutput"]

# Characters kept of the beginning, and as many of the end.
_KEPT = 50_000
_PNG = "image/png"


class _LongText:
    """The beginning and the end of a text that may be very long."""

    def __init__(self) -> None:
        self._first = self._last = ""
        self._new: list[str] = []
        self._lengths = [0, 0]

    def add(self, text: str) -> None:
        """Add to the end; the middle of a very long text is dropped."""
        self._new.append(text)
        self._lengths[1] += len(text)
        self._lengths[0] += len(text)
        if self._lengths[1] > _KEPT:
            self._cut_middle()

    @property
    def text(self) -> str:
        """The text, with a mark where its middle is left out."""
        self._cut_middle()
        left_out = self._lengths[0] - len(self._first) - len(self._last)
        mark = f"\n[… {left_out:,} characters left out …]\n" if left_out else ""
        return f"{self._first}{mark}{self._last}"

    def _cut_middle(self) -> None:
        new, self._new, self._lengths[1] = "".join(self._new), [], 0
        room = _KEPT - len(self._first)
        self._first += new[:room]
        self._last = (self._last + new[room:])[-_KEPT:]


class ShownOutput:
    """Records what a piece of code prints, displays and returns, while it is shown as usual.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    code : str

    Attributes
    ----------
    values : list of object
        The values that were shown as a cell's last value is.
    images : list of bytes
        The images that were shown, as PNG, each once.
    """

    def __init__(self, shell: Any, code: str) -> None:
        self.values: list[Any] = []
        self.images: list[bytes] = []
        self._printed = _LongText()
        self._shell = shell
        ends = shell.displayhook.semicolon_at_end_of_expression
        self._is_quiet = tried(lambda: bool(ends(code)), otherwise=False)
        self._is_publishing = False

    @property
    def printed(self) -> str:
        """The text that was printed, and displayed."""
        return self._printed.text

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what the code in the `with` block shows."""
        with ExitStack() as stack:
            for stream in (sys.stdout, sys.stderr):
                stack.enter_context(_replaced(stream, "write", self._recording_write))
            publisher = self._shell.display_pub
            stack.enter_context(_replaced(publisher, "publish", self._recording_publish))
            stack.enter_context(_replaced(self._shell, "_showtraceback", self._showing_error))
            stack.enter_context(_replaced(sys, "displayhook", lambda _: self._show))
            yield

    def _recording_write(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def recording(text: Any, *rest: Any, **named: Any) -> Any:
            # In a terminal, displays and errors are printed too: displays are recorded already,
            # and errors are kept elsewhere.
            if not self._is_publishing and is_a(text, str):
                self._printed.add(plain(text))
            return write(text, *rest, **named)

        return recording

    def _recording_publish(self, publish: Callable[..., Any]) -> Callable[..., Any]:
        def recording(data: Any, *rest: Any, **named: Any) -> Any:
            if not (self._is_publishing or named.get("update")) and is_a(data, dict):
                self._add_displayed(data)
            with self._publishing():
                return publish(data, *rest, **named)

        return recording

    def _showing_error(self, show: Callable[..., Any]) -> Callable[..., Any]:
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
        """Show a value as a cell's last value, but without a number: `Out` stays unchanged."""
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
            self._printed.add(f"{plain(str(text))}\n")

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
    """Replace an attribute of an object; so far its class may have provided it."""
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
