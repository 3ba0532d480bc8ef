"""Remove secrets from errors, and announce errors to screen readers."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

from groq_magic.errors import GroqMagicError
from groq_magic.views.phrase import phrase_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["reporting_errors"]

_Result = TypeVar("_Result")


def reporting_errors(session: Callable[[], Session], call: Callable[[], _Result]) -> _Result:
    """Call, and return the result; an error is announced, and raised without secrets."""
    try:
        return call()
    except GroqMagicError as error:
        shown = error
        # Without the session, or if it is interrupted, the error is raised as it is.
        with contextlib.suppress(GroqMagicError, KeyboardInterrupt):
            shown = _without_secrets(session(), error)
            _announce(session(), shown)
        if shown is error:
            raise
    # Outside of `except`, so that the error with secrets is not its context.
    raise shown


def _announce(session: Session, error: GroqMagicError) -> None:
    # JupyterLab itself doesn't announce errors. Only the main thread shows errors on the page.
    if session.live is None or threading.current_thread() is not threading.main_thread():
        return
    with contextlib.suppress(Exception):  # the error itself is raised in any case
        session.live.announce_error(phrase_plain(str(error)))


def _without_secrets(session: Session, error: GroqMagicError) -> GroqMagicError:
    """Return the error with secrets replaced; the same object if it contains no secret."""
    secrets = session.secrets()
    happened, remedy = secrets.hide(error.happened), secrets.hide(error.remedy)
    if (happened, remedy) == (error.happened, error.remedy):
        return error
    return type(error)(happened, remedy)
