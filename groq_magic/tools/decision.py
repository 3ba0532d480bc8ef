"""The user's decision about a tool call or code, read from a typed reply."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

__all__ = ["Decision", "decision_of", "may_send", "new_code"]

_LONGEST_REASON = 1_000
# Letters that are not taken for digits, and make no words.
_LETTERS = "bcdfghjkmnpqrtvwxz"


@dataclass(frozen=True)
class Decision:
    """The user's decision about a tool call or a piece of code.

    Parameters
    ----------
    kind : {"run", "edit", "no", "all", "stop", "unanswered"}
        In this order: run it; edit it first; refuse it; run it and all that follows in this ask;
        end the ask; nobody replied in time, so it does not run.
    reason : str
        The reason of a refusal, for the model; "" if none was given.
    """

    kind: Literal["run", "edit", "no", "all", "stop", "unanswered"]
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether the call or code may run, unedited."""
        return self.kind in {"run", "all"}


def new_code() -> str:
    """Return a code of four letters, which nobody types by accident."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def decision_of(typed: str, code: str, *, edits: bool = True) -> Decision | None:
    """Return the decision that a reply states, None for an unknown reply.

    Parameters
    ----------
    typed : str
        The reply. It may be text meant for a cell, so only exact replies count.
    code : str
        The letters to type after `all`.
    edits : bool
        Whether `edit` is offered.
    """
    word, _, rest = " ".join(typed.split()).partition(" ")
    if word == "no":
        return Decision("no", rest[:_LONGEST_REASON])
    decisions = {
        ("run", ""): Decision("run"),
        ("all", code): Decision("all"),
        ("stop", ""): Decision("stop"),
        **({("edit", ""): Decision("edit")} if edits else {}),
    }
    return decisions.get((word, rest))


def may_send(typed: str) -> bool | None:
    """Return whether a reply allows an output to be sent, None for an unknown reply."""
    return {"send": True, "no": False}.get(" ".join(typed.split()))
