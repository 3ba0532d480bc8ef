"""One service address and key, as all of this process use them: connections and limits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from groq_magic.api.client import Client
from groq_magic.api.limiter import Limiter
from groq_magic.api.model_list import listed
from groq_magic.api.models import Catalogue, offline_catalogue

if TYPE_CHECKING:
    from groq_magic.api.key import ApiKey

__all__ = ["Account", "account_of"]


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

    def client(self, connect_timeout: float) -> Client:
        """Return the client of all who connect within so many seconds."""
        made = self._clients.get(connect_timeout)
        # Two threads may make one each: the first that is kept is used by both.
        return made or self._clients.setdefault(
            connect_timeout, Client(self.key, self.base_url, connect_timeout)
        )

    def models(self, connect_timeout: float) -> Catalogue:
        """Return the models of the key, fetched once; the known ones if that fails."""
        if self._models is None:
            found = listed(self.client(connect_timeout))
            if not isinstance(found, Catalogue):
                return offline_catalogue()
            self._models = found
        return self._models

    def rest(self) -> None:
        """Close the connections that nobody uses; what is under way goes on."""
        for client in tuple(self._clients.values()):
            client.rest()

    def close(self) -> None:
        """End every request and forget what is known; the next who asks begins anew."""
        _ACCOUNTS.pop(_name(self.key, self.base_url), None)
        for client in tuple(self._clients.values()):
            client.close()


# The limits are the service's, whichever session or thread sends: they can't hang on a shell.
_ACCOUNTS: dict[tuple[int, str, str], Account] = {}


def account_of(key: ApiKey, base_url: str) -> Account:
    """Return the account of a key at an address; a forked process has its own."""
    name = _name(key, base_url)
    return _ACCOUNTS.get(name) or _ACCOUNTS.setdefault(name, Account(key, base_url))


def _name(key: ApiKey, base_url: str) -> tuple[int, str, str]:
    return os.getpid(), base_url, key.value
