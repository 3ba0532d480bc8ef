"""Load and unload the extension: magics are imported at their first use."""

from __future__ import annotations

import contextlib
import os
import threading
from importlib import import_module
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from IPython.core.magic import no_var_expand

from groq_magic.interrupts import Interrupts, interruptible, interruptible_magic, uninterrupted
from groq_magic.magics.cell_source import QuestionPrompt, completer_of, loads_alone, with_body
from groq_magic.magics.display import display_replies, end_replies
from groq_magic.magics.key import ask_for_key, greet
from groq_magic.magics.reported_errors import reporting_errors
from groq_magic.page.caller import cell_is_running
from groq_magic.page.cell import cell_id
from groq_magic.page.front_end import front_end
from groq_magic.page.shown_errors import BackgroundErrors, last_shown
from groq_magic.session.executions import owner_of
from groq_magic.session.last_plot import LastPlot
from groq_magic.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["GroqMagics", "load", "session_of", "unload"]

# The kind of each magic, by module and name.
_MAGICS = MappingProxyType(
    {
        "ask": {"groq": "line_cell", "groq_retry": "line"},
        "assistant": {"groq_fix": "line", "groq_explain": "line", "groq_code": "cell"},
        "conversation": {
            "groq_system": "line_cell",
            **dict.fromkeys(("groq_history", "groq_undo", "groq_reset"), "line"),
            "groq_conversation": "line",
        },
        "export": {"groq_export": "line"},
        "help": {"groq_help": "line"},
        "key": {"groq_key": "line", "groq_practice": "line"},
        "map": {"groq_map": "cell"},
        "runs": {"groq_runs": "line"},
        "model": {"groq_model": "line", "groq_models": "line"},
        "restore": {"groq_restore": "line"},
        "cache_and_replay": {"groq_cache": "line", "groq_replay": "line"},
        "usage": {"groq_usage": "line"},
    }
)
# Takes no session, so that it doesn't wait for the session's imports.
_WITHOUT_SESSION = "groq_help"
_EXTENSION = "groq_magic"


@no_var_expand
class _Magic:
    # No docstring: `__doc__` of an instance is its magic's help.

    def __init__(self, extension: GroqMagics, name: str, module: str) -> None:
        self.__name__ = name
        self._extension = extension
        self._module = f"groq_magic.magics.{module}"

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The magic's function; IPython shows its source for `%magic??`."""
        self._extension.wait_for_imports()
        function: Callable[..., Any] = getattr(import_module(self._module), self.__name__)
        return function

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # elsewhere an attribute
        from groq_magic.magics.help import help_of

        return help_of(self.__wrapped__)

    def __call__(self, *line_and_cell: str) -> Any:
        """Run the magic; errors contain no secrets, and an interrupt is one line."""
        extension = self._extension

        def call() -> Any:
            function = interruptible(lambda: uninterrupted(lambda: self.__wrapped__))
            session = (extension.session,) if self.__name__ != _WITHOUT_SESSION else ()
            return function(*session, *line_and_cell)

        extension.owner.require("The magics of groq_magic work")
        return interruptible_magic(lambda: reporting_errors(lambda: extension.session, call))


