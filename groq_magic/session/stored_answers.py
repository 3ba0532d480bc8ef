"""The answers that need no request: the cache on disk, and the replayed notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import NotebookError
from groq_magic.ledger.cache import Cache, cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.conversation import Replay
    from groq_magic.settings import Settings

__all__ = ["StoredAnswers"]

_MEGABYTE = 1_000_000
_NO_PLACE = "The cache can't be used (the home folder is unknown); asks go on without it."


class StoredAnswers:
    """The cache on disk, and the notebook that is replayed.

    Parameters
    ----------
    settings : Settings

    Attributes
    ----------
    replay : Replay or None
        The saved answers of this notebook, while replay is on.
    asks_first : bool
        Whether the model is asked first, as with `auto`.
    patience : float
        Seconds without a first token after which `auto` takes the saved answer.
    """

    def __init__(self, settings: Settings) -> None:
        self.replay: Replay | None = None
        self.asks_first = False
        self.patience = 5.0
        self._settings = settings
        self._cache: Cache | None = None
        self._line = ""
        self._is_reported = False

    @property
    def cache(self) -> Cache:
        """The cache's file.

        Raises
        ------
        NotebookError
            When no folder for it is known.
        """
        size, days = int(self._settings.cache_megabytes * _MEGABYTE), self._settings.cache_days
        try:
            folder = cache_folder()
        except RuntimeError:
            raise NotebookError(
                "There is no place for a cache: the home folder is unknown.", "Set XDG_CACHE_HOME."
            ) from None
        if self._cache is None or self._cache.limits != (folder, size, days):
            self._cache = Cache(folder, size, days)
        return self._cache

    def kept(self, key: str) -> dict[str, Any] | None:
        """Return the cached answer for a key, None if there is none or the cache fails."""
        cache = self._placed()
        return cache.get(key) if cache is not None else None

    def keep(self, key: str, answer: Mapping[str, Any]) -> None:
        """Put an answer into the cache, if it can be used."""
        cache = self._placed()
        if cache is not None:
            cache.put(key, answer)

    def lines(self) -> tuple[str, ...]:
        """Return the notices about the cache, each once."""
        of_file = self._cache.take_line() if self._cache is not None else ""
        of_place, self._line = self._line, ""
        return tuple(line for line in (of_place, of_file) if line)

    def _placed(self) -> Cache | None:
        """Return the cache; None, and one notice, if no folder for it is known."""
        try:
            return self.cache
        except NotebookError:
            if not self._is_reported:
                self._is_reported, self._line = True, _NO_PLACE
        return None
