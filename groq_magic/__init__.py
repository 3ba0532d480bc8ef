"""Talk to Groq's models from Jupyter cells: the notebook is the conversation.

`%load_ext groq_magic`, then `%%groq` over a cell. In Python: `ask`, `complete`, `map`,
`rows`, `picker`, `get_session` and `rendering.to_html`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ipywidgets

    from groq_magic.mapping.function import MapFunction
    from groq_magic.reply import Reply
    from groq_magic.session.session import Session

__all__ = [
    "ask",
    "complete",
    "get_session",
    "load_ipython_extension",
    "picker",
    "rows",
    "unload_ipython_extension",
]

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """Load the magics into a shell: `%load_ext groq_magic`."""
    from groq_magic.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Unregister the magics and close the session."""
    from groq_magic.magics import unload

    unload(shell)


def ask(prompt: str, **options: Any) -> Reply:
    """Ask as `%groq` does, and return the reply; in the main thread only.

    Parameters
    ----------
    prompt : str
        With `{{name}}` for values, as in a cell; in a function its own
        variables come first, as in an f-string.
    **options
        The long options of `%%groq` with underscores: `model="fast"`,
        `temperature=0.2`, `max_tokens=100`, `once=True` … `images=[…]` takes figures,
        images, arrays, bytes, and the texts that `-i` takes.

    Returns
    -------
    Reply

    Raises
    ------
    GroqMagicError
        When it can't be sent, or fails; in a thread other than
        the shell's, a NotebookError.
    """
    from groq_magic.interrupts import interruptible_magic

    return interruptible_magic(lambda: _ask(prompt, options))


def _ask(prompt: str, options: dict[str, Any]) -> Reply:
    from groq_magic.magics.reported_errors import reporting_errors
    from groq_magic.option_types import prompt_text

    text, session = prompt_text(prompt), get_session()

    def call() -> Reply:
        from groq_magic.magics.ask import ask_in_python

        return ask_in_python(session, text, options)

    return reporting_errors(lambda: session, call)


def complete(prompt: str, **options: Any) -> Reply:
    """Send one prompt and return the reply, in any thread; show nothing, and keep no conversation.

    It needs neither IPython nor the extension, and runs in the caller's thread. Braces in the
    prompt stay as they are, and secrets in it are replaced as in every ask.

    Parameters
    ----------
    prompt : str
    **options
        The long options of `%%groq` with underscores, except those about cells and
        conversations. The session's settings, if there is a session, are the defaults.
        `images=[…]` takes figures, images, arrays, bytes, paths and web addresses.

    Returns
    -------
    Reply

    Raises
    ------
    GroqMagicError
        When it can't be sent, or fails; its `reply` contains the partial answer.
    """
    from groq_magic.option_types import prompt_text
    from groq_magic.options import AskOptions

    text = prompt_text(prompt, "complete", 'A value goes in as text: `complete(f"{value}")`.')
    checked, session = AskOptions.of_keywords(options), _session_now()
    # After `_session_now`, which waits for the imports in the background.
    from groq_magic.asking.complete import complete_checked

    return complete_checked(text, checked, session)


def map(prompt: str, data: Any, **options: Any) -> Any:  # noqa: A001 - read as `groq_magic.map`
    """Run one prompt over every row as `%%groq_map` does; return the rows with their answers.

    Parameters
    ----------
    prompt : str
        With `{{column}}` for a row's values, and `{{row}}` for the whole row.
    data : object
        A DataFrame or Series of pandas or polars, a list, a dict of lists, or a dict of texts.
    **options
        The long options of `%%groq_map` with underscores: `schema=…`, `limit=20`,
        `check="score=teacher"`, `model=["fast", "balanced"]` … `out="name"` sets a variable, too.

    Returns
    -------
    DataFrame
        Of polars for data of polars, else of pandas.

    Raises
    ------
    GroqMagicError
        When nothing could be sent, or the run ended before its last row; in a thread other
        than the shell's, a NotebookError.
    """
    from groq_magic.interrupts import interruptible_magic

    return interruptible_magic(lambda: _map(prompt, data, options))


def _map(prompt: str, data: Any, options: dict[str, Any]) -> Any:
    from groq_magic.magics.reported_errors import reporting_errors
    from groq_magic.option_types import prompt_text

    remedy = 'Columns are named in it: `map("Rate {{text}}", df)`.'
    text, session = prompt_text(prompt, "map", remedy), get_session()

    def call() -> Any:
        from groq_magic.magics.map import map_in_python

        return map_in_python(session, text, data, options)

    return reporting_errors(lambda: session, call)


def rows(prompt: str, **options: Any) -> MapFunction:
    """Return a function that runs one prompt over every row of a frame: for Dask, Ray, processes.

    The function can be pickled, and runs in any thread, process or machine without IPython; it
    looks for the key where it runs. `.meta(frame)` gives the columns and types of the result.

    Parameters
    ----------
    prompt : str
        With `{{column}}` for a row's values, and `{{row}}` for the whole row.
    **options
        The long options of `%%groq_map` with underscores, except those about all rows
        together: `limit`, `sample`, `check`, `budget`. The session's settings, if there is a
        session, are the defaults.

    Returns
    -------
    MapFunction
        Takes a DataFrame, and returns what `map` returns for it.

    Raises
    ------
    GroqMagicError
        For options that can't be used.
    """
    from groq_magic.option_types import prompt_text

    text = prompt_text(prompt, "rows", 'Columns are named in it: `rows("Rate {{text}}")`.')
    from groq_magic.mapping.make_function import map_function

    return map_function(text, options, _session_now)


def _session_now() -> Session | None:
    """Return the session of this process, if IPython runs and the extension is loaded."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return None
    from groq_magic.magics import session_of

    return session_of(shell)


def get_session() -> Session:
    """Return the session of this kernel; load the extension if it isn't loaded.

    Raises
    ------
    NotebookError
        Outside of IPython; where the extension is not loaded, in a
        thread other than the main one.
    """
    import threading

    from IPython import get_ipython

    from groq_magic.errors import NotebookError
    from groq_magic.magics import load, session_of

    shell = get_ipython()
    if shell is None:
        raise NotebookError("There is no IPython here.", "Run it in a notebook or in IPython.")
    if session_of(shell) is None:
        if threading.current_thread() is not threading.main_thread():
            raise NotebookError(
                "groq_magic is loaded in the main thread only.",
                "Run `%load_ext groq_magic` in a cell first.",
            )
        load(shell)
    session = session_of(shell)
    if session is None:
        raise NotebookError("The extension can't be loaded here.", "Try `%load_ext groq_magic`.")
    return session


def picker() -> ipywidgets.Dropdown:
    """Return the session's model picker, a widget.

    Raises
    ------
    NotebookError
        Outside of IPython, and in threads other than the main one.
    """
    from groq_magic.magics.display import live_of

    session = get_session()
    session.owner.require("groq_magic.picker works")
    return live_of(session).picker


def __getattr__(name: str) -> Any:
    # `groq_magic.rendering.to_html` works without an import of its own, and
    # loading the extension does not import the renderer.
    if name == "rendering":
        return importlib.import_module("groq_magic.rendering")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
