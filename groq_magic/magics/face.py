"""What every family of magics has: the session, and the view that fits the front end."""

from __future__ import annotations

import contextlib
import functools
import getpass
from typing import TYPE_CHECKING, Any, TypeVar

from IPython.core.magic import Magics

from groq_magic.api.key import KEY_NAME, KEY_PAGE, found_key
from groq_magic.errors import GroqMagicError, InterruptedAskError, NotebookError
from groq_magic.interrupts import in_one_line, unsent
from groq_magic.page.caller import caller_names
from groq_magic.page.front_end import front_end, has_input
from groq_magic.page.notebook_file import notebook_path
from groq_magic.views import for_front_end
from groq_magic.views.session_facts import PanelFacts
from groq_magic.views.slots import speed_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.service import Service
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session
    from groq_magic.settings import AskOptions
    from groq_magic.views.guarded import View
    from groq_magic.views.live import Live

__all__ = [
    "Face",
    "ask_class",
    "hiding_secrets",
    "key_asker",
    "key_state",
    "live_of",
    "names_of_caller",
    "panel_facts",
    "shown_reply",
    "tell_speeds",
]

_Result = TypeVar("_Result")


class Face(Magics):
    """A family of magics over one session, which is made at first need.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    session : callable
        Returns the session.
    """

    def __init__(self, shell: Any, session: Callable[[], Session]) -> None:
        super().__init__(shell)
        self._session = session
        self.magics = {
            kind: {name: self._reported(magic) for name, magic in magics.items()}
            for kind, magics in self.magics.items()
        }

    @property
    def session(self) -> Session:
        """The session of the shell.

        Raises
        ------
        NotebookError
            In another thread than the session's.
        """
        # Its imports take a while at first need, and end in one line like all before an ask.
        session = unsent(self._session)
        session.owner.require("The magics of groq_magic work")
        return session

    def _reported(self, magic: Callable[..., Any]) -> Callable[..., Any]:
        """Return a magic whose errors show no secret, and whose interrupts are one line."""

        @functools.wraps(magic)
        def call(*args: Any, **kwargs: Any) -> Any:
            return in_one_line(
                lambda: hiding_secrets(self._session, lambda: magic(*args, **kwargs))
            )

        return call


def hiding_secrets(session: Callable[[], Session], call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; hide secrets in the errors that it raises.

    Parameters
    ----------
    session : callable
        Returns the session, whose secrets are hidden.
    call : callable
        May raise an error that quotes a line or a value.

    Raises
    ------
    GroqMagicError
        The call's own, or one of its type whose text has `[key]` for each secret.
    """
    try:
        return call()
    except GroqMagicError as error:
        shown = error
        # An interrupt while the session is made must not replace the error.
        with contextlib.suppress(GroqMagicError, KeyboardInterrupt):
            shown = _without_secrets(session(), error)
        if shown is error:
            raise
    # Raised out here, it has no context.
    raise shown


def _without_secrets(session: Session, error: GroqMagicError) -> GroqMagicError:
    """Return an error that shows no secret: the same one where it showed none."""
    secrets = session.secrets()
    happened, remedy = secrets.hidden(error.happened), secrets.hidden(error.remedy)
    if (happened, remedy) == (error.happened, error.remedy):
        return error
    return type(error)(happened, remedy)


def ask_class() -> type[Ask]:
    """Return `Ask`, when all that an ask needs is imported.

    Raises
    ------
    InterruptedAskError
        When the user breaks it off.
    """

    def imported() -> type[Ask]:
        from groq_magic.session.ask import Ask

        return Ask

    return unsent(imported)


def names_of_caller(session: Session, text: str, options: AskOptions) -> Mapping[str, Any] | None:
    """Return the names of the calling code, where a prompt may need them; else None."""
    system = options.system or session.settings.system
    return caller_names(session.namespace) if "{{" in f"{text}{system}" else None


def shown_reply(session: Session, ask: Ask) -> Reply:
    """Ask, and show the answer in the view that fits the front end."""
    from groq_magic.asking.flow import send_ask

    def view() -> View:
        return for_front_end(front_end(session.shell), lambda: live_of(session))

    reply = send_ask(session, ask, view)
    tell_speeds(session)
    return reply


def live_of(session: Session) -> Live:
    """Return the widgets that the session's views share, made at first need."""
    if session.live is None:
        from groq_magic.session.quota import quota_facts
        from groq_magic.views.live import Live

        session.live = Live(
            session.settings,
            panel_facts=lambda: panel_facts(session),
            quota=lambda: quota_facts(session.service.last_model, session.service.limits),
            undo=lambda: _undo(session),
            reset=lambda: _reset(session),
            hand_over=session.owner.hand_over,
        )
        session.live.start()
    session.refresh_picker()
    return session.live


def tell_speeds(session: Session) -> None:
    """Show in the listings of models how quick each was: live alone, since it changes."""
    if session.live is None:
        return
    practice = session.service.in_practice
    speeds = {
        model: session.ledger.speed(model, practice=practice)
        for model in {entry.model for entry in session.ledger.entries}
    }
    session.live.speeds(
        {speed_slot(model): f"{speed:,.0f} tok/s" for model, speed in speeds.items() if speed}
    )


def _undo(session: Session) -> None:
    # A press of Undo with nothing to undo is no error.
    with contextlib.suppress(NotebookError):
        session.undo()


def _reset(session: Session) -> None:
    session.reset()


def key_state(shell: Any, service: Service | None) -> str:
    """Return where the key is from, or what happens without one; never the key.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    service : Service or None
        None before the session is made.
    """
    from groq_magic.errors import ApiKeyError

    if service is not None and service.in_practice:
        return "practice mode: no model answers"
    path = notebook_path(shell)
    try:
        key = service.key_now() if service else found_key(path.parent if path else None)
    except ApiKeyError as error:
        return str(error)
    return str(key) if key is not None else "no key yet: the first ask asks for one"


def panel_facts(session: Session) -> PanelFacts:
    """Return what the panel says beside the settings."""
    from groq_magic.session.quota import meter_of

    limits = session.service.limits
    minute, day = limits.get("TPM"), limits.get("RPD")
    # The row's own heading says that it is the key.
    key = key_state(session.shell, session.service).removeprefix("key ")
    return PanelFacts(
        key,
        session.conversation_line(),
        meter_of(minute) if minute else None,
        meter_of(day) if day else None,
        session.live.pages.line if session.live is not None else "",
    )


def key_asker(shell: Any, warning: str) -> str | None:
    """Ask for a key, masked; None where there is no way to ask.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    warning : str
        What to know before a key is typed: it leaves at once, to be checked.

    Raises
    ------
    InterruptedAskError
        When the user breaks it off.
    """
    if not has_input(shell):
        return None
    typed = None
    try:
        typed = getpass.getpass(
            f"{warning}{' ' * bool(warning)}Groq API key (hidden; {KEY_PAGE} gives one; "
            f"to keep it, write {KEY_NAME}=… into a .env file that git ignores): "
        )
    except (KeyboardInterrupt, EOFError):
        typed = None
    if typed is None:
        raise InterruptedAskError("No key was given.", "`%groq_key` asks again.")
    return typed
