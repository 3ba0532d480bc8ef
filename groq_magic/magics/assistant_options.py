"""The options of the code assistant's magics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.magics.line import parsed_line
from groq_magic.magics.option import Option, choice
from groq_magic.magics.options import ASK_OPTIONS, ask_options
from groq_magic.settings import AskOptions

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CODE_OPTIONS", "EXPLAIN_OPTIONS", "FIX_OPTIONS", "around", "asked_with", "option_lines"]

# What an answer becomes is decided by these magics themselves.
_NOT_TAKEN = frozenset(
    {"--format", "--cell", "--once", "--raw", "--schema", "--tools", "--image", "--context"}
    | {"--tutor"}
)
_OF_ASKS = tuple(option for option in ASK_OPTIONS if option.flag not in _NOT_TAKEN)
_KEEP = Option("--keep", "", "", "the ask and its answer become part of the conversation")

# Those of `groq_magic.assistant.LEVELS`, which takes a while to import.
_LEVELS = ("beginner", "expert")
FIX_OPTIONS = (_KEEP, *_OF_ASKS)
EXPLAIN_OPTIONS = (
    Option("--level", "", "LEVEL", "for a beginner or an expert", choice(*_LEVELS), values=_LEVELS),
    _KEEP,
    *_OF_ASKS,
)
CODE_OPTIONS = (
    Option("--session", "", "", "puts in the session's names, their types and its imports"),
    _KEEP,
    *_OF_ASKS,
)
# Low: the likeliest mend, not an original one.
_TEMPERATURE = 0.2


def around(
    line: str, options: tuple[Option, ...], magic: str, is_target: Callable[[str], bool]
) -> tuple[dict[str, Any], str, str]:
    """Split a line into options, a target and words; options may stand on both sides of it.

    Parameters
    ----------
    line : str
    options : tuple of Option
    magic : str
        Its name, for messages.
    is_target : callable
        Whether the first word is what the magic is about.

    Returns
    -------
    values : dict
    target : str
        "" where the first word is none.
    words : str
        The rest, verbatim.

    Raises
    ------
    OptionError
        As `parsed_line`.
    """
    given, text = parsed_line(line, options, magic)
    first, _, rest = text.partition(" ")
    if not first or not is_target(first):
        return given, "", text
    more, words = parsed_line(rest, options, magic)
    return {**given, **more}, first, words


def asked_with(given: dict[str, Any]) -> AskOptions:
    """Return the options of an ask: outside of the conversation unless it is to be kept."""
    ours = {"keep", "level", "session"}
    options = ask_options({name: value for name, value in given.items() if name not in ours})
    return options.over(AskOptions(temperature=_TEMPERATURE, once=not given.get("keep", False)))


def option_lines(options: tuple[Option, ...]) -> str:
    """Return the everyday options as lines of help."""
    return "\n".join(f"  {option.usage:<26}{option.help}" for option in options if option.everyday)
