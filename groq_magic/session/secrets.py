"""The secrets to hide, and earlier turns without secrets."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.api.key import KEY_NAME
from groq_magic.prompt.secrets import Secrets, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.api.service import Service
    from groq_magic.conversation import Turn

__all__ = ["EarlierTurns", "present_secrets"]


def present_secrets(service: Service) -> Secrets:
    """Return the present secrets, which no prompt and output may contain; don't store them."""
    values = secrets_in(os.environ)
    key = service.own_key()
    return Secrets({KEY_NAME: key.value, **values} if key is not None else values)


class EarlierTurns:
    """Earlier turns without secrets; each turn is searched once.

    A secret may be newer than a turn, or the turn may be from a file.
    """

    def __init__(self) -> None:
        self._clean: set[int] = set()
        self._searched_for = 0

    def without(self, turns: Iterable[Turn], secrets: Secrets) -> list[Turn]:
        """Return turns with secrets hidden in their messages and values."""
        if self._searched_for != secrets.fingerprint:
            self._clean, self._searched_for = set(), secrets.fingerprint
        return [
            turn if turn.revision in self._clean else self._searched(turn, secrets)
            for turn in turns
        ]

    def _searched(self, turn: Turn, secrets: Secrets) -> Turn:
        messages = secrets.hide_in(tuple(map(dict, turn.messages)))
        values = tuple(replace(value, text=secrets.hide(value.text)) for value in turn.data.values)
        images = tuple(map(secrets.hide, turn.data.images))
        found = replace(
            turn,
            messages=messages,
            typed=secrets.hide(turn.typed),
            data=replace(turn.data, values=values, images=images),
        )
        if found == turn:
            self._clean.add(turn.revision)
        return found
