"""`%groq_help`, and the help that `?` shows for a magic."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.options import OPTIONS
from groq_magic.views.show import show
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.option import Option

__all__ = ["ask_help", "groq_help", "help_of"]

_FIRST_SIX = (
    ("%%groq [options]", "asks: the cell's body is the prompt"),
    ("%groq [options] text…", "asks in one line; alone it shows the panel"),
    ("%groq_models", "lists the models that your key can use"),
    (
        "%groq_history [--drop N] [NAME]",
        "lists the turns of the conversation; `--drop N` removes one",
    ),
    ("%groq_reset", "empties the conversation, keeps the system prompt"),
    ("%groq_fix [N] [words…]", "fixes the last cell that failed: explanation, diff, fixed cell"),
)
_THE_REST = (
    ("%groq_model [ID]", "shows the picker, or sets the model from now on"),
    ("%groq_system [text]", "shows or sets the system prompt; `%%groq_system` for a longer one"),
    ("%groq_explain [N|name|_]", "explains a cell, a name, the last output or error"),
    ("%%groq_map DATA [options]", "runs one prompt over every row of a table or list"),
    ("%groq_runs", "lists the runs of %%groq_map: `status`, `fetch`, `cancel`, `clear`"),
    ("%%groq_code [language]", "writes the next cell's code from a description"),
    ("%groq_undo", "undoes the last change of the conversation; repeat it to go back further"),
    ("%groq_retry [options]", "asks the last prompt again, even if it failed"),
    ("%groq_restore", "adds the saved answers above to the conversation"),
    ("%groq_conversation [NAME]", "lists the conversations, or sets the one in use"),
    ("%groq_usage [--as dataframe]", "shows tokens, cost and your quota"),
    ("%groq_export [--as KIND] [TURN]", "shows the last answer's request as code that runs"),
    ("%groq_cache on|off|clear|info", "keeps answers on disk, and reuses them at no cost"),
    ("%groq_replay on|off|auto", "answers unchanged cells from this notebook: no key, no quota"),
    ("%groq_practice [on|off]", "turns practice mode on or off: no key, no model"),
    ("%groq_key", "asks for another key, which stays in this process"),
    ("%groq_help [all]", "shows the first six magics; `all` shows everything"),
)

_LIMITS = (
    ("%config GroqMagics.rows_sent = 0", "sends no values of tables, only names and types"),
    ('%config GroqMagics.private = ["email"]', "never sends columns or keys of these names"),
    ('%config GroqMagics.log = "groq.jsonl"', "writes a line for each request, without content"),
    ("%config GroqMagics.confirm_tools = False", "makes tool calls without asking you"),
    ("%config GroqMagics.tool_timeout = 300", "allows 300 s for each tool call"),
)


def groq_help(line: str) -> None:
    """List the magics: `%groq_help`, or `%groq_help all`."""
    if line.strip() not in {"", "all"}:
        raise OptionError("%groq_help takes `all` or nothing.", "`%%groq?` explains %%groq.")
    tables = [Table(("magic", "does"), _FIRST_SIX, "`%groq_help all` shows everything.")]
    if line.strip() == "all":
        rows = tuple((option.usage, option.help) for option in OPTIONS)
        tables = [
            Table(("magic", "does"), _FIRST_SIX + _THE_REST),
            Table(("option of %%groq and %groq", "does"), rows),
            Table(("setting", "does"), _LIMITS, "`%config GroqMagics` lists all settings."),
        ]
    show("".join(t.html() for t in tables), "\n\n".join(t.plain() for t in tables))


def help_of(magic: Callable[..., object]) -> str:
    """Return a magic's docstring; its options follow if the docstring ends with "Options:"."""
    name = magic.__name__
    if name == "groq":
        return ask_help(OPTIONS)
    text = inspect.getdoc(magic) or ""
    if not text.endswith("Options:"):
        return text
    return "\n".join((text, *_listed(OPTIONS_OF[name])))


def ask_help(options: Sequence[Option]) -> str:
    """Return the help of `%%groq?`."""
    return "\n".join(
        (
            "Ask a Groq model; the answer streams in, and the notebook is the conversation.",
            "",
            "    %%groq [options]            %groq [options] prompt in one line",
            "    the prompt, any length      %groq          (alone: the panel)",
            "",
            "A prompt is sent with the turns of the cells above it, in the order of the page.",
            "Running a cell again replaces its turn; moving a cell moves it, deleting removes it.",
            "Stop, or the toolbar's ■, ends an answer and keeps the text that arrived.",
            "{{name}} in the prompt includes a variable; a DataFrame is included as a summary.",
            "A figure or an image is sent as an image: {{fig}}, or `-i plot` for the last plot.",
            "The reply is in _groq: .text, .code, .data, .usage …",
            "",
            "Options, for this ask only:",
            *_listed(options),
            "",
            "A prompt that begins with a dash goes after `--`.",
        )
    )


def _listed(options: Sequence[Option]) -> list[str]:
    """Return a line for each option, the everyday ones first."""
    everyday = [_line(option) for option in options if option.everyday]
    advanced = [_line(option) for option in options if not option.everyday]
    return [*everyday, *(["", "Advanced:", *advanced] if advanced else [])]


def _line(option: Option) -> str:
    return f"  {option.usage:<26}{option.help}"
