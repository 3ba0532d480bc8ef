"""The replies that approve or refuse a tool call or code, and their meaning."""

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
    """What the user decided about a tool call or a piece of code.

    Parameters
    ----------
    kind : {"run", "edit", "no", "all", "stop", "unanswered"}
        In this order: run it; edit it first; refuse it; run it and all that follows in this ask;
        end the ask; nobody replied in time, so it does not run.
    reason : str
        Why it is refused, for the model; "" without a reason.
    """

    kind: Literal["run", "edit", "no", "all", "stop", "unanswered"]
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether it may run, unedited."""
        return self.kind in {"run", "all"}


def new_code() -> str:
    """Return a code of four letters, which nobody types by accident."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def approval_of(typed: str, code: str, *, edits: bool = True) -> Approval | None:
    """Return the decision that a reply states, None for an unknown reply.

    Parameters
    ----------
    typed : str
        The line. It may be text meant for a cell, so only exact replies count.
    code : str
        The letters to type after `all`.
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
    """Return whether a reply allows an output to be sent, None for an unknown reply.

    Parameters
    ----------
    typed : str
    """
    return {"send": True, "no": False}.get(" ".join(typed.split()))
