"""One static output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from groq_magic.printable import SURROGATE, encodable, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["publish", "show"]


def publish(data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
    """Display a MIME bundle as it is.

    Parameters
    ----------
    data : mapping
        MIME type → content; of text, what can't be written is replaced.
    metadata : mapping, optional
        The output's metadata.
    """
    from IPython.display import display

    texts = {
        kind: SURROGATE.sub("\ufffd", content) if isinstance(content, str) else content
        for kind, content in data.items()
    }
    if "text/plain" in texts:
        # A terminal prints it.
        texts["text/plain"] = encodable(texts["text/plain"], getattr(sys.stdout, "encoding", None))
    display(  # type: ignore[no-untyped-call]  # IPython has no types for it
        texts, raw=True, metadata=dict(metadata or {})
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
