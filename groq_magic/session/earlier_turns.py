"""The messages of earlier turns, as they may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.conversation import Turn
    from groq_magic.prompt.secrets import Secrets

__all__ = ["EarlierTurns"]


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
