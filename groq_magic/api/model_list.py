"""The service's list of models: read, or why it can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.api.fault import Fault, FaultContext
from groq_magic.api.faults import fault_of
from groq_magic.api.models import Catalogue, catalogue_of
from groq_magic.errors import ApiKeyError
from groq_magic.interrupts import unsent

if TYPE_CHECKING:
    from groq_magic.api.client import Client

__all__ = ["accepted", "listed", "raise_refusal"]

# A failing /models must not hold up an ask for long.
_TIMEOUT = 5.0


def listed(client: Client) -> Catalogue | Fault:
    """Return the models of a client's key, or the fault that kept them back."""
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
    # A failing /models says nothing about the key: the first ask checks it.
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
