"""The address of the service."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit, urlunsplit

from groq_magic.api.key import scrub
from groq_magic.errors import RequestError

__all__ = ["GROQ_URL", "is_loopback", "is_plain", "normalise", "service_url"]

GROQ_URL = "https://api.groq.com"
_REMEDY = "Set GROQ_BASE_URL to something like https://api.groq.com, or unset it."


def service_url() -> str:
    """Return the normalised address of the service from the environment."""
    return normalise(os.environ.get("GROQ_BASE_URL"))


def normalise(url: str | None) -> str:
    """Return the base URL for the SDK, without `/openai/v1`.

    The SDK adds `/openai/v1` itself: with a URL that ends in it, or in the whole
    path that tutorials show, the path would be doubled.

    Raises
    ------
    RequestError
        When it is not an http or https URL.
    """
    text = (url or "").strip()
    if not text:
        return GROQ_URL
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine = False
    if not port_is_fine or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RequestError(f"GROQ_BASE_URL is not a valid address: {_shown(text)}.", _REMEDY)
    if parts.username or parts.password:
        raise RequestError("GROQ_BASE_URL contains a user name or a password.", _REMEDY)
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    path = path.rstrip("/").removesuffix("/openai/v1").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def is_loopback(url: str) -> bool:
    """Return whether `url` names this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_plain(url: str) -> bool:
    """Return whether a key sent to `url` could be read on the way."""
    return urlsplit(url).scheme == "http" and not is_loopback(url)


def _shown(text: str) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return f"`{scrub(clean)[:60]}`"
