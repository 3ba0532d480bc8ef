"""Display answers and the session's widgets."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import count_of
from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.key import enter_key, key_facts, key_state
from groq_magic.page.front_end import front_end
from groq_magic.views import for_front_end
from groq_magic.views.show import publish
from groq_magic.views.slots import speed_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session
    from groq_magic.views.guarded_view import View
    from groq_magic.views.live import Live
    from groq_magic.views.map.view import MapView
    from groq_magic.views.session_facts import PanelFacts

__all__ = [
    "conversation_turns",
    "data_frame",
    "display_replies",
    "end_replies",
    "live_of",
    "map_view_of",
    "panel_facts",
    "show_reply",
    "show_speeds",
]

_REPLY = ("groq_magic.reply", "Reply")


def show_reply(session: Session, ask: Ask) -> Reply:
    """Ask, and show the answer in a view for this front end."""
    from groq_magic.asking.flow import send_ask

    def view() -> View:
        return for_front_end(front_end(session.shell), lambda: live_of(session))

    reply = send_ask(session, ask, view)
    show_speeds(session)
    return reply


def map_view_of(session: Session) -> MapView:
    """Return a view of one map for this front end."""
    from groq_magic.views.map.view import map_view

    return map_view(front_end(session.shell), lambda: live_of(session))


def live_of(session: Session) -> Live:
    """Return the session's widgets, made when first needed."""
    if session.live is None:
        from groq_magic.session.quota import quota_facts
        from groq_magic.views.live import Live

        session.live = Live(
            session.settings,
            panel_facts=lambda: panel_facts(session),
            quota=lambda: quota_facts(session.service.last_model, session.service.limits),
            key=lambda: key_facts(session),
            enter_key=lambda typed: enter_key(session, typed),
            undo=lambda: _undo(session),
            reset=lambda: _reset(session),
            cells_changed=session.cells_changed,
            hand_over=session.owner.hand_over,
        )
        session.live.start()
        session.questions.show = session.live.question
    session.refresh_picker()
    return session.live


def display_replies(shell: Any, has_shown: Callable[[Reply], bool]) -> None:
    """Display replies as rendered answers, unless the same execution has just shown them.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    has_shown : callable
        Whether the running execution has just shown a reply.
    """

    def display(reply: Reply) -> None:
        if not has_shown(reply):
            publish(reply._repr_mimebundle_())
        elif front_end(shell) == "terminal":
            # `Out[1]:` is already printed, and needs a value.
            print(repr(reply))  # noqa: T201 - a terminal shows values in this way

    # By name, as importing the class is slow.
    shell.display_formatter.ipython_display_formatter.for_type_by_name(*_REPLY, display)


def end_replies(shell: Any) -> None:
    """Undo `display_replies`."""
    shell.display_formatter.ipython_display_formatter.pop(".".join(_REPLY), None)


def show_speeds(session: Session) -> None:
    """Show measured speeds in lists of models, while the session lives."""
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
    # Without a change to undo, the button does nothing.
    with contextlib.suppress(NotebookError):
        session.undo()


def _reset(session: Session) -> None:
    session.reset()


def panel_facts(session: Session) -> PanelFacts:
    """Return the facts that the panel shows besides the settings."""
    from groq_magic.session.quota import meter_of
    from groq_magic.views.session_facts import PanelFacts

    limits = session.service.limits
    minute, day = limits.get("TPM"), limits.get("RPD")
    # The row is already labelled Key.
    key = key_state(session.shell, session.service).removeprefix("key ")
    return PanelFacts(
        key,
        _conversation_line(session),
        meter_of(minute) if minute else None,
        meter_of(day) if day else None,
        _privacy_line(session),
        session.live.pages.line if session.live is not None else "",
    )


def _conversation_line(session: Session) -> str:
    """Return the conversation in use: `main · 3 turns, about 1,912 tokens to send`."""
    turns = session.conversations.get(
        session.settings.conversation, session.service.in_practice
    ).turns
    tokens = sum(session.estimate.of_messages(turn.messages) for turn in turns)
    return f"{conversation_turns(session)}, about {tokens:,} tokens to send"


def _privacy_line(session: Session) -> str:
    """Return the settings that limit or log what is sent."""
    settings = session.settings
    private = ", ".join(settings.private) or "none"
    line = (
        f"`rows_sent` {settings.rows_sent} · `private` {private} · `log` {settings.log or 'none'}"
    )
    return session.secrets().hide(line)


def conversation_turns(session: Session) -> str:
    """Return the conversation in use and the number of its turns: `main · 3 turns`."""
    name = session.settings.conversation
    turns = session.conversations.get(name, session.service.in_practice).turns
    return f"{name} · {count_of(len(turns), 'turn')}"


def data_frame(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return records as a DataFrame with all columns, also if there are no records.

    Raises
    ------
    OptionError
        When pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        remedy = "`%pip install pandas` installs it."
        raise OptionError("--as dataframe needs pandas.", remedy) from None
    return pd.DataFrame(list(records), columns=list(columns))
