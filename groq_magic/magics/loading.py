"""Putting the magics into a shell, and taking every trace of them out again."""

from __future__ import annotations

import asyncio
import contextlib
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.interrupts import Interrupts
from groq_magic.magics.ask import AskMagics
from groq_magic.magics.assistant import AssistantMagics
from groq_magic.magics.completion import completer_of
from groq_magic.magics.conversation import ConversationMagics
from groq_magic.magics.empty_cell import with_body
from groq_magic.magics.export import ExportMagics
from groq_magic.magics.face import key_asker, key_state, live_of
from groq_magic.magics.help import HelpMagics
from groq_magic.magics.key import KeyMagics
from groq_magic.magics.model import ModelMagics
from groq_magic.magics.question import QuestionPrompt
from groq_magic.magics.recall import RecallMagics
from groq_magic.magics.usage import UsageMagics
from groq_magic.page.caller import cell_is_running
from groq_magic.page.cell import cell_id
from groq_magic.page.front_end import front_end
from groq_magic.session.executions import owner_of
from groq_magic.settings import Settings
from groq_magic.views.show import show
from groq_magic.views.slots import banner

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["GroqMagics", "load", "session_of", "unload"]

_FAMILIES = (
    AskMagics,
    AssistantMagics,
    ConversationMagics,
    ExportMagics,
    HelpMagics,
    KeyMagics,
    ModelMagics,
    RecallMagics,
    UsageMagics,
)
_EXTENSION = "groq_magic"
_LATER = 0.05
_LOOKS = 40


class GroqMagics(Settings):
    """The settings under the name that `%config` knows, and what hangs on them."""

    def __init__(self, shell: Any) -> None:
        super().__init__(parent=shell)
        self._shell = shell
        self._cells: set[str] = set()
        self._is_first = True
        self._owner = owner_of(shell)
        self._families = [family(shell, lambda: self.session) for family in _FAMILIES]
        self._hooks: list[tuple[str, Callable[..., None]]] = [
            ("pre_run_cell", self._cell_begins),
            ("post_run_cell", self._cell_has_run),
        ]
        self._completer = completer_of(lambda: self.session)

    @cached_property
    def session(self) -> Session:
        """The session, made at first need: what it needs would make loading slow."""
        from groq_magic.session.session import Session

        session = Session(
            self._shell,
            self,
            lambda: key_asker(self._shell, self.session.service.key_warning()),
            self._owner,
        )
        session.saved.cells_seen |= self._cells
        if cell_is_running():
            session.cell_begins()
        return session

    @property
    def has_session(self) -> bool:
        """Whether there was a need for the session yet."""
        return "session" in vars(self)

    def cell_begins(self) -> None:
        """Note that a cell begins to run."""
        cell = cell_id(self._shell)
        if self.has_session:
            self.session.cell_begins()
        elif cell is not None:
            self._cells.add(cell)

    def _cell_begins(self, _info: Any) -> None:
        if self._is_cell_of_its_own():
            self.cell_begins()

    def _is_cell_of_its_own(self) -> bool:
        """Whether it is neither within another one, as of `%rerun`, nor a subshell's."""
        return self._owner.is_here and not cell_is_running()

    def _cell_has_run(self, result: Any) -> None:
        # IPython shows what a hook raises as a traceback, and the cell is over.
        with Interrupts():
            self._cell_ended(result)

    def _cell_ended(self, result: Any) -> None:
        if not self._is_cell_of_its_own():
            return
        is_first, self._is_first = self._is_first, False
        # IPython has no result of a cell that was cancelled while it awaited.
        succeeded = result is not None and result.success
        # The cell that loaded the extension need not wait for what the next one needs.
        if is_first and succeeded and not self.has_session:
            return
        from groq_magic.session.past_cells import note_ending

        self.session.cell_ended(succeeded=succeeded)
        if result is not None:
            note_ending(self.session, result)

    def install(self) -> None:
        """Register everything with the shell."""
        for family in self._families:
            self._shell.register_magics(family)
        self._shell.configurables.append(self)
        for event, hook in self._hooks:
            self._shell.events.register(event, hook)
        self._shell.Completer.custom_matchers.append(self._completer)
        manager = self._shell.input_transformer_manager
        manager.token_transformers.insert(0, QuestionPrompt)
        manager.line_transforms.insert(0, with_body)

    def uninstall(self) -> None:
        """Take everything out again."""
        manager = self._shell.magics_manager
        for family in self._families:
            manager.registry.pop(type(family).__name__, None)
            for kind, names in family.magics.items():
                for name in names:
                    manager.magics[kind].pop(name, None)
        ours = {id(self), *map(id, self._families)}
        kept = [c for c in self._shell.configurables if id(c) not in ours]
        self._shell.configurables[:] = kept
        for event, hook in self._hooks:
            with contextlib.suppress(ValueError):
                self._shell.events.unregister(event, hook)
        with contextlib.suppress(ValueError):
            self._shell.Completer.custom_matchers.remove(self._completer)
        transformers = self._shell.input_transformer_manager
        with contextlib.suppress(ValueError):
            transformers.token_transformers.remove(QuestionPrompt)
        with contextlib.suppress(ValueError):
            transformers.line_transforms.remove(with_body)
        if self.has_session:
            self.session.close()


