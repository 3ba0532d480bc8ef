"""`groq-magic doctor`: what works here, in ten lines."""

from __future__ import annotations

import contextlib
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from groq_magic.api.account import list_models
from groq_magic.api.base_url import is_plain, service_url
from groq_magic.api.client import Client
from groq_magic.api.key import KEY_NAME, KEY_PAGE, KeySearch, search_key
from groq_magic.api.models import Catalogue
from groq_magic.errors import ApiKeyError, GroqMagicError
from groq_magic.page.notebook_file import working_folder

__all__ = ["doctor"]

_TIMEOUT = 3.0  # seconds
_LIMITS_PAGE = "https://console.groq.com/settings/limits"
_NOT_YET = (
    "Asks won't work yet; `%groq_practice on` in a notebook, and `groq-magic demo`, need no key."
)
_INSTALL_LAB = "pip install 'groq-magic[lab]'"
_PAGE_PARTS = ("anywidget", "@jupyter-widgets/jupyterlab-manager")


class Finding(NamedTuple):
    """One line of the report.

    Parameters
    ----------
    state : str
        "ok", "missing", "fault", or "-" for unknown.
    subject, text : str
    """

    state: str
    subject: str
    text: str


def doctor() -> int:
    """Print what works here; return 0 if asks will work, else 1."""
    key, found = _key()
    connection = _connection(found)
    print(f"groq-magic {version('groq-magic')}")
    for finding in (
        Finding("ok", "Python", f"{platform.python_version()} on {sys.platform}, {sys.prefix}"),
        _kernel(),
        _packages("front ends", ("jupyterlab", "notebook"), one_is_enough=True),
        _packages("widgets", ("anywidget", "ipywidgets", "jupyterlab_widgets")),
        _page_parts(),
        key,
        connection,
        Finding("-", "limits", f"reported with the first answer; {_LIMITS_PAGE} lists yours"),
    ):
        print(f"{finding.state:<8} {finding.subject:<11} {finding.text}")
    works = key.state == connection.state == "ok"
    print("Asks will work." if works else _NOT_YET)
    return 0 if works else 1


def _kernel() -> Finding:
    finding = _packages("kernel", ("ipython", "ipykernel"))
    # Jupyter may run the kernel with another Python, which has its own packages.
    with contextlib.suppress(Exception):
        from jupyter_client.kernelspec import KernelSpecManager

        python = Path(KernelSpecManager().get_kernel_spec("python3").argv[0])
        this_folder = Path(sys.executable).parent.resolve()
        if python.is_absolute() and python.parent.resolve() != this_folder:
            text = f"the kernel python3 runs {python}: install groq-magic there too"
            return Finding("-", "kernel", text)
    return finding


def _packages(subject: str, names: tuple[str, ...], *, one_is_enough: bool = False) -> Finding:
    versions = {name: _version(name) for name in names}
    text = ", ".join(f"{name} {installed or 'is missing'}" for name, installed in versions.items())
    enough = any if one_is_enough else all
    if enough(versions.values()):
        return Finding("ok", subject, text)
    return Finding("missing", subject, f"{text}: {_INSTALL_LAB}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _page_parts() -> Finding:
    """Look for the JavaScript of the widgets where this Python's Jupyter server finds it."""
    subject = "JavaScript"
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        text = f"no Jupyter server in this Python; run {_INSTALL_LAB} in the server's"
        return Finding("-", subject, text)
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [part for part in _PAGE_PARTS if not any((each / part).exists() for each in folders)]
    if missing:
        text = f"{', '.join(missing)}: answers come without streaming and picker; {_INSTALL_LAB}"
        return Finding("missing", subject, text)
    return Finding("ok", subject, "JupyterLab finds that of anywidget and ipywidgets")


def _key() -> tuple[Finding, KeySearch]:
    try:
        found = search_key(working_folder)
    except ApiKeyError as error:
        return Finding("fault", "key", str(error)), KeySearch()
    if found.key is not None:
        return Finding("ok", "key", f"from {found.key.source}"), found
    if working_folder() is None:
        text = "this folder was deleted; run groq-magic doctor in another one"
        return Finding("fault", "key", text), found
    how = f"set {KEY_NAME}, or run `%groq_key` in a notebook; {KEY_PAGE} gives one"
    return Finding("missing", "key", found.skipped or how), found


def _connection(found: KeySearch) -> Finding:
    subject = "connection"
    if found.key is None:
        return Finding("-", subject, "not tried without a key")
    try:
        url = service_url()
        if is_plain(url):
            return Finding(
                "fault", subject, f"not tried: {url} is plain http; others could read the key"
            )
        client = Client(found.key, url, _TIMEOUT)
        began = time.monotonic()
        try:
            models = list_models(client)
        finally:
            client.close()
    except GroqMagicError as error:
        return Finding("fault", subject, str(error))
    if not isinstance(models, Catalogue):
        return Finding("fault", subject, models.error.happened)
    elapsed = time.monotonic() - began
    text = f"{url} lists {len(models.chat)} models for this key, in {elapsed:.1f} s"
    return Finding("ok", subject, text)
