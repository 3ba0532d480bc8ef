"""The options of `%%groq` and `%groq`, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError
from groq_magic.magics.option import (
    Option,
    choice,
    label,
    name,
    number,
    piece,
    switch,
    text,
    whole,
)
from groq_magic.settings import EFFORTS, FORMATS, HIGHEST, MOST_STOPS, RANGES, TIERS, AskOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ASK_OPTIONS", "CONVERSATION", "ask_options", "checked_options", "checked_prompt"]

_ALIASES = ("fast", "balanced", "reasoning", "vision")

CONVERSATION = Option("--conversation", "-c", "NAME", "another conversation", label)
ASK_OPTIONS = (
    Option(
        "--model",
        "-m",
        "ID",
        "the model: an id, or fast, balanced, reasoning, vision",
        label,
        values=_ALIASES,
    ),
    Option("--system", "-s", "TEXT", "the system prompt, for this ask", text),
    Option(
        "--temperature",
        "-t",
        "N",
        "0 to 2: low repeats itself, high varies",
        number(*RANGES["temperature"]),
    ),
    Option("--max-tokens", "", "N", "the longest answer, in tokens", whole(1)),
    Option("--out", "-o", "NAME", "the reply into this variable, beside _groq", name),
    Option(
        "--format", "-f", "KIND", "markdown, text, code or json", choice(*FORMATS), values=FORMATS
    ),
    Option("--cell", "", "", "the answer's code into the next cell, not run"),
    Option("--once", "", "", "neither reads nor writes the conversation"),
    CONVERSATION,
    Option("--dry-run", "", "", "shows what would be sent, and sends nothing"),
    Option(
        "--top-p",
        "",
        "N",
        "0 to 1: leaves unlikely words out",
        number(*RANGES["top_p"]),
        everyday=False,
    ),
    Option(
        "--frequency-penalty",
        "",
        "N",
        "-2 to 2",
        number(*RANGES["frequency_penalty"]),
        everyday=False,
    ),
    Option(
        "--presence-penalty",
        "",
        "N",
        "-2 to 2",
        number(*RANGES["presence_penalty"]),
        everyday=False,
    ),
    Option(
        "--seed", "", "N", "the same answer again, at best effort", whole(-HIGHEST), everyday=False
    ),
    Option(
        "--stop",
        "",
        "TEXT",
        "ends the answer before this text; up to four times",
        piece,
        everyday=False,
        many=True,
    ),
    Option(
        "--reasoning-effort",
        "",
        "LEVEL",
        "none, default, low, medium or high",
        choice(*EFFORTS),
        everyday=False,
        values=EFFORTS,
    ),
    Option(
        "--reasoning",
        "",
        "show|hide",
        "show keeps the reasoning in the saved output",
        choice("show", "hide"),
        everyday=False,
        values=("show", "hide"),
    ),
    Option(
        "--service-tier",
        "",
        "TIER",
        "on_demand, auto, flex or performance",
        choice(*TIERS),
        everyday=False,
        values=TIERS,
    ),
    Option(
        "--timeout",
        "",
        "SECONDS",
        "gives up after so long without a byte",
        number(*RANGES["timeout"]),
        everyday=False,
    ),
    Option("--raw", "", "", "leaves {{…}} in the prompt as it is", everyday=False),
    Option("--no-stream", "", "", "shows the answer when it is whole", everyday=False),
    Option("--cache", "", "", "from the cache, if the same was asked before", everyday=False),
    Option("--no-cache", "", "", "asks anew although the cache is on", everyday=False),
)


def ask_options(given: Mapping[str, Any]) -> AskOptions:
    """Return parsed values as options of one ask.

    Raises
    ------
    OptionError
        When there are more than four `--stop`.
    """
    values = dict(given)
    stops = values.get("stop")
    if stops is not None:
        if len(stops) > MOST_STOPS:
            raise OptionError(f"There are {len(stops)} texts for --stop.", "The API takes four.")
        values["stop"] = tuple(stops)
    return AskOptions(**values)


def checked_options(given: Mapping[str, Any]) -> AskOptions:
    """Return the keywords of `groq_magic.ask` as options, checked as a line's are.

    Raises
    ------
    OptionError
        For a name or a value that a line would refuse too.
    """
    import difflib

    table = {option.field: option for option in ASK_OPTIONS}
    values: dict[str, Any] = {}
    for field, value in given.items():
        option = table.get(field)
        if option is None:
            close = difflib.get_close_matches(field, list(table), n=1)
            remedy = f"Did you mean `{close[0]}`?" if close else "`%%groq?` lists the options."
            raise OptionError(f"There is no option `{field}`.", remedy)
        if value is not None:
            values[field] = _checked(option, value)
    if values.get("cache") is False:
        # The session's cache may be on.
        values["no_cache"] = True
    return ask_options(values)


def checked_prompt(prompt: Any) -> str:
    """Return the prompt of `groq_magic.ask` as plain text.

    Raises
    ------
    OptionError
        For anything else than text.
    """
    if not issubclass(type(prompt), str):
        from groq_magic.prompt.clipping import type_name

        raise OptionError(
            f"ask() takes the prompt as text, not {type_name(prompt)}.",
            'To send a value, name it: `ask("What stands out in {{df}}?")`.',
        )
    return str.__str__(prompt)


def _checked(option: Option, value: Any) -> Any:
    if option.read is None:
        return switch(option.field, value)
    if not option.many:
        return option.read(option.field, value)
    items = list(value) if issubclass(type(value), (list, tuple)) else [value]
    return [option.read(option.field, item) for item in items]
