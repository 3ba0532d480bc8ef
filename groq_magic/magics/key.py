"""`%groq_key` and `%groq_practice`, and the description of the key in use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import KEY_NAME, KEY_PAGE, NO_KEY_ENTERED, find_key
from groq_magic.errors import ApiKeyError, GroqMagicError, InterruptedAskError, OptionError
from groq_magic.page.front_end import has_input
from groq_magic.page.notebook_file import notebook_path
from groq_magic.views.session_facts import KeyFacts
from groq_magic.views.show import show
from groq_magic.views.slots import banner

if TYPE_CHECKING:
    from groq_magic.api.service import Service
    from groq_magic.session.session import Session

__all__ = [
    "ask_for_key",
    "enter_key",
    "greet",
    "groq_key",
    "groq_practice",
    "key_facts",
    "key_state",
]

# A line of a cell that itself shows the key's state.
_SHOWS_STATE = re.compile(r"^%groq_(?:practice|key)\b(?!\?)", re.MULTILINE)


def greet(shell: Any, model: str, service: Service | None) -> None:
    """Show the line of `%load_ext`, unless another line of the cell shows the key's state.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    model : str
        The model in use.
    service : Service or None
        None before the session is made.
    """
    sources, number = shell.history_manager.input_hist_raw, shell.displayhook.prompt_count
    # Some front ends run code without adding it to the history.
    source = sources[number] if number < len(sources) else ""
    if not _SHOWS_STATE.search(source):
        show(*banner(model, key_state(shell, service), is_of_key=True))


def groq_key(session: Session, line: str) -> None:
    """Ask for a key, with hidden input; it is checked, and kept in this process alone.

    The output explains how to store it.
    """
    if line.strip():
        # The error must not repeat the line, which may be a key.
        raise OptionError(
            "%groq_key takes nothing on its line: a key there is saved with the notebook.",
            "Run `%groq_key` alone, and delete that line if it contained a key.",
        )

    service = session.service
    service.new_key()
    state = "key from %groq_key, in this process alone"
    if not service.catalogue().live:
        state += ", not checked yet: the service lists no models"
    how = f"to keep it, write `{KEY_NAME}=…` into a `.env` that git ignores"
    _show_state(session, f"{state}; {how}")


def groq_practice(session: Session, line: str) -> None:
    """Switch to the practice server, or back: `%groq_practice [--script FILE] [on|off]`.

    The practice server speaks Groq's API on this machine: no key, no network,
    and no model. A script is a JSON list of replies to give, such as
    `[{"match": "mean", "reply": "The mean is …"}]`.
    """
    from groq_magic.magics.line_parser import parse_line
    from groq_magic.magics.options import OPTIONS_OF

    given, text = parse_line(line, OPTIONS_OF["groq_practice"], "%groq_practice")
    wanted = text or "on"
    if wanted not in {"on", "off"}:
        raise OptionError("%groq_practice takes on or off.", "Try `%groq_practice on`.")
    session.service.set_practice(on=wanted == "on", script=given.get("script"))
    if wanted == "on":
        _show_state(session, "practice mode: no model answers; `%groq_practice off` ends it")
    else:
        _show_new_key(session)
        state = key_state(session.shell, session.service)
        show(*banner(session.settings.model, state, note="practice mode ended", is_of_key=True))


def enter_key(session: Session, typed: str) -> str:
    """Use a key that was entered on the page; return "", or why it is not used."""
    service = session.service
    try:
        if warning := service.key_warning():
            # On the page there is no warning before the key is entered.
            raise ApiKeyError(warning, "`%groq_key` takes a key despite this.")
        service.new_key(typed)
    except GroqMagicError as error:
        return str(error)
    _show_new_key(session)
    return ""


def key_facts(session: Session) -> KeyFacts:
    """Return the key's state, for the page."""
    service = session.service
    return KeyFacts(key_state(session.shell, service), wanted=service.own_key() is None)


def _show_new_key(session: Session) -> None:
    """Show everywhere that another key, or practice mode, is in use."""
    session.refresh_picker()
    live = session.live
    if live is not None:
        # The known limits belong to another key.
        live.quota_changed()
        live.refresh()


def _show_state(session: Session, state: str) -> None:
    _show_new_key(session)
    show(*banner(session.settings.model, state))


def key_state(shell: Any, service: Service | None) -> str:
    """Return the key's source, or what happens without a key; never the key itself.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    service : Service or None
        None before the session is made.
    """
    if service is not None and service.in_practice:
        return "practice mode: no model answers"
    path = notebook_path(shell)
    try:
        key = service.key_now() if service else find_key(path.parent if path else None)
    except ApiKeyError as error:
        return str(error)
    if key is not None:
        return str(key)
    return "no key yet: the first `%%groq` asks for one; `%groq_practice on` needs none"


def ask_for_key(shell: Any, warning: str) -> str | None:
    """Ask for a key with hidden input; an empty entry cancels.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    warning : str
        Shown before the prompt, since the key is sent at once, to be checked.

    Returns
    -------
    str or None
        None if the front end takes no input.

    Raises
    ------
    InterruptedAskError
        When the user cancels.
    """
    if not has_input(shell):
        return None
    import getpass

    prompt = (
        f"Groq API key, hidden ({KEY_PAGE} gives one; empty cancels; "
        "%groq_practice on needs none): "
    )
    try:
        typed = getpass.getpass(f"{warning} {prompt}" if warning else prompt)
    except (KeyboardInterrupt, EOFError):
        typed = ""
    if not typed.strip():
        raise InterruptedAskError(*NO_KEY_ENTERED)
    return typed
