"""Code that the model proposes in an ask: show it, ask for approval, run it, send its output."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from groq_magic.api.key import scrub
from groq_magic.asking.code_output import column_names, output_of_run
from groq_magic.asking.tool_approval import limits_restored
from groq_magic.errors import OptionError
from groq_magic.tools import tool_of
from groq_magic.tools.code_edit import edit_by_input
from groq_magic.tools.code_run import has_top_level_await, run_code
from groq_magic.tools.decision import Decision, new_code
from groq_magic.tools.question import ask_decision, ask_to_send
from groq_magic.views.proposed_code import show_proposed
from groq_magic.views.show import show_folded

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from groq_magic.prompt import PromptImage
    from groq_magic.session.session import Session
    from groq_magic.tools import ToolSet
    from groq_magic.tools.call_result import CallState
    from groq_magic.tools.code_run import CodeRun

__all__ = [
    "CODE_SYSTEM",
    "CODE_TOOL",
    "CodeResult",
    "CodeStoppedError",
    "ProposedCode",
    "with_code",
]

CODE_TOOL = "run_code"
CODE_SYSTEM = (
    "You work in the user's Jupyter notebook. The tool run_code runs Python code in its kernel, "
    "where the user's variables are, and your own stay. The user reads each piece of code and "
    "decides whether it runs; then you get what it printed, its last value and its errors. "
    "Write short pieces that do one thing, look at the result, and go on. Use plain statements, "
    "not top-level await. End with the answer in words, without the code."
)
# Characters; a person reads the code before it runs.
_LONGEST = 20_000
# Invisible characters, which can hide data; Python allows some of them in names.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U0001d159\U000e0000-\U000e0fff]"
)


def with_code(tools: ToolSet) -> ToolSet:
    """Return the tools of an ask with the one that proposes code.

    Raises
    ------
    OptionError
        When a function of the user has its name.
    """

    def run_code(code: str) -> str:
        """Run Python code in the user's notebook, once the user has approved it.

        Parameters
        ----------
        code : str
            One short step.
        """
        return code

    if tools.get(CODE_TOOL) is not None:
        raise OptionError(
            "--run-code: one of your tools is also named `run_code`.", "Rename your function."
        )
    tool = tool_of(CODE_TOOL, run_code)
    return replace(tools, functions=(*tools.functions, tool))


class CodeStoppedError(Exception):
    """The user ended the ask instead of running a piece of code, or while it ran."""


@dataclass(frozen=True)
class CodeResult:
    """The result of a piece of code, for the model.

    Parameters
    ----------
    text : str
    images : tuple of PromptImage
    state : {"returned", "failed", "refused", "unanswered"}
    """

    text: str
    state: CallState
    images: tuple[PromptImage, ...] = field(default=(), repr=False)


class ProposedCode:
    """The code that the model proposes in one ask.

    Parameters
    ----------
    session : Session
    stopped : threading.Event
        Set when the user presses Stop.
    sees : bool
        Whether the model reads images.
    is_stopped : callable, optional
        Whether ■ came while interrupts were deferred.
    """

    def __init__(
        self,
        session: Session,
        stopped: threading.Event,
        *,
        sees: bool,
        is_stopped: Callable[[], bool] = bool,
    ) -> None:
        self._session = session
        self._stopped = stopped
        self._is_stopped = is_stopped
        self._sees = sees
        self._word = new_code()
        self._runs_all = False
        self._runs: list[CodeRun] = []

    @property
    def cell(self) -> str:
        """The code that ran, as one cell; what failed is in comments."""
        pieces = (run.kept.strip("\n") for run in self._runs)
        return "\n\n".join(self._without_magic(piece) for piece in pieces if piece)

    def show_and_run(self, code: str) -> CodeResult:
        """Show code, and run it if the user approves.

        Raises
        ------
        CodeStoppedError
            When the user ends the ask.
        NotebookError
            When nobody can approve it.
        """
        proposed = code.replace("\r\n", "\n").strip("\n").rstrip()
        refusal = self._refusal(proposed)
        if refusal:
            return CodeResult(f"The code did not run: {refusal}", "failed")
        try:
            code, approval = self._approved(proposed)
            if approval.kind == "unanswered":
                return CodeResult("Nobody replied in time: the code did not run.", "unanswered")
            if not approval.runs:
                why = f" The reason: {approval.reason}" if approval.reason else ""
                return CodeResult(f"The user refused to run this code.{why}", "refused")
            if refusal := self._refusal(code):  # again, for edited code
                return CodeResult(f"The code did not run: {refusal}", "failed")
            known = column_names(self._session.namespace)
            if self._is_stopped():
                raise CodeStoppedError
            with limits_restored(self._session):
                run = run_code(self._session.shell, code, approval, self._stopped)
            self._runs.append(run)
            if run.is_stopped:
                raise CodeStoppedError
            return self._sent(run, proposed, known)
        except KeyboardInterrupt:
            pass
        # Raised outside of `except` it has no context.
        raise CodeStoppedError

    def _refusal(self, code: str) -> str:
        """Return why code can't be shown or run, "" if it can."""
        if not code.strip():
            return "it is empty."
        if len(code) > _LONGEST:
            return f"it has more than {_LONGEST:,} characters. Write shorter pieces."
        if _has_hidden(code):
            return "it contains characters that can't be seen. Write them as escapes."
        if has_top_level_await(self._session.shell, code):
            return "a top-level await can't run here. Write it without await."
        return ""

    def _approved(self, code: str) -> tuple[str, Decision]:
        """Return the code, edited or not, with the user's decision about it."""
        shell = self._session.shell
        if self._runs_all:
            show_proposed("The model's next code, approved by `all`:", code)
            return code, Decision("run")
        show_proposed("The model wants to run this code:", code)
        while True:
            if self._is_stopped():
                raise CodeStoppedError
            approval = ask_decision(
                shell,
                "Run it?",
                self._word,
                edits=True,
                stopped=self._stopped,
                questions=self._session.questions,
            )
            if approval.kind == "edit":
                show = partial(show_proposed, "The edited code:")
                edited = edit_by_input(shell, code, show, self._stopped, self._session.questions)
                if isinstance(edited, str):
                    code = edited
                    continue
                approval = edited
            if approval.kind == "stop":
                raise CodeStoppedError
            self._runs_all = approval.kind == "all"
            return code, approval

    def _sent(self, run: CodeRun, proposed: str, known: frozenset[str]) -> CodeResult:
        """Return the result of a run for the model; the output only if the user allows it."""
        output = output_of_run(self._session, run, known, sees=self._sees)
        state: CallState = "failed" if run.error is not None else "returned"
        if run.code != proposed:
            ran = scrub(self._session.secrets().hide(run.code))
            output = output.below(f"The user edited the code. This ran:\n{ran}")
        if not (output.is_schema or self._runs_all):
            # A title that is true before the reply and after it.
            show_folded("Output for the model", output.text, whole=True)
            question = f"Send this output ({output.size})?"
            questions = self._session.questions
            if not ask_to_send(self._session.shell, question, self._stopped, questions):
                ended = "It failed" if run.error is not None else "It ran"
                return CodeResult(f"{ended}. The user keeps the output private.", state)
        return CodeResult(output.text, state, output.images)

    def _without_magic(self, piece: str) -> str:
        """Return code that works below other code, where a cell magic does not."""
        is_magic = piece.lstrip().startswith("%%") and len(self._runs) > 1
        return str(self._session.shell.transform_cell(piece)).rstrip() if is_magic else piece


def _has_hidden(code: str) -> bool:
    """Whether code contains a character that can't be seen, or that reorders text."""
    seen = code.replace("\n", "").replace("\t", "")
    # `isprintable` also rejects blanks that look like a space.
    return not seen.isprintable() or _BLANK.search(seen) is not None
