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

__all__ = ["hiding_secrets"]

_Result = TypeVar("_Result")


def hiding_secrets(session: Callable[[], Session], call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; in its errors `[key]` replaces each secret."""
    try:
        return call()
    except GroqMagicError as error:
        shown = error
        # An interrupt while the session is made must not hide the error.
        with contextlib.suppress(GroqMagicError, KeyboardInterrupt):
            shown = _without_secrets(session(), error)
            _announce(session(), shown)
        if shown is error:
            raise
    # Raised outside of `except`, it has no context.
    raise shown


def _announce(session: Session, error: GroqMagicError) -> None:
    # JupyterLab announces no error. Threads of a program show none.
    if session.live is None or threading.current_thread() is not threading.main_thread():
        return
    with contextlib.suppress(Exception):  # whatever a front end does, the error is raised
        session.live.announce_error(phrase_plain(str(error)))


def _without_secrets(session: Session, error: GroqMagicError) -> GroqMagicError:
    """Return the error with secrets replaced; the same object if it contains no secret."""
    secrets = session.secrets()
    happened, remedy = secrets.hidden(error.happened), secrets.hidden(error.remedy)
    if (happened, remedy) == (error.happened, error.remedy):
        return error
    return type(error)(happened, remedy)
