"""What a fault's line needs to know of an ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Asked"]


@dataclass(frozen=True)
class Asked:
    """What a fault's line needs to know of an ask.

    Parameters
    ----------
    model : str
    nearest : callable
        From a refused id to the one to use instead.
    timeout : float
        Seconds without a byte.
    base_url : str
    key : str
        To be hidden wherever the service repeats it.
    source : str
        Where the key is from.
    """

    model: str
    nearest: Callable[[str], str]
    timeout: float
    base_url: str
    key: str = field(repr=False)
    source: str = ""
