"""The service as one session uses it: key, client, models, limits, practice mode."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from groq_magic.api.account import Account, account_of, check_key, list_models, raise_refusal
from groq_magic.api.base_url import is_plain, service_url
from groq_magic.api.client import Client
from groq_magic.api.key import KEY_NAME, KEY_PAGE, PRACTICE_KEY, ApiKey, KeyFinder, parse_key
from groq_magic.api.limiter import Limiter
from groq_magic.api.models import Catalogue, offline_catalogue
from groq_magic.api.practice_server import PracticeServer
from groq_magic.errors import ApiKeyError
from groq_magic.interrupts import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from groq_magic.api.fault import Fault
    from groq_magic.api.limits import Limits
    from groq_magic.settings import Settings

__all__ = ["Service"]

# Seconds to wait for a fetch of the models that is in progress.
_SOON = 0.5


class Service:
    """The service as one session uses it.

    Parameters
    ----------
    settings : Settings
    folder : callable
        Returns the folder in which the search for a `.env` begins.
    ask_for_key : callable
        Asks the user for a key, masked; None where there is no way to ask.
    warn : callable
        Shows the user a line, at once.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Callable[[], Path | None],
        ask_for_key: Callable[[], str | None],
        warn: Callable[[str], None],
    ) -> None:
        self.last_model = ""
        self._settings = settings
        self._ask_for_key = ask_for_key
        self._warn = warn
        self._keys = KeyFinder(folder)
        self._account: Account | None = None
        self._practice: PracticeServer | None = None
        self._script: Path | None = None
        self._catalogue: Catalogue | None = None
        self._fetching: threading.Thread | None = None
        self._warned_of: set[str] = set()

    @property
    def in_practice(self) -> bool:
        """Whether the practice server answers."""
        return self._practice is not None

    @property
    def limiter(self) -> Limiter:
        """The limiter of the account in use; an empty one before the first client."""
        return self._account.limiter if self._account is not None else Limiter()

    @property
    def limits(self) -> Limits:
        """The known limits of the model that was asked last."""
        return self.limiter.limits_of(self.last_model)

    def set_practice(self, *, on: bool, script: Path | None = None) -> None:
        """Start or end practice mode; limits and models of the other mode are dropped.

        Parameters
        ----------
        on : bool
        script : Path, optional
            A JSON file of replies for the practice server.
        """
        if not on or script is not None:
            self._end_practice()
            self._script = script
        if on:
            self._start_practice()
        self._forget()

    def key_now(self) -> ApiKey | None:
        """Return the key in use, without asking for one.

        Raises
        ------
        ApiKeyError
            When the key is malformed.
        """
        if self.in_practice:
            return PRACTICE_KEY
        return self._keys.now().key

    def key_found_once(self) -> AbstractContextManager[None]:
        """Search for the key at most once within this context."""
        return self._keys.once()

    def account(self) -> Account | None:
        """Return the account in use, None without a key; without any prompt or warning.

        Raises
        ------
        ApiKeyError, RequestError
            As `key_now` and `base_url` do.
        """
        if (practice := self._practice) is not None:
            found = account_of(PRACTICE_KEY, practice.url)
        elif (key := self._keys.now().key) is not None:
            found = account_of(key, service_url())
        else:
            return None
        self._account = self._account or found
        return found

    def own_key(self) -> ApiKey | None:
        """Return the user's own key, in practice mode too; None where it is malformed."""
        with contextlib.suppress(ApiKeyError):
            return self._keys.now().key
        return None

    def new_key(self, typed: str | None = None) -> ApiKey:
        """Check a key with the service and use it: entered on the page, else asked for here.

        This ends practice mode. Nothing changes unless the key is accepted.

        Raises
        ------
        ApiKeyError
            When there is no way to ask, or the key is malformed or refused.
        InterruptedAskError
            When the user stops it.
        RequestError
            When `GROQ_BASE_URL` is not an http or https address.
        """
        url = service_url()
        source = "%groq_key" if typed is None else "this page"
        typed = self._ask_for_key() if typed is None else typed
        if typed is None:
            raise ApiKeyError(
                "There is no key, and no way to ask for one here.",
                f"Set {KEY_NAME} or write it into a .env file; {KEY_PAGE} gives one. "
                "`%groq_practice on` needs none.",
            )
        key = parse_key(typed, source)
        self._warned_of.add(url)  # the prompt for the key has warned
        catalogue = check_key(Client(key, url))
        self.set_practice(on=False)
        self._keys.typed, self._catalogue = key, catalogue
        return key

    def base_url(self) -> str:
        """Return the address of requests.

        Raises
        ------
        RequestError
            When `GROQ_BASE_URL` is not an http or https address.
        """
        if self._practice is not None:
            return self._start_practice().url
        return service_url()

    def client(self) -> Client:
        """Return the client of the key and address in use; ask for a key if it is missing.

        All code that sends a key calls this, so the warning about plain http is shown here.

        Raises
        ------
        ApiKeyError
            When there is no key and the user enters none.
        """
        key = self.key_now() or self._first_key()
        url = self.base_url()
        if warning := self.plain_warning():
            self._warned_of.add(url)
            self._warn(warning)
        account = account_of(key, url)
        if self._account is not None and self._account is not account:
            self._forget()
        self._account = account
        return account.client

    def plain_warning(self) -> str:
        """Return the warning that the key is sent unencrypted, "" if not or shown before."""
        return self._warning_of(self.base_url())

    def key_warning(self) -> str:
        """Return the same warning, to be shown before a key is typed: it is sent to the service."""
        return self._warning_of(service_url())

    def _warning_of(self, url: str) -> str:
        if not is_plain(url) or url in self._warned_of:
            return ""
        risk = "others on the way can read the key and the prompts"
        return f"{url} is plain http: {risk}. An https address in GROQ_BASE_URL prevents it."

    def catalogue(self) -> Catalogue:
        """Return the models known so far, without waiting."""
        return self._catalogue or offline_catalogue()

    def fetched_catalogue(self, *, of_key: bool = False, again: bool = False) -> Catalogue:
        """Return the live catalogue, or the offline one if the service does not answer.

        Parameters
        ----------
        of_key : bool
            Whether a refused key raises an error; else the offline catalogue is returned.
        again : bool
            Whether to fetch it even if it is known.

        Raises
        ------
        ApiKeyError
            When the service refuses the key, with `of_key`.
        InterruptedAskError
            When the user stops it.
        """
        client = self.client()
        if self._catalogue is None or again:
            found = interruptible(lambda: self._fetch(client))
            if of_key:
                raise_refusal(found)
        return self.catalogue()

    def prefetch_catalogue(self) -> None:
        """Begin to fetch the models in a thread; if that fails, an ask still works."""
        client = self.client()
        if self._catalogue is None and (self._fetching is None or not self._fetching.is_alive()):
            name = "groq-magic-models"
            thread = threading.Thread(target=self._fetch, args=(client,), name=name, daemon=True)
            # If the process can't start a thread, the ask continues without it.
            with contextlib.suppress(RuntimeError):
                thread.start()
                self._fetching = thread

    def close(self) -> None:
        """Close the account and the practice server, and drop the key that was typed."""
        if self._account is not None:
            self._account.close()
        self._forget()
        if self._fetching is not None:
            self._fetching.join(_SOON)
            self._fetching = None
        self._keys.typed = None
        self._end_practice()

    def _first_key(self) -> ApiKey:
        if skipped := self._keys.now().skipped:
            self._warn(skipped)
        return self.new_key()

    def _start_practice(self) -> PracticeServer:
        """Return the practice server, a new one if it has died."""
        if self._practice is not None and not self._practice.alive:
            self._end_practice()
        if self._practice is None:
            script = self._script
            self._practice = PracticeServer(*(("--script", str(script)) if script else ()))
        return self._practice

    def _end_practice(self) -> None:
        if self._practice is not None:
            self._practice.close()
            account_of(PRACTICE_KEY, self._practice.url).close()
        self._practice = None

    def _fetch(self, client: Client) -> Catalogue | Fault:
        account, found = self._account, list_models(client)
        if isinstance(found, Catalogue) and found.models and self._account is account:
            self._catalogue = found
        return found

    def nearest(self, model_id: str) -> str:
        """Return the id to use instead, from the live catalogue if it arrives soon."""
        if self._catalogue is None and self._fetching is not None:
            self._fetching.join(_SOON)
        return self.catalogue().nearest(model_id)

    def _forget(self) -> None:
        if self._account is not None:
            self._account.client.close_idle()
        self._account = None
        self._catalogue = None
