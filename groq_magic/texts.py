"""The texts of an ask as they are sent: with values, without secrets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.api.request import without_surrogates
from groq_magic.api.scrub import scrub
from groq_magic.errors import PromptError
from groq_magic.prompt import Filled, Inserted, fill, fill_from
from groq_magic.prompt.secrets import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.conversation import Turn
    from groq_magic.notebook_session import Session
    from groq_magic.plan import Typed
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.settings import AskOptions

__all__ = ["EarlierTurns", "Texts", "bound", "texts_of"]


class EarlierTurns:
    """Gives the messages of earlier turns without secrets; each turn is searched once.

    A turn may hold what was no secret when it was asked, or come from a file.
    """

    def __init__(self) -> None:
        self._clean: set[int] = set()
        self._searched_for = 0

    def messages(self, turns: Iterable[Turn], secrets: Secrets) -> list[dict[str, str]]:
        """Return the messages of turns, as they may be sent."""
        if self._searched_for != secrets.fingerprint:
            self._clean, self._searched_for = set(), secrets.fingerprint
        found: list[dict[str, str]] = []
        for turn in turns:
            messages = list(turn.messages)
            if turn.revision not in self._clean:
                messages = secrets.hidden_in(messages)
                if messages == list(turn.messages):
                    self._clean.add(turn.revision)
            found += messages
        return found


@dataclass(frozen=True)
class Texts:
    """The texts of an ask as they are sent.

    Parameters
    ----------
    prompt, system : str
    inserted : tuple of Inserted
        The values that are included.
    notices : tuple of str
        Lines to show to the user.
    hides_a_key : bool
        Whether `[key]` stands in the prompt for a secret.
    """

    prompt: str
    system: str
    inserted: tuple[Inserted, ...]
    notices: tuple[str, ...]
    hides_a_key: bool


def texts_of(session: Session, typed: Typed, options: AskOptions, secrets: Secrets) -> Texts:
    """Return the texts of an ask as they are sent: with values, without secrets.

    Raises
    ------
    PromptError
        When the prompt is empty, or names what is nearly there.
    """
    filled, system = _filled(session, typed, options)
    # Before surrogates are replaced, which a secret may hold.
    prompt, names = secrets.found(filled.text)
    system, also = secrets.found(system)
    if typed.composed is not None:
        # A traceback or a value may hold a key of another service; nobody asked to send that.
        prompt = scrub(prompt)
    told = (*map(secrets.hidden, filled.notices), *_line_of_hidden((*names, *also)))
    notices = tuple(without_surrogates(line)[0] for line in told)
    sent, replaced = without_surrogates(prompt)
    system, more = without_surrogates(system)
    if replaced + more:
        count = replaced + more
        characters, were = ("characters", "were") if count > 1 else ("character", "was")
        notices += (f"{count} {characters} that can't be sent {were} replaced by \ufffd.",)
    inserted = tuple(
        replace(each, name=without_surrogates(secrets.hidden(each.name))[0])
        for each in filled.inserted
    )
    return Texts(sent, system, inserted, notices, prompt != filled.text)


def _filled(session: Session, typed: Typed, options: AskOptions) -> tuple[Filled, str]:
    text = typed.text.strip()
    if not text:
        raise PromptError("The prompt is empty.", "Write it into the cell below `%%groq`.")
    if typed.composed is not None:
        filled = Filled(typed.composed.prompt, typed.composed.inserted)
        # The session's own system prompt is for its conversation.
        return filled, "\n\n".join(filter(None, (typed.composed.system, typed.options.system)))
    if options.raw:
        return Filled(text), options.system or ""
    filled = fill(text, session.namespace, typed.own)
    around = fill(options.system or "", session.namespace, typed.own)
    both = replace(
        filled,
        inserted=(*filled.inserted, *around.inserted),
        missing=(*filled.missing, *around.missing),
        calls=(*filled.calls, *around.calls),
    )
    return both, around.text


def _line_of_hidden(names: Sequence[str]) -> tuple[str, ...]:
    """Return the notice that says whose values were hidden, and in how many places."""
    if not names:
        return ()
    places = f"{len(names)} place{'s' * (len(names) != 1)}"
    named = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    return (f"Replaced by `{HIDDEN}` in {places}: the value of {named}.",)


def bound(session: Session, typed: Typed) -> Typed:
    """Return an ask that holds the calling code's values as text, not its variables.

    The ask is kept until the next one, and would keep the variables alive.

    Raises
    ------
    PromptError
        As `texts_of`.
    """
    if typed.names is None:
        return typed
    names, typed = typed.names, replace(typed, names=None)
    options = typed.options.over(session.settings.defaults())
    if options.raw or typed.composed is not None:
        return typed
    text = f"{typed.text}\n{options.system or ''}"
    return replace(typed, own=fill_from(text, names, session.namespace))
