"""Certificates and proxies from environment variables, and errors that name invalid ones."""

from __future__ import annotations

import os
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from groq_magic.api.base_url import is_loopback
from groq_magic.errors import RequestError

__all__ = ["proxy_fault", "proxy_in_use", "trust_remedy", "trusted_certificates"]

_FILE, _FOLDER, _LOG = "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"
# Other programs read them; httpx does not.
_OTHERS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("https_proxy", "http_proxy", "all_proxy")


def trusted_certificates() -> ssl.SSLContext:
    """Return the certificates to trust: the environment's, else certifi's.

    Raises
    ------
    RequestError
        When a variable names a file or folder that can't be read; the message names the variable.
    """
    import httpx

    folders = "" if os.environ.get(_FILE) else os.environ.get(_FOLDER, "")
    if folders and not any(Path(each).is_dir() for each in folders.split(os.pathsep)):
        # OpenSSL reads a missing folder as an empty one, and then trusts no certificate.
        raise _unusable(_FOLDER, "names no folder of certificates")
    try:
        return httpx.create_ssl_context()
    except OSError as failure:
        fault = _certificate_fault() or _log_fault(failure)
        if fault is None:
            raise
    raise fault


def trust_remedy() -> str:
    """Return the remedy for a certificate that is not trusted here."""
    if os.environ.get(_FILE):
        return f"Check that {_FILE} contains the network's certificates, and check the clock."
    if os.environ.get(_FOLDER):
        return f"{_FOLDER} lacks it: set {_FILE} to the network's certificates; check the clock."
    for name in _OTHERS:
        if os.environ.get(name):
            return f"{name} is not read here: set {_FILE} to the same file."
    return f"Behind a company's proxy, set {_FILE} to its certificates; check the clock."


def proxy_fault(failure: Exception) -> RequestError | None:
    """Return the error for an invalid proxy variable, None if all are valid.

    The values may contain passwords: only the variables' names are shown.

    Parameters
    ----------
    failure : Exception
        Of the client that was made with them.
    """
    import httpx

    for name in _set_proxies():
        value = os.environ[name]
        try:
            httpx.HTTPTransport(
                proxy=value if "://" in value else f"http://{value}",
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            ).close()
        except ImportError:
            return RequestError(
                f"{name} names a SOCKS proxy, which needs another package.",
                "`%pip install httpx[socks]`, or unset it.",
            )
        except (ValueError, httpx.InvalidURL):
            return _unusable(name, "is not a valid proxy address")
    for name in ("no_proxy", "NO_PROXY"):
        if os.environ.get(name) and isinstance(failure, ValueError | httpx.InvalidURL):
            return _unusable(name, "is not a list of hosts")
    return None


def proxy_in_use(url: str) -> str:
    """Return the variable with the proxy for `url`, "" without one."""
    parts = urlsplit(url)
    if is_loopback(url) or urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    names = (f"{parts.scheme}_proxy", "all_proxy")
    return next((name for each in names for name in _set_proxies() if name.lower() == each), "")


def _set_proxies() -> list[str]:
    """Return the variables of proxies that are set; lower case comes first, as in httpx."""
    names = (name for each in _PROXIES for name in (each, each.upper()))
    return [name for name in names if os.environ.get(name)]


def _certificate_fault() -> RequestError | None:
    path = os.environ.get(_FILE)
    if not path:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return _unusable(_FILE, "names a file without certificates")
    except FileNotFoundError:
        return _unusable(_FILE, "names a file that does not exist")
    except OSError:
        return _unusable(_FILE, "names a file that can't be read")
    return None


def _log_fault(failure: OSError) -> RequestError | None:
    if not os.environ.get(_LOG):
        return None
    return _unusable(_LOG, f"names a file that can't be written ({failure.strerror or failure})")


def _unusable(name: str, what: str) -> RequestError:
    return RequestError(f"{name} {what}.", f"Correct {name} or unset it, then `%groq_retry`.")
