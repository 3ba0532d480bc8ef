"""Answers without a request: from the cache on disk, or from the notebook that is replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import NotebookError
from groq_magic.ledger.cache import Cache, cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.conversation import Replay

__all__ = ["StoredAnswers"]

_NO_FOLDER = "The cache can't be used (the home folder is unknown); asks continue without it."


class StoredAnswers:
    """The cache on disk, and the notebook that is replayed.

    Attributes
    ----------
    replay : Replay or None
        The saved answers of this notebook, while replay is on.
    asks_first : bool
        Whether the model is asked first, as with `auto`.
    patience : float
        Seconds without a first token after which `auto` takes the saved answer.
    """

    def __init__(self) -> None:
        self.replay: Replay | None = None
        self.asks_first = False
        self.patience = 5.0
        self._cache: Cache | None = None
        self._line = ""
        self._is_reported = False

    @property
    def cache(self) -> Cache:
        """The cache.

        Raises
        ------
        NotebookError
            When its folder is unknown.
        """
        try:
            folder = cache_folder()
        except RuntimeError:
            raise NotebookError(
                "The cache has no folder: the home folder is unknown.", "Set XDG_CACHE_HOME."
            ) from None
        if self._cache is None or self._cache.path.parent != folder:
            self._cache = Cache(folder)
        return self._cache

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the cached answer of a key, None if it is missing or the cache fails."""
        cache = self._cache_or_none()
        return cache.get(key) if cache is not None else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Put an answer into the cache, if it can be used."""
        cache = self._cache_or_none()
        if cache is not None:
            cache.put(key, answer)

    def lines(self) -> tuple[str, ...]:
        """Return the notices about the cache, each once."""
        of_file = self._cache.take_line() if self._cache is not None else ""
        of_folder, self._line = self._line, ""
        return tuple(line for line in (of_folder, of_file) if line)

    def _cache_or_none(self) -> Cache | None:
        """Return the cache; None, with one notice, if its folder is unknown."""
        try:
            return self.cache
        except NotebookError:
            if not self._is_reported:
                self._is_reported, self._line = True, _NO_FOLDER
        return None
