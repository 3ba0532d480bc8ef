"""The models of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.api.models import ALIASES, offline_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from groq_magic.api.models import Catalogue, Model

__all__ = ["models_of"]


def models_of(
    names: Iterable[str], catalogue: Callable[[], Catalogue]
) -> Iterator[tuple[str, Model | None]]:
    """Yield the ids of models, and their entries in the catalogue.

    An entry affects the request, and so the journal's keys. The offline catalogue is preferred, so
    that the keys are the same with and without an API key.

    Parameters
    ----------
    names : iterable of str
        Ids, or names for a task such as `fast`.
    catalogue : callable
        Returns the models of the key. Called only for names that the offline catalogue lacks.
    """
    for name in names:
        known = offline_catalogue().get(name)
        if known is not None:
            yield name, known
            continue
        found = catalogue()
        model = found.resolve(name) if name in ALIASES else name
        yield model, offline_catalogue().get(model) or found.get(model)
