"""A map as a function from frame to frame, which runs in any thread, process or machine."""

from __future__ import annotations

import contextlib
import sys
import warnings
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from groq_magic.api.account import account_of
from groq_magic.api.base_url import service_url
from groq_magic.api.key import PRACTICE_KEY
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts
from groq_magic.ledger.request_log import RequestLog, record_of
from groq_magic.ledger.usage import usage_of
from groq_magic.mapping.map_run import MapRun, RunContext
from groq_magic.mapping.plan import MapInputs, map_plan
from groq_magic.mapping.prepare import prepared
from groq_magic.mapping.results.frame import cells_frame
from groq_magic.prompt import Privacy
from groq_magic.prompt.scalars import is_of
from groq_magic.session.python_calls import account_of_call, secrets_of_call, with_python_errors
from groq_magic.session.token_estimate import TokenEstimate
from groq_magic.views.phrase import first_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.account import Account
    from groq_magic.api.models import Model
    from groq_magic.api.send import Outcome
    from groq_magic.mapping.options import MapOptions
    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.prepare import PreparedMap
    from groq_magic.mapping.sending.row_request import RowRequest
    from groq_magic.mapping.sending.run_settings import RunSettings
    from groq_magic.options import AskOptions
    from groq_magic.session.session import Session

__all__ = ["MapFunction"]

# Dask calls functions with made-up rows from a function of this name.
_OF_DASK = "emulate"
_LONGEST = 60


@dataclass(frozen=True)
class MapFunction:
    """Runs one prompt over every row of a frame; it can be pickled, and contains no key.

    It needs no session where it runs: the key is looked for there, in the environment or a
    `.env`, and connections are opened there. All calls in one process share its limits.

    Parameters
    ----------
    prompt : str
    options : MapOptions
    models : tuple of (str, Model or None)
        Chosen once, so that every machine asks the same models.
    defaults : AskOptions
        What the user had set.
    privacy : Privacy
    settings : RunSettings
    log : str
        The file of `GroqMagics.log`, "" for none.
    practice : str
        The address of the practice server; "" for the real service.
    session_now : callable
        Returns the session of the process in which it runs, None without a session.
    """

    prompt: str
    options: MapOptions
    models: tuple[tuple[str, Model | None], ...]
    defaults: AskOptions
    privacy: Privacy
    settings: RunSettings
    log: str
    practice: str
    session_now: Callable[[], Session | None]

    def __repr__(self) -> str:
        return f"groq_magic.rows({first_words(self.prompt, _LONGEST)!r})"

    def __call__(self, data: Any) -> Any:
        """Return the rows with their answers, as `groq_magic.map` does.

        Parameters
        ----------
        data : DataFrame
            Of pandas or polars, or whatever else `groq_magic.map` takes.

        Raises
        ------
        GroqMagicError
            When nothing could be sent, or the run ended before its last row: the answers until
            then are in the journal.
        """
        call = _Call(self, self.session_now())
        return with_python_errors(lambda: call.unasked(data) if _is_made_up() else call.frame(data))

    def meta(self, data: Any) -> Any:
        """Return the columns and types of the result, without rows; sends nothing.

        Parameters
        ----------
        data : DataFrame
            One with the columns of the data, such as `ddf._meta` of a frame of Dask; its rows
            don't matter.

        Raises
        ------
        GroqMagicError
            Where a call would be refused: for an unknown column, say.
        """
        call = _Call(self, self.session_now())
        is_frame = is_of(data, "pandas", "DataFrame") or is_of(data, "polars", "DataFrame")
        few = data.head(0) if is_frame else data
        return with_python_errors(lambda: call.unasked(few)).head(0)


class _Call:
    """One call, with the key, session and log of the process it runs in."""

    def __init__(self, function: MapFunction, session: Session | None) -> None:
        self._function, self._session = function, session
        self._account: Account | None = None
        self._log = session.request_log if session is not None else RequestLog(lambda: function.log)

    def unasked(self, data: Any) -> Any:
        """Return the result without answers; sends nothing."""
        plan = self._plan(data)
        return cells_frame(plan.rows, zip(plan.columns, plan.plans, repeat({})))

    def frame(self, data: Any) -> Any:
        """Ask for all rows and return the frame."""
        plan, settings = self._plan(data), self._function.settings
        unwritten = self._session.unwritten if self._session is not None else None
        found = prepared(plan, settings, self._url(), self._account_now, unwritten)
        context = RunContext(
            found.journal,
            self._account_now,
            found.settings,
            self._nearest,
            lambda request, outcome: self._note(found, request, outcome),
            found.known,
            found.too_long,
            found.batch,
        )
        with contextlib.closing(found.journal), Interrupts() as interrupts:
            run = MapRun(found.plan, context, None, lambda: interrupts.came)
            run.run()
            frame = run.frame()
        for line in (*found.journal.lines(), *self._log.lines()):
            # Where warnings are errors, the answers must not be lost.
            with contextlib.suppress(UserWarning):
                warnings.warn(line, stacklevel=5)
        if run.error is not None:
            raise run.error
        if run.reason or interrupts.came:
            raise InterruptedAskError("Stopped.", "What was answered is kept in the journal.")
        return frame

    def _plan(self, data: Any) -> MapPlan:
        function, session = self._function, self._session
        return map_plan(
            MapInputs(
                function.prompt,
                data,
                {},
                function.models,
                function.defaults,
                self._privacy(),
                secrets_of_call(session),
                TokenEstimate().per_byte,
                self._url(),
                bool(function.practice) or (session is not None and session.service.in_practice),
            ),
            function.options,
        )

    def _privacy(self) -> Privacy:
        """Return the stricter of the settings when `rows` was called and those of now."""
        then = self._function.privacy
        if self._session is None:
            return then
        now = self._session.privacy()
        return Privacy(min(then.rows, now.rows), (*then.private, *now.private))

    @property
    def _practice(self) -> str:
        """The practice server, if `rows` was called in practice mode: then nothing goes to Groq."""
        session = self._session
        is_there = session is not None and session.service.in_practice
        return "" if is_there else self._function.practice

    def _url(self) -> str:
        """Return the address of the service."""
        session = self._session
        return self._practice or (service_url() if session is None else session.service.base_url())

    def _account_now(self) -> Account:
        if self._account is None:
            if self._practice:
                self._account = account_of(PRACTICE_KEY, self._practice)
            else:
                self._account = account_of_call(self._session)
        return self._account

    def _nearest(self, model: str) -> str:
        return self._account_now().models().nearest(model)

    def _note(self, found: PreparedMap, request: RowRequest, outcome: Outcome) -> None:
        """Log a request; in a thread of the run."""
        self._log.write(
            record_of(
                self._account_now().base_url,
                str(request.request["model"]),
                found.included,
                usage_of(outcome.usage),
                tries=outcome.tries,
            )
        )


def _is_made_up() -> bool:
    """Return whether Dask calls with made-up rows, to learn the types of the result."""
    frame = sys._getframe(1)  # noqa: SLF001 - the cheap way to look at the callers
    while frame is not None:
        if frame.f_code.co_name.strip("_") == _OF_DASK:
            module = str(frame.f_globals.get("__name__", ""))
            if module.partition(".")[0] in {"dask", "dask_expr"}:
                return True
        frame = frame.f_back  # type: ignore[assignment]  # None ends it
    return False
