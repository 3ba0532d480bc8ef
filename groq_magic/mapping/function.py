"""A map as a function from frame to frame, for any thread, process or machine."""

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
from groq_magic.mapping.prepare import prepare_plan
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

# The name of the function in which Dask calls others with made-up rows.
_DASK_FUNCTION = "emulate"
_LONGEST = 60


@dataclass(frozen=True)
class MapFunction:
    """Runs one prompt over every row of a frame; it can be pickled, and contains no key.

    Where it runs it needs no session, only a key in the environment or in a `.env`. All calls in
    one process share the limits of that key.

    Parameters
    ----------
    prompt : str
    options : MapOptions
    models : tuple of (str, Model or None)
        The ids, and their entries in the catalogue: the same on every machine.
    defaults : AskOptions
        The user's settings when `rows` was called.
    privacy : Privacy
    settings : RunSettings
    log : str
        The file of `GroqMagics.log`, "" for no log.
    practice : str
        The address of the practice server; "" for the real service.
    session_now : callable
        Returns the session of the process in which it is called, None without a session.
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
            Of pandas or polars, or any other data that `groq_magic.map` takes.

        Raises
        ------
        GroqMagicError
            When nothing could be sent, or the map ended before its last row; the journal has the
            answers so far.
        """
        call = _Call(self, self.session_now())
        result = call.empty_result if _is_called_by_dask_for_types() else call.result
        return with_python_errors(lambda: result(data))

    def meta(self, data: Any) -> Any:
        """Return the columns and types of the result, without rows; sends nothing.

        Parameters
        ----------
        data : DataFrame
            A frame with the columns of the data, such as `ddf._meta` of a Dask frame. Its rows
            don't matter.

        Raises
        ------
        GroqMagicError
            As a call does, for an unknown column for example.
        """
        call = _Call(self, self.session_now())
        is_frame = is_of(data, "pandas", "DataFrame") or is_of(data, "polars", "DataFrame")
        columns = data.head(0) if is_frame else data
        return with_python_errors(lambda: call.empty_result(columns)).head(0)


class _Call:
    """One call, with the key, the session and the log of its process."""

    def __init__(self, function: MapFunction, session: Session | None) -> None:
        self._function, self._session = function, session
        self._account: Account | None = None
        self._log = session.request_log if session is not None else RequestLog(lambda: function.log)

    def empty_result(self, data: Any) -> Any:
        """Return the frame without answers; nothing is sent."""
        plan = self._plan(data)
        return cells_frame(plan.rows, zip(plan.columns, plan.plans, repeat({})))

    def result(self, data: Any) -> Any:
        """Ask all rows and return the frame."""
        plan, settings = self._plan(data), self._function.settings
        unwritten = self._session.unwritten if self._session is not None else None
        prepared = prepare_plan(plan, settings, self._url(), self._account_now, unwritten)
        context = RunContext(
            prepared.journal,
            self._account_now,
            prepared.settings,
            self._nearest,
            lambda request, outcome: self._log_request(prepared, request, outcome),
            prepared.known,
            prepared.too_long,
            prepared.batch,
        )
        with contextlib.closing(prepared.journal), Interrupts() as interrupts:
            run = MapRun(prepared.plan, context, None, lambda: interrupts.came)
            run.run()
            frame = run.frame()
        for line in (*prepared.journal.lines(), *self._log.lines()):
            # The answers must not be lost if warnings are errors.
            with contextlib.suppress(UserWarning):
                warnings.warn(line, stacklevel=5)
        if run.error is not None:
            raise run.error
        if run.reason or interrupts.came:
            raise InterruptedAskError(
                "Stopped.", "The journal has the answers so far; call it again for the rest."
            )
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
        """Return the stricter of the settings now and when `rows` was called."""
        then = self._function.privacy
        if self._session is None:
            return then
        now = self._session.privacy()
        return Privacy(min(then.rows, now.rows), (*then.private, *now.private))

    @property
    def _practice(self) -> str:
        """The practice server's address if `rows` was called in practice mode, else ""."""
        session = self._session
        has_own = session is not None and session.service.in_practice
        return "" if has_own else self._function.practice

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

    def _log_request(self, prepared: PreparedMap, request: RowRequest, outcome: Outcome) -> None:
        """Log a request; in a thread of the run."""
        self._log.write(
            record_of(
                self._account_now().base_url,
                str(request.request["model"]),
                prepared.included,
                usage_of(outcome.usage),
                tries=outcome.tries,
            )
        )


def _is_called_by_dask_for_types() -> bool:
    """Return whether the caller is Dask, with made-up rows, to get the types of the result."""
    frame = sys._getframe(1)  # noqa: SLF001 - the cheap way to look at the callers
    while frame is not None:
        if frame.f_code.co_name.strip("_") == _DASK_FUNCTION:
            module = str(frame.f_globals.get("__name__", ""))
            if module.partition(".")[0] in {"dask", "dask_expr"}:
                return True
        frame = frame.f_back  # type: ignore[assignment]  # None ends it
    return False
