"""The magics of the conversation: system prompt, history, undo, reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.clipping import count_of
from groq_magic.errors import OptionError
from groq_magic.magics.line_parser import options_alone, parse_line, text_alone, unquoted
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.option_types import Label, sendable
from groq_magic.reply import bundle_of
from groq_magic.session.change_texts import note_of
from groq_magic.session.undoing import FORMER_PROMPT_REMEDY
from groq_magic.views.history import HistoryRow, history
from groq_magic.views.phrase import first_words
from groq_magic.views.show import publish, show, show_folded, show_lines
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from groq_magic.conversation import Turn
    from groq_magic.session.session import Session

__all__ = [
    "groq_conversation",
    "groq_history",
    "groq_reset",
    "groq_system",
    "groq_undo",
    "turn_numbered",
]

_NO_SYSTEM = "No system prompt is sent; `%groq_system text` sets one."
_SENT_UNTIL = "sent with every ask until `%groq_system off` or a restart of the kernel"
# Characters of a prompt that a message quotes whole, and of one whose beginning it quotes.
_LONGEST_QUOTE, _BEGINNING = 200, 40


def groq_system(session: Session, line: str, cell: str | None = None) -> None:
    """Show or set the system prompt: `%groq_system [text]`, `%%groq_system` for a longer one.

    It is sent with every `%%groq` and `%groq`, in all conversations; `-s` replaces it
    for one ask. `%groq_system off` removes it, as does a restart of the kernel.
    """
    text = text_alone(line, "%groq_system") if cell is None else cell.strip()
    if cell is not None and line.strip():
        raise OptionError("%%groq_system takes no options.", "The text goes into the lines below.")
    settings = session.settings
    if text:
        text = session.secrets().hide(sendable("The text", text))
        settings.system = "" if text in {"off", "''", '""'} else text
    message = _NO_SYSTEM
    if settings.system:
        start = "System prompt set. It is" if text else "The system prompt is"
        message = f"{start} {_SENT_UNTIL}:\n{settings.system}"
    elif text:
        message = f"System prompt removed. {_NO_SYSTEM}"
    show_lines(session.secrets().hide(message))


def groq_history(session: Session, line: str) -> None:
    """Show the conversation, turn by turn: `%groq_history [--drop N] [NAME]`.

    Turns are numbered in the order of their cells on the page. `--drop N`
    removes turn N; running its cell asks again. Cell 6 is the cell with [6]
    beside it. Turns of deleted cells come last; they are not sent. NAME, or
    `-c NAME` as in `%%groq`, lists a conversation other than the one in use.
    """
    given, name = _options_and_name(line, "groq_history")
    name = name or session.settings.conversation
    session.order_turns()
    if "drop" in given:
        _drop(session, name, given["drop"])
        return
    conversation = session.conversations.get(name, session.service.in_practice)
    secrets = session.secrets()
    if not (conversation.turns or conversation.deleted):
        show_lines(secrets.hide(f"The conversation `{name}` is empty."))
        return
    rows = [
        HistoryRow(
            conversation.number(turn),
            session.cell_number(turn) if turn in conversation.turns else None,
            secrets.hide(turn.typed),
            secrets.hide(turn.answer),
            _note(session, turn),
        )
        for turn in (*conversation.turns, *conversation.deleted)
    ]
    turns = count_of(len(conversation.turns), "turn")
    heading = f"Conversation `{name}`, {turns}. A prompt is sent with the turns above its cell."
    show(*history(secrets.hide(heading), rows))


def groq_undo(session: Session, line: str) -> None:
    """Undo the last change of the conversation, even a reset; repeat it to go back further.

    A cell whose turn gets its former answer back shows that answer again.
    """
    _require_empty(line, "%groq_undo")
    result, hide = session.undo(), session.secrets().hide
    show_lines(f"Undone: {result.phrase}.")
    for former in result.former:
        if former.has_other_prompt:
            _show_prompt(hide(former.turn.typed))
        if not former.is_shown:
            show_lines("The cell doesn't show that answer. Here it is:")
            publish(bundle_of(hide(former.turn.answer)))


def groq_reset(session: Session, line: str) -> None:
    """Empty the conversation, but keep the system prompt; `%groq_undo` restores the turns."""
    _require_empty(line, "%groq_reset")
    count = session.reset()
    show_lines(
        f"The conversation is empty; `%groq_undo` brings {count_of(count, 'turn')} back."
        if count
        else "The conversation was empty already."
    )


def groq_conversation(session: Session, line: str) -> None:
    """Show the conversations, or switch to another one: `%groq_conversation [NAME]`.

    `-c NAME` does the same.
    """
    _, name = _options_and_name(line, "groq_conversation")
    if name:
        session.settings.conversation = name
    current = session.settings.conversation
    practice = session.service.in_practice
    names = dict.fromkeys((current, *session.conversations.names(practice)))
    rows = tuple(
        (
            name,
            str(len(session.conversations.get(name, practice))),
            "now" if name == current else "",
        )
        for name in names
    )
    table = Table(("conversation", "turns", ""), rows)
    show(table.html(), table.plain())


def turn_numbered(session: Session, name: str, number: int, typed: str = "") -> Turn:
    """Return turn `number` of a conversation.

    Raises
    ------
    OptionError
        When there is no such turn; the message lists the numbers.
    """
    turns = session.conversations.get(name, session.service.in_practice).turns
    if 1 <= number <= len(turns):
        return turns[number - 1]
    has = f"has turns 1 to {len(turns)}" if len(turns) > 1 else "has turn 1"
    raise OptionError(
        f"No turn {typed or number}: the conversation {name} {has if turns else 'is empty'}.",
        "`%groq_history` shows them.",
    )


def _show_prompt(prompt: str) -> None:
    """Show the prompt of a former answer, since its cell contains another prompt now."""
    in_one_line = " ".join(prompt.split())
    if len(in_one_line) <= _LONGEST_QUOTE:
        quoted = f"“{in_one_line}”"
        show_lines(
            f"The answer belongs to the cell's former prompt, {quoted}. {FORMER_PROMPT_REMEDY}"
        )
        return
    show_lines(
        f"The answer belongs to the cell's former prompt, which is below. {FORMER_PROMPT_REMEDY}"
    )
    show_folded("The former prompt", prompt)


def _drop(session: Session, name: str, number: int) -> None:
    turn = turn_numbered(session, name, number)
    session.drop(turn)
    start = first_words(turn.typed, _BEGINNING)
    message = f"Removed turn {number}, “{start}”. `%groq_undo` brings it back."
    show_lines(session.secrets().hide(message))


def _note(session: Session, turn: Turn) -> str:
    """Return the notes on a turn in the history, in one line."""
    change = session.conversations.change_above(turn)
    notes: list[str] = [turn.model]
    images = len(turn.data.images)
    notes += [count_of(images, "image")] if images else []
    notes += [turn.finish_reason or ""] if turn.partial else []
    notes += [note_of(change)] if change else []
    notes += ["practice"] if turn.practice else []
    notes += ["not sent"] if session.conversations.number(turn) is None else []
    return " · ".join(filter(None, notes))


def _options_and_name(line: str, function: str) -> tuple[dict[str, Any], str]:
    """Return the options and the conversation's name, written alone or after `-c`, else ""."""
    magic = f"%{function}"
    given, text = parse_line(line, OPTIONS_OF[function], magic)
    name: str = given.get("conversation", "")
    if name and text:
        raise OptionError(f"{magic} takes one name.", f"Write `{magic} {name}`.")
    if text := unquoted(text):
        name = Label().read(magic, text)
    return given, name


def _require_empty(line: str, magic: str) -> None:
    options_alone(
        line,
        (),
        magic,
        "It acts on the conversation in use; `%groq_conversation NAME` goes on with another one.",
    )
