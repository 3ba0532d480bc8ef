"""A chat request as code that runs without us."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.base_url import GROQ_URL
from groq_magic.api.snippets.curl import curl
from groq_magic.api.snippets.node import node
from groq_magic.api.snippets.python_groq import python_groq
from groq_magic.api.snippets.python_openai import python_openai

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "snippet"]

_WRITERS = MappingProxyType(
    {"python": python_groq, "openai": python_openai, "curl": curl, "node": node}
)
# What each is called where code is coloured.
LANGUAGES = MappingProxyType(
    {"python": "python", "openai": "python", "curl": "bash", "node": "javascript"}
)


def snippet(
    request: Mapping[str, Any],
    kind: Literal["python", "openai", "curl", "node"],
    base_url: str = GROQ_URL,
    *,
    stream: bool | None = None,
) -> str:
    """Return a request as code that sends the same body.

    Parameters
    ----------
    request : mapping
        As it was sent.
    kind : {"python", "openai", "curl", "node"}
    base_url : str
        Where it went, without `/openai/v1`; the code names it unless it is Groq's own.
    stream : bool or None
        Whether the code streams; None as the request did.

    Returns
    -------
    str
        The code, which ends in a line break. The key is taken from
        GROQ_API_KEY when it runs.
    """
    sent = {name: value for name, value in request.items() if name != "stream"}
    if request.get("stream") if stream is None else stream:
        sent["stream"] = True
    return _WRITERS[kind](sent, None if base_url == GROQ_URL else base_url)
