"""The secrets to hide, and the messages of earlier turns without them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import KEY_NAME
from groq_magic.prompt.secrets import Secrets, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.api.service import Service
    from groq_magic.conversation import Turn

__all__ = ["EarlierTurns", "present_secrets"]


def present_secrets(service: Service) -> Secrets:
    """Return the present secrets, which no prompt and no output may show; never stored."""
    values = secrets_in(os.environ)
    key = service.own_key()
    return Secrets({KEY_NAME: key.value, **values} if key is not None else values)


class EarlierTurns:
    """The messages of earlier turns without secrets; each turn is searched once.

    A secret may be newer than the turn, or the turn may come from a file.
    """

    def __init__(self) -> None:
        self._clean: set[int] = set()
        self._searched_for = 0

    def messages(self, turns: Iterable[Turn], secrets: Secrets) -> list[Mapping[str, Any]]:
        """Return the messages of turns, secrets hidden."""
        if self._searched_for != secrets.fingerprint:
            self._clean, self._searched_for = set(), secrets.fingerprint
        found: list[Mapping[str, Any]] = []
        for turn in turns:
            messages = turn.messages
            if turn.revision not in self._clean:
                messages = secrets.hidden_in(tuple(map(dict, messages)))
                if messages == turn.messages:
                    self._clean.add(turn.revision)
            found += messages
        return found
