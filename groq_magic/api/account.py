"""One service address and key, as all of this process use them: connections, limits, models."""

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
from groq_magic.interrupts import unsent

if TYPE_CHECKING:
    from groq_magic.api.key import ApiKey

__all__ = ["Account", "accepted", "account_of", "listed", "raise_refusal"]

# A failing /models must not hold up an ask for long.
_TIMEOUT = 5.0


class Account:
    """A service address and a key: its limiter, and one client for each connect timeout.

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
        self._clients: dict[float, Client] = {}
        self._models: Catalogue | None = None
        self._fetching = threading.Lock()
        self._fetched = 0

    def client(self, connect_timeout: float) -> Client:
        """Return the client for a connect timeout, shared by all that use it."""
        made = self._clients.get(connect_timeout)
        # Two threads may make one each: the first that is kept is used by both.
        return made or self._clients.setdefault(
            connect_timeout, Client(self.key, self.base_url, connect_timeout)
        )

    def models(self, connect_timeout: float) -> Catalogue:
        """Return the models of the key, fetched once; the known ones if that fails."""
        before = self._fetched
        with self._fetching:
            # Who has waited for another's fetch does not try again where that failed.
            if self._models is None and self._fetched == before:
                found = listed(self.client(connect_timeout))
                self._models = found if isinstance(found, Catalogue) else None
                self._fetched += 1
        return self._models or offline_catalogue()

    def rest(self) -> None:
        """Close the idle connections; running requests continue."""
        for client in tuple(self._clients.values()):
            client.rest()

    def close(self) -> None:
        """End every request and forget models and limits; the next request starts afresh."""
        _ACCOUNTS.pop(_name(self.key, self.base_url), None)
        for client in tuple(self._clients.values()):
            client.close()


# The limits are the service's, whichever session or thread sends: they can't hang on a shell.
_ACCOUNTS: dict[tuple[int, str, str], Account] = {}


def account_of(key: ApiKey, base_url: str) -> Account:
    """Return the account of a key at an address; a forked process has its own."""
    name = _name(key, base_url)
    return _ACCOUNTS.get(name) or _ACCOUNTS.setdefault(name, Account(key, base_url))


def listed(client: Client) -> Catalogue | Fault:
    """Return the models of a client's key, or the fault of the request for them."""
    key = client.key
    context = FaultContext("", str, _TIMEOUT, client.base_url, key.value, key.source)
    try:
        return catalogue_of(client.models(timeout=_TIMEOUT))
    except Exception as failure:  # noqa: BLE001 - a fault of ours instead, whatever failed
        return fault_of(failure, context, sent=False)


def accepted(client: Client) -> Catalogue | None:
    """Return the models of a client's key, None if the service can't be reached; close the client.

    Raises
    ------
    ApiKeyError
        When the service refuses the key.
    InterruptedAskError
        When the user breaks it off.
    """
    try:
        found = unsent(lambda: listed(client))
    finally:
        client.close()
    raise_refusal(found)
    # A failing /models is no verdict on the key: the first ask checks it.
    return found if isinstance(found, Catalogue) else None


def raise_refusal(found: Catalogue | Fault) -> None:
    """Raise the error where the service refused the key.

    Raised where no exception is handled, it has no context: the SDK's hold the key.

    Raises
    ------
    ApiKeyError
    """
    if isinstance(found, Fault) and isinstance(found.error, ApiKeyError):
        raise found.error


def _name(key: ApiKey, base_url: str) -> tuple[int, str, str]:
    return os.getpid(), base_url, key.value
