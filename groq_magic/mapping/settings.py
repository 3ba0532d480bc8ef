"""The settings and the name of a map's runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.mapping.sending.run_settings import RunSettings
from groq_magic.views.phrase import first_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.mapping.options import MapOptions
    from groq_magic.settings import Settings

__all__ = ["run_name", "run_settings"]

_LONGEST_PROMPT, _LONGEST_OPTIONS = 60, 50


def run_name(variable: str, prompt: str, options: MapOptions, hide: Callable[[str], str]) -> str:
    """Return the name of a run: its variable, the beginning of the prompt, and its options.

    Parameters
    ----------
    variable : str
    prompt : str
    options : MapOptions
    hide : callable
        Replaces secrets in a text.
    """
    begin = first_words(hide(prompt), _LONGEST_PROMPT)
    words = first_words(hide(options.words), _LONGEST_OPTIONS)
    return f"{variable}: {begin} \N{MIDDLE DOT} {words}" if words else f"{variable}: {begin}"


def run_settings(settings: Settings, options: MapOptions, name: str) -> RunSettings:
    """Return the settings of a run.

    Parameters
    ----------
    settings : Settings
    options : MapOptions
    name : str
        The name in the list of runs.
    """
    usual = RunSettings()
    return replace(
        usual,
        name=name,
        again=options.again,
        concurrency=options.concurrency or usual.concurrency,
        share=options.share or usual.share,
        timeout=options.timeout or settings.timeout,
        tries=settings.tries,
    )
