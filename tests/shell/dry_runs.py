"""What a dry run shows."""

from __future__ import annotations

from typing import Any

import lxml.html

__all__ = ["messages_in"]


def messages_in(output: Any) -> list[tuple[str, str]]:
    """Return the roles and texts of a dry run's messages, as its page shows them."""
    folds = lxml.html.fromstring(output["data"]["text/html"]).xpath("//details")
    return [(fold.findtext(".//b"), fold.find("pre").text_content()) for fold in folds]
