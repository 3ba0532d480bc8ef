"""Calls from Python, with or without a session: their key, secrets and errors."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from groq_magic.api.account import Account, account_of
from groq_magic.api.base_url import is_plain, service_url
from groq_magic.api.key import KEY_NAME, KEY_PAGE, find_key
from groq_magic.errors import ApiKeyError, GroqMagicError, InterruptedAskError
from groq_magic.prompt.secrets import Secrets, secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.key import ApiKey
    from groq_magic.session.session import Session

__all__ = ["account_of_call", "secrets_of_call", "with_python_errors", "without_magics"]

# The part of a remedy that names a magic, which is useless in a script.
_MAGIC = re.compile(r"(?:^|[;,.])[^;,.]*`%[^`]*`[^;,.]*")
_FLAG = re.compile(r"--([a-z-]+)")
_Result = TypeVar("_Result")


def account_of_call(session: Session | None) -> Account:
    """Return the account of a call; never prompt for a key.

    Parameters
    ----------
    session : Session or None
        Without one, the environment's key is used.

    Raises
    ------
    ApiKeyError
        When there is no key, or it is malformed.
    """
    if session is not None:
        account = session.service.account()
    else:
        key = _key_for_scripts()
        account = account_of(key, service_url()) if key is not None else None
    if account is None:
        raise ApiKeyError(
            "There is no key.",
            f"Set {KEY_NAME} or write it into a .env file; {KEY_PAGE} gives one.",
        )
    if is_plain(account.base_url):
        line = f"{account.base_url} is plain http: others on the way can read the key."
        warnings.warn(line, stacklevel=6)  # the line that calls `complete` or `rows`
    return account


def secrets_of_call(session: Session | None, key: ApiKey | None = None) -> Secrets:
    """Return the secrets that no request may contain.

    Parameters
    ----------
    session : Session or None
    key : ApiKey, optional
        The key in use without a session; by default it is looked up.
    """
    if session is not None:
        return session.secrets()
    if key is None:
        # A malformed key is an error only where it is used.
        with contextlib.suppress(ApiKeyError):
            key = find_key()
    return _secrets_of(key.value if key is not None else "", tuple(os.environ.items()))


def with_python_errors(call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; its errors have remedies for Python.

    Raises
    ------
    GroqMagicError
        Of the call; an InterruptedAskError for a KeyboardInterrupt.
    """
    try:
        return call()
    except GroqMagicError as error:
        failed = without_magics(error)
    except KeyboardInterrupt:
        failed = InterruptedAskError("Stopped.")
    # Raised outside of `except`, it has no context.
    raise failed


def without_magics(error: GroqMagicError) -> GroqMagicError:
    """Return the error with a remedy for Python: no magics, and options as keywords."""
    remedy = _MAGIC.sub("", error.remedy).strip(" ;,.").replace("`-m ", "`model=")
    remedy = _FLAG.sub(lambda flag: flag[1].replace("-", "_"), remedy)
    end = "." if remedy and not remedy.endswith("?") else ""
    return type(error)(error.happened, f"{remedy}{end}")


@lru_cache(maxsize=1)
def _secrets_of(key: str, environment: tuple[tuple[str, str], ...]) -> Secrets:
    found = secrets_in(dict(environment))
    return Secrets({KEY_NAME: key, **found} if key else found)


def _key_for_scripts() -> ApiKey | None:
    try:
        return find_key()
    except ApiKeyError as error:
        malformed = without_magics(error)
    # Raised outside of `except`, it has no context.
    raise malformed