class GroqMagics(Settings):
    """The settings under their `%config` name, with the session and the registered magics."""

    def __init__(self, shell: Any) -> None:
        super().__init__(parent=shell)
        self.shell, self.owner = shell, owner_of(shell)
        self._cells: dict[int, str] = {}
        self._hooks: list[tuple[str, Callable[..., None]]] = [
            ("pre_run_cell", self._pre_run_cell),
            ("post_run_cell", self._post_run_cell),
        ]
        self._completer = completer_of(lambda: self.session)
        self._background, self._last_plot = BackgroundErrors(), LastPlot(shell)
        self._shown_before = last_shown()
        self._imports: threading.Thread | None = None
        self._session_lock = threading.RLock()
        self._session: Session | None = None
        # Whether the session knows of the cell that ran when the session was made.
        self._knows_cell, self._source = False, ""

    @property
    def session(self) -> Session:
        """The session, made when first needed, as its imports are slow."""
        # `groq_magic.complete` may need it first, in several threads at once.
        with self._session_lock:
            if self._session is None:
                self._session = interruptible(lambda: uninterrupted(self._new_session))
                self._session.executions.add_earlier(self._cells)
            # Only the owner's thread runs cells.
            if not self._knows_cell and self.owner.is_here:
                self._knows_cell = True
                if cell_is_running():
                    self._session.cell_begins(self._source)
            return self._session

    def wait_for_imports(self) -> None:
        """Wait until the imports in the background are finished.

        Imports may fail while another thread imports the same package.
        """
        if self._imports is not None and self._imports.is_alive():
            self._imports.join()

    def _new_session(self) -> Session:
        self.wait_for_imports()
        from groq_magic.session.session import Session

        made = Session(
            self.shell,
            self,
            lambda: ask_for_key(self.shell, self.session.service.key_warning()),
            self.owner,
        )
        made.background, made.last_plot = self._background, self._last_plot
        return made

    @property
    def has_session(self) -> bool:
        """Whether the session has been made."""
        return self._session is not None

    def cell_begins(self, source: str = "") -> None:
        """Record that a cell begins to run, with its source if known."""
        cell, self._source = cell_id(self.shell), source
        if self.has_session:
            self.session.cell_begins(source)
        elif cell is not None:
            self._cells[self.shell.displayhook.prompt_count] = cell

    def _pre_run_cell(self, info: Any) -> None:
        if self._is_outer_cell():
            self._shown_before = last_shown()
            source = info.raw_cell or ""
            self.cell_begins(source)
            if loads_alone(source, _EXTENSION):
                # Otherwise IPython prints "already loaded" instead of the line with the picker.
                self.shell.extension_manager.loaded.discard(_EXTENSION)

    def _is_outer_cell(self) -> bool:
        """Whether the cell runs neither inside another cell, as by `%rerun`, nor in a subshell."""
        return self.owner.is_here and not cell_is_running()

    def _post_run_cell(self, result: Any) -> None:
        # The cell is over: IPython would show an interrupt as a traceback.
        with Interrupts():
            self._cell_ended(result)

    def _cell_ended(self, result: Any) -> None:
        if not self._is_outer_cell():
            return
        if _extension_of(self.shell) is self:
            self.shell.extension_manager.loaded.add(_EXTENSION)
        # The result of a cell that was cancelled during an `await` is None.
        succeeded = result is not None and result.success
        shown = None if last_shown() is self._shown_before else last_shown()
        self._shown_before = None  # an error keeps the values of its frames alive
        has_failed = not succeeded or self.shell.user_ns.get("_exit_code")
        has_failed = has_failed or shown is not None or self._background.is_any
        # Without a failure, the session is not needed before the first ask.
        if not (self.has_session or has_failed):
            return
        from groq_magic.session.cell_history import record_cell_end

        self.session.cell_ended(succeeded=succeeded)
        if result is not None:
            record_cell_end(self.session, result, shown)

    def start_page_later(self) -> None:
        """Start the session's part on the page after the cell."""
        from groq_magic.magics.page_start import start_page_later

        self._imports = start_page_later(
            lambda: self.session, lambda: _extension_of(self.shell) is self
        )

    def install(self) -> None:
        """Register everything with the shell."""
        for module, magics in _MAGICS.items():
            for name, kind in magics.items():
                self.shell.register_magic_function(_Magic(self, name, module), kind, name)
        self._background.install()
        self._last_plot.install()
        self.shell.configurables.append(self)
        for event, hook in self._hooks:
            self.shell.events.register(event, hook)
        self.shell.Completer.custom_matchers.append(self._completer)
        display_replies(self.shell, lambda r: self.has_session and self.session.has_shown(r))
        transformers = self.shell.input_transformer_manager
        transformers.token_transformers.insert(0, QuestionPrompt)
        transformers.line_transforms.insert(0, with_body)

    def uninstall(self) -> None:
        """Unregister everything."""
        self._background.uninstall()
        self._last_plot.uninstall()
        for magics in self.shell.magics_manager.magics.values():
            for name in chain.from_iterable(_MAGICS.values()):
                magics.pop(name, None)
        self.shell.configurables[:] = [c for c in self.shell.configurables if c is not self]
        for event, hook in self._hooks:
            with contextlib.suppress(ValueError):
                self.shell.events.unregister(event, hook)
        transformers = self.shell.input_transformer_manager
        for installed, ours in (
            (self.shell.Completer.custom_matchers, self._completer),
            (transformers.token_transformers, QuestionPrompt),
            (transformers.line_transforms, with_body),
        ):
            with contextlib.suppress(ValueError):
                installed.remove(ours)
        end_replies(self.shell)
        if self.has_session:
            self.session.close()


def load(shell: Any) -> None:
    """Register the magics unless they are registered, and show one line."""
    extension = _extension_of(shell)
    if extension is not None:
        _greet(extension)
        return
    extension = GroqMagics(shell)
    extension.install()
    # In IPython's own list, so that it can unload an extension that `ask` has loaded.
    shell.extension_manager.loaded.add(_EXTENSION)
    extension.cell_begins()
    # Set by the demo if there is no key.
    if os.environ.get("GROQ_MAGIC_PRACTICE"):
        extension.session.service.set_practice(on=True)
    _greet(extension)
    if front_end(shell) == "widgets":
        extension.start_page_later()


def _greet(extension: GroqMagics) -> None:
    service = extension.session.service if extension.has_session else None
    greet(extension.shell, extension.model, service)


def unload(shell: Any) -> None:
    """Unload the extension: unregister everything and close the session."""
    for extension in _extensions_of(shell):
        extension.uninstall()
    shell.extension_manager.loaded.discard(_EXTENSION)


def session_of(shell: Any) -> Session | None:
    """Return the session of a shell, None if the extension isn't loaded."""
    extension = _extension_of(shell)
    if extension is None:
        return None
    extension.wait_for_imports()
    return extension.session


def _extension_of(shell: Any) -> GroqMagics | None:
    return next(iter(_extensions_of(shell)), None)


def _extensions_of(shell: Any) -> list[GroqMagics]:
    # By name: a reload of the module makes a new class.
    configurables = getattr(shell, "configurables", ())
    return [each for each in configurables if type(each).__name__ == GroqMagics.__name__]
