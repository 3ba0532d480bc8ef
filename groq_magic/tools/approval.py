"""What a user types to approve or refuse what a model wants to do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

__all__ = ["Approval", "approval_of", "new_code", "sending_of"]

_LONGEST_REASON = 1_000
# Letters that are not taken for digits, and make no words.
_LETTERS = "bcdfghjkmnpqrtvwxz"


@dataclass(frozen=True)
class Approval:
    """A decision.

    Parameters
    ----------
    kind : {"run", "edit", "no", "all", "stop", "unanswered"}
        Run it; edit it first; refuse it; run it and all that follows in this ask; end the ask;
        nobody replied in time, which refuses it too.
    reason : str
        Why it is refused, for the model; "" if none is given.
    """

    kind: Literal["run", "edit", "no", "all", "stop", "unanswered"]
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether it is to be run as it stands."""
        return self.kind in {"run", "all"}


def new_code() -> str:
    """Return a code of four letters, which nobody types by accident."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def approval_of(typed: str, code: str, *, edits: bool = True) -> Approval | None:
    """Return the decision that a reply holds; None for anything else, which is asked again.

    Parameters
    ----------
    typed : str
        A line; a front end may give it the keys that were meant for a cell.
    code : str
        What `all` has to be followed by.
    edits : bool
        Whether `edit` is offered.
    """
    word, _, rest = " ".join(typed.split()).partition(" ")
    if word == "no":
        return Approval("no", rest[:_LONGEST_REASON])
    decisions = {
        ("run", ""): Approval("run"),
        ("all", code): Approval("all"),
        ("stop", ""): Approval("stop"),
        **({("edit", ""): Approval("edit")} if edits else {}),
    }
    return decisions.get((word, rest))


def sending_of(typed: str) -> bool | None:
    """Return whether a reply lets an output be sent; None for anything else, which is asked again.

    Parameters
    ----------
    typed : str
    """
    return {"send": True, "no": False}.get(" ".join(typed.split()))
