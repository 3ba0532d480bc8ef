"""One static output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["publish", "show"]


def publish(data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
    """Display a MIME bundle as it is.

    Parameters
    ----------
    data : mapping
        MIME type → content.
    metadata : mapping, optional
        The output's metadata.
    """
    from IPython.display import display

    display(  # type: ignore[no-untyped-call]  # IPython has no types for it
        dict(data), raw=True, metadata=dict(metadata or {})
    )


def show(html: str, plain: str) -> None:
    """Display one static output.

    Parameters
    ----------
    html : str
        Safe HTML.
    plain : str
        The same as plain text, for terminals and diffs; its control characters are left out.
    """
    publish({"text/html": html, "text/plain": printable(plain)})