def load(shell: Any) -> None:
    """Register the magics and print one line."""
    if _magics_of(shell) is not None:
        return
    magics = GroqMagics(shell)
    magics.install()
    _note_loaded(shell, loaded=True)
    magics.cell_begins()
    # The demo sets it where there is no key.
    if os.environ.get("GROQ_MAGIC_PRACTICE") == "1":
        magics.session.service.practise(on=True)
    service = magics.session.service if magics.has_session else None
    show(*banner(magics.model, key_state(shell, service)))
    if front_end(shell) == "widgets":
        _soon(lambda: _make_live(magics))


def unload(shell: Any) -> None:
    """Leave nothing behind."""
    for each in _all_of(shell):
        each.uninstall()
    _note_loaded(shell, loaded=False)


def _note_loaded(shell: Any, *, loaded: bool) -> None:
    """Keep IPython's own list right, so that what `ask` loaded can be unloaded and reloaded."""
    names = shell.extension_manager.loaded
    if loaded:
        names.add(_EXTENSION)
    else:
        names.discard(_EXTENSION)


def session_of(shell: Any) -> Session | None:
    """Return the session of a shell, None where the extension isn't loaded."""
    magics = _magics_of(shell)
    return None if magics is None else magics.session


def _magics_of(shell: Any) -> GroqMagics | None:
    return next(iter(_all_of(shell)), None)


def _all_of(shell: Any) -> list[GroqMagics]:
    # By name: after a reload of the module the class is another one.
    present = getattr(shell, "configurables", ())
    return [each for each in present if type(each).__name__ == GroqMagics.__name__]


def _make_live(magics: GroqMagics) -> None:
    """Fill the loaded line's slot once the cell has run: loading itself stays fast."""
    if _magics_of(magics.parent) is not magics:
        return
    session = magics.session
    live_of(session)
    with contextlib.suppress(Exception):
        # A malformed key or address is said by the first ask, as is that the key can be read.
        service = session.service
        if service.key_now() is not None and not service.plain_warning():
            service.prefetch_catalogue()
    _look_for_models(session, _LOOKS)


def _look_for_models(session: Session, looks: int) -> None:
    if session_of(session.shell) is not session:
        return
    session.refresh_picker()
    if looks and not session.service.catalogue().live:
        _soon(lambda: _look_for_models(session, looks - 1), 0.25)


def _soon(call: Callable[[], None], seconds: float = _LATER) -> None:
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop().call_later(seconds, call)
