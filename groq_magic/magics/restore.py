"""`%groq_restore`: add saved answers to the conversation, if the page shows their whole text."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from groq_magic.clipping import count_of
from groq_magic.errors import NotebookError
from groq_magic.magics.line_parser import options_alone
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.prompt import names_alone
from groq_magic.views.phrase import first_words
from groq_magic.views.saved_output import shows_answer
from groq_magic.views.show import show_folded, show_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from groq_magic.conversation import SavedTurn
    from groq_magic.session.session import Session

__all__ = ["groq_restore"]

_MOST_LISTED = 10
# Characters.
_BEGINNING = 300
_LONGEST_SYSTEM = 4_000  # users would not read a longer one before it is sent


def groq_restore(session: Session, line: str) -> None:
    """Add the saved answers above to the conversation: `%groq_restore`.

    They come from the saved notebook. Answers whose prompt was edited since are
    left out. Those whose prompt or text the page does not show are listed;
    `%groq_restore --all` adds them too. A saved system prompt is shown;
    `%groq_restore --system` restores it too.
    """
    given = options_alone(line, OPTIONS_OF["groq_restore"], "%groq_restore")
    found = session.restorable()
    hide = session.secrets().hide
    if not found:
        # The turns may be restored already, by a plain `%groq_restore` that showed this prompt.
        shown_before = session.saved_above() if "system" in given else ()
        if lines := _lines_of_system(session, shown_before, restore=True):
            show_lines(hide("\n".join(lines)))
            return
        raise NotebookError("Nothing to restore.", "If answers are new, save the notebook first.")
    same = tuple(saved for saved in found if not saved.is_edited)
    checked = () if "all" in given else same
    unseen = {saved.shown: parts for saved in checked if (parts := _unseen_in(saved))}
    taken = tuple(saved for saved in same if saved.shown not in unseen)
    added = session.restore(taken)
    lines = [
        f"{count_of(len(added), 'turn')} restored." if added else "Nothing restored.",
        *_line_of_edited(len(found) - len(same)),
        *_lines_of_values(taken),
        *_lines_of_system(session, taken, restore="system" in given),
        *_lines_of_unseen(unseen.values()),
    ]
    show_lines(hide("\n".join(lines)))
    for name, text in chain.from_iterable(unseen.values()):
        if len(text) > _BEGINNING:
            show_folded(f"{name}: {len(text):,} characters", hide(text))


def _unseen_in(saved: SavedTurn) -> tuple[tuple[str, str], ...]:
    """Return the parts of a saved turn that the page doesn't show: what each is, and its text."""
    cell = f"Cell {saved.execution}" if saved.execution > 0 else "A cell"
    found = []
    if not saved.is_shown:
        found.append((f"{cell}, prompt", saved.prompt))
    elif saved.is_newer:
        found.append((f"{cell}, saved by a newer version of groq_magic, prompt", saved.prompt))
    if saved.hides_answer or not shows_answer(saved, whole=True):
        found.append((f"{cell}, answer", saved.answer))
    return tuple(found)


def _line_of_edited(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    if count == 1:
        return ("1 answer left out: its prompt has been edited. Run its cell again.",)
    return (f"{count:,} answers left out: their prompts have been edited. Run their cells again.",)


def _lines_of_unseen(unseen: Collection[tuple[tuple[str, str], ...]]) -> tuple[str, ...]:
    if not unseen:
        return ()
    parts = tuple(chain.from_iterable(unseen))
    them = "it" if len(unseen) == 1 else "them"
    left_out = count_of(len(unseen), "answer")
    head = f"{left_out} left out: the page does not show what would be sent."
    listed = [f"{name}: “{first_words(text, _BEGINNING)}”" for name, text in parts[:_MOST_LISTED]]
    more = len(parts) - _MOST_LISTED
    listed += [f"and {more} more."] if more > 0 else []
    return (head, *listed, f"`%groq_restore --all` adds {them}.")


def _lines_of_system(session: Session, turns: Iterable[SavedTurn], *, restore: bool) -> list[str]:
    system = next((saved.system for saved in reversed(tuple(turns)) if saved.system), None)
    if not system or system == session.settings.system:
        return []
    if len(system) > _LONGEST_SYSTEM:
        fault = f"Their system prompt of {len(system):,} characters is too long to restore:"
        return [f"{fault} {first_words(system, _BEGINNING)}", "`%%groq_system` sets one."]
    if restore:
        session.settings.system = system
        return [f"The system prompt is now: {system}"]
    return [f"Their system prompt is not restored: {system}", "`%groq_system text` sets one."]


def _lines_of_values(turns: Iterable[SavedTurn]) -> tuple[str, ...]:
    named, others = dict[str, None](), dict[str, None]()
    for saved in turns:
        for name in sorted(saved.included):
            is_named = names_alone(saved.prompt, frozenset({name})) != saved.prompt
            (named if is_named else others)[name] = None
    lines = (
        ("Their values are not saved; only their names are sent", named),
        # Images, cells of `--recent`, and what the code assistant adds.
        ("Not saved, and not sent again", others),
    )
    return tuple(
        f"{line}: {', '.join(f'`{name}`' for name in names)}." for line, names in lines if names
    )
