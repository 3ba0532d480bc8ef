"""One service address and key, with what this process shares for them."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from groq_magic.api.client import Client
from groq_magic.api.fault import Fault, FaultContext
from groq_magic.api.limiter import Limiter
from groq_magic.api.models import Catalogue, catalogue_of, offline_catalogue
from groq_magic.api.sdk_faults import fault_of
from groq_magic.errors import ApiKeyError
from groq_magic.interrupts import interruptible

if TYPE_CHECKING:
    from groq_magic.api.key import ApiKey

__all__ = ["Account", "account_of", "check_key", "list_models", "raise_refusal"]

# A failing /models must not hold up an ask for long.
_TIMEOUT = 5.0


class Account:
    """A service address and a key, with their limiter, client and models.

    Parameters
    ----------
    key : ApiKey
    base_url : str
        Without `/openai/v1`.
    """

    def __init__(self, key: ApiKey, base_url: str) -> None:
        self.key = key
        self.base_url = base_url
        self.limiter = Limiter()
        self.client = Client(key, base_url)
        self._models: Catalogue | None = None
        self._fetching = threading.Lock()
        self._fetched = 0

    def models(self) -> Catalogue:
        """Return the models of the key, fetched once; the known ones if that fails."""
        before = self._fetched
        with self._fetching:
            # A thread that has waited for another's fetch does not repeat a failed one.
            if self._models is None and self._fetched == before:
                found = list_models(self.client)
                self._models = found if isinstance(found, Catalogue) else None
                self._fetched += 1
        return self._models or offline_catalogue()

    def close(self) -> None:
        """End every request, and remove the account: the next request uses a new one."""
        _ACCOUNTS.pop(_name(self.key, self.base_url), None)
        self.client.close()


# One for all sessions and threads: the service counts their requests together.
_ACCOUNTS: dict[tuple[int, str, str], Account] = {}


def account_of(key: ApiKey, base_url: str) -> Account:
    """Return the account of a key at an address; a forked process has its own."""
    name = _name(key, base_url)
    return _ACCOUNTS.get(name) or _ACCOUNTS.setdefault(name, Account(key, base_url))


def list_models(client: Client) -> Catalogue | Fault:
    """Return the models of a client's key, or the fault of the request for them."""
    key = client.key
    context = FaultContext("", str, _TIMEOUT, client.base_url, key.value, key.source)
    try:
        return catalogue_of(client.models(timeout=_TIMEOUT))
    except Exception as failure:  # noqa: BLE001 - any failure becomes a fault
        return fault_of(failure, context, sent=False)


def check_key(client: Client) -> Catalogue | None:
    """Check a new key; return its models, None if the service can't be reached; close the client.

    Raises
    ------
    ApiKeyError
        When the service refuses the key.
    InterruptedAskError
        When the user stops it.
    """
    try:
        found = interruptible(lambda: list_models(client))
    finally:
        client.close()
    raise_refusal(found)
    # If /models fails otherwise, the first ask checks the key.
    return found if isinstance(found, Catalogue) else None


def raise_refusal(found: Catalogue | Fault) -> None:
    """Raise the error if the service refused the key.

    Call it outside of `except`: the SDK's exceptions contain the key, and would be its context.

    Raises
    ------
    ApiKeyError
    """
    if isinstance(found, Fault) and isinstance(found.error, ApiKeyError):
        raise found.error


def _name(key: ApiKey, base_url: str) -> tuple[int, str, str]:
    return os.getpid(), base_url, key.value
