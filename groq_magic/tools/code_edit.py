"""Edit a piece of code line by line, with `input()`, which takes one line and works everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.tools.decision import Decision, decision_of
from groq_magic.tools.question import Question, ask_question

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from groq_magic.tools.question import OpenQuestions

__all__ = ["edit_by_input", "with_edit"]

_EDIT = re.compile(r"([0-9]{1,6})(\+?)(?: (.*))?", re.DOTALL)
_BLANKS = re.compile(r"\s*")


def edit_by_input(
    shell: Any,
    code: str,
    show: Callable[[str], None],
    stopped: threading.Event | None,
    questions: OpenQuestions | None,
) -> str | Decision:
    """Let the user edit code; return the new code, or the decision not to run it.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    code : str
    show : callable
        Shows the code after each edit.
    stopped : threading.Event or None
        Set in another thread, it ends the edit as ■ does.
    questions : OpenQuestions or None
        The session's.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `ask_decision`.
    """
    while True:

        def read(typed: str, code: str = code) -> tuple[str, Decision | None] | None:
            if typed.strip() == "done":
                return code, None
            refusal = decision_of(typed, "", edits=False)
            if refusal is not None and not refusal.runs:
                return code, refusal
            edited = with_edit(code, typed)
            return (edited, None) if edited is not None else None

        at = code.count("\n") + 1
        edits = (f"{at} CODE (replace)", f"{at}+ CODE (add below)", f"{at} (remove)")
        words = (*edits, "done", "no REASON", "stop")
        question = Question("Edit:", words, ("done", "no", "stop"))
        reply = ask_question(shell, question, read, stopped, questions=questions)
        edited, refusal = reply or (code, None)
        if refusal is not None:
            return refusal
        if edited == code:
            return code
        code = edited
        show(code)


def with_edit(code: str, typed: str) -> str | None:
    """Return code with one line replaced, removed or added; None for an invalid edit.

    Parameters
    ----------
    code : str
    typed : str
        `3 x = 1` replaces line 3, and keeps its indentation unless the text has its own; `3`
        removes it; `3+ x = 1` adds a line below it, `0+ x = 1` one at the top.
    """
    found = _EDIT.fullmatch(typed.rstrip())
    lines = code.split("\n")
    if found is None:
        return None
    at, text = int(found[1]), found[3]
    if found[2]:
        if at > len(lines) or text is None:
            return None
        return "\n".join([*lines[:at], text, *lines[at:]])
    if not 1 <= at <= len(lines):
        return None
    if text is not None and not text[:1].isspace():
        blanks = _BLANKS.match(lines[at - 1])
        text = f"{blanks[0] if blanks else ''}{text}"
    new = [] if text is None else [text]
    return "\n".join([*lines[: at - 1], *new, *lines[at:]])
