"""Errors as users may see them: without secrets."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from groq_magic.errors import GroqMagicError

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.session.session import Session

__all__ = ["hiding_secrets"]

_Result = TypeVar("_Result")


def hiding_secrets(session: Callable[[], Session], call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; the errors that it raises show `[key]` for each secret."""
    try:
        return call()
    except GroqMagicError as error:
        shown = error
        # An interrupt while the session is made must not replace the error.
        with contextlib.suppress(GroqMagicError, KeyboardInterrupt):
            shown = _without_secrets(session(), error)
        if shown is error:
            raise
    # Raised outside of `except`, it has no context.
    raise shown


def _without_secrets(session: Session, error: GroqMagicError) -> GroqMagicError:
    """Return the error with secrets replaced; the same object if it contains no secret."""
    secrets = session.secrets()
    happened, remedy = secrets.hidden(error.happened), secrets.hidden(error.remedy)
    if (happened, remedy) == (error.happened, error.remedy):
        return error
    return type(error)(happened, remedy)
