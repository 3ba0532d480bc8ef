"""Ask the user, by `input()`, whether something may run."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from groq_magic.errors import NotebookError
from groq_magic.page.front_end import has_input
from groq_magic.tools.approval import Approval, approval_of
from groq_magic.tools.time_limit import TimeLimitError, call_within

if TYPE_CHECKING:
    import threading
    from typing import Any

__all__ = ["approval_by_input"]

_PATIENCE = 120.0  # seconds
_NO_REPLY = "nobody replied within two minutes"


def approval_by_input(  # noqa: PLR0913 - what is asked, and how long, named
    shell: Any,
    question: str,
    code: str,
    *,
    edits: bool = False,
    stopped: threading.Event | None = None,
    patience: float = _PATIENCE,
) -> Approval:
    """Ask until a reply decides; after two minutes without a line the answer is no.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : str
        One line: `Run get_price?`
    code : str
        What `all` has to be followed by; it is shown.
    edits : bool
        Whether `edit` is offered.
    stopped : threading.Event, optional
        Set when the user presses Stop.
    patience : float
        How many seconds to wait for each line.

    Raises
    ------
    NotebookError
        Where nobody can answer.
    KeyboardInterrupt
        At ■, and when `stopped` is set.
    """
    words = ["run", *(["edit"] if edits else []), "no REASON", f"all {code}", "stop"]
    replies = f"{', '.join(words[:-1])} or {words[-1]}: "
    asked = f"{question} Type {replies}"
    while True:
        if not has_input(shell):
            raise _nobody_answers()
        began = time.monotonic()
        try:
            # ipykernel and IPython give `input` its meaning while a cell runs.
            typed = call_within(patience, partial(input, asked), stopped)
        except TimeLimitError:
            return Approval("no", _NO_REPLY)
        except (EOFError, NotImplementedError, RuntimeError):
            raise _nobody_answers() from None
        if time.monotonic() - began > patience:
            return Approval("no", _NO_REPLY)
        decision = approval_of(typed, code, edits=edits)
        if decision is not None:
            return decision
        asked = f"Unknown reply. {question} Type {replies}"


def _nobody_answers() -> NotebookError:
    return NotebookError("Nobody can be asked for approval here.", "Run it in a notebook.")
