"""A magic's line: options first, then text that stays as it is."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.magics.option import Option

__all__ = ["options_alone", "parsed_line", "unquoted"]

_SPACE = re.compile(r"\s*")
_OPTION = re.compile(r"--?[A-Za-z]")


def parsed_line(line: str, options: Sequence[Option], magic: str) -> tuple[dict[str, Any], str]:
    """Split a line into its options and the text after them.

    Options come first and are split as a shell would; the first other token,
    or `--`, begins the text, and from there the line is verbatim:
    apostrophes, backslashes, `$` and braces stay.

    Parameters
    ----------
    line : str
    options : sequence of Option
    magic : str
        Its name, for messages: `%%groq`.

    Returns
    -------
    values : dict
        By the option's name in Python.
    text : str

    Raises
    ------
    OptionError
        For an unknown option, one without its value, a bad value, or a quote
        that is not closed.
    """
    values: dict[str, Any] = {}
    at = _after_space(line, 0)
    while at < len(line):
        if line.startswith("--", at) and (at + 2 == len(line) or line[at + 2].isspace()):
            return values, line[at + 2 :].strip()
        if not _OPTION.match(line, at):
            return values, line[at:].strip()
        at = _take_option(line, at, options, magic, values)
    return values, ""


def options_alone(
    line: str, options: Sequence[Option], magic: str, remedy: str = ""
) -> dict[str, Any]:
    """Return the options of a line on which nothing else may stand.

    Parameters
    ----------
    line : str
    options : sequence of Option
    magic : str
    remedy : str
        What to do instead; else to leave the text away.

    Raises
    ------
    OptionError
        As `parsed_line`, and for any text.
    """
    values, text = parsed_line(line, options, magic)
    if text:
        word = text.split()[0]
        takes = ", ".join(option.flag for option in options) or "nothing"
        raise OptionError(f"{magic} takes {takes}, not {word!r}.", remedy or f"Try `{magic}`.")
    return values


def unquoted(text: str) -> str:
    """Return a text without the quotes around the whole of it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _take_option(
    line: str, at: int, options: Sequence[Option], magic: str, values: dict[str, Any]
) -> int:
    word, at = _word(line, at)
    flag, joined, value = word.partition("=")
    option = next((o for o in options if flag in {o.flag, o.short}), None)
    a_dash_short = any(f"-{flag}" == o.flag for o in options)
    if option is None and not (joined or a_dash_short or word.startswith("--")):
        # A value right behind a short option, as a shell has it: -t0.2
        option = next((o for o in options if o.short == word[:2] and o.read), None)
        flag, joined, value = word[:2], "=", word[2:]
    if option is None:
        raise _unknown(word.partition("=")[0], options, magic)
    if option.read is None:
        if joined:
            raise OptionError(f"{flag} takes no value.", f"Write `{flag}` alone.")
        values[option.field] = True
        return at
    if not joined:
        if at >= len(line) or _OPTION.match(line, at):
            raise OptionError(f"{flag} needs a value.", f"Write `{flag} {option.metavar}`.")
        value, at = _word(line, at)
    read = option.read(flag, value)
    if option.many:
        values.setdefault(option.field, []).append(read)
    else:
        values[option.field] = read
    return at


def _unknown(flag: str, options: Sequence[Option], magic: str) -> OptionError:
    if not options:
        return OptionError(f"{magic} takes no options.", f"`{magic}?` tells what it takes.")
    flags = [form for option in options for form in (option.flag, option.short) if form]
    if flag.startswith("--"):
        starts = [form for form in flags if form.startswith(flag)]
        near = starts[:1] or difflib.get_close_matches(flag, flags, n=1, cutoff=0.5)
    else:
        # All short forms are one letter apart: only the same letter is near, or a dash too few.
        near = [form for form in flags if form == f"-{flag}"]
        near += [form for form in flags if form.lower() == flag[:2].lower()]
    near = [] if flag in {"--help", "-h"} else near
    hint = f"Did you mean `{near[0]}`?" if near else f"`{magic}?` lists the options."
    if any(option.field == "model" for option in options):
        hint += " A prompt that begins so goes after `--`."
    return OptionError(f"{magic} has no option `{flag}`.", hint)


def _word(line: str, at: int) -> tuple[str, int]:
    """Read one word as a shell would; return it and where the next one begins."""
    out: list[str] = []
    quote = ""
    while at < len(line):
        c = line[at]
        if quote:
            at, quote = _in_quotes(line, at, quote, out)
        elif c in "\"'":
            quote, at = c, at + 1
        elif c == "\\" and at + 1 < len(line):
            out.append(line[at + 1])
            at += 2
        elif c.isspace():
            break
        else:
            out.append(c)
            at += 1
    if quote:
        raise OptionError(
            f"A quote is not closed: {quote}", "Close it, or put `--` before the prompt."
        )
    return "".join(out), _after_space(line, at)


def _in_quotes(line: str, at: int, quote: str, out: list[str]) -> tuple[int, str]:
    c = line[at]
    if c == quote:
        return at + 1, ""
    # Inside double quotes a backslash escapes a quote or itself, and is text elsewhere.
    if quote == '"' and c == "\\" and line[at + 1 : at + 2] in {'"', "\\"}:
        out.append(line[at + 1])
        return at + 2, quote
    out.append(c)
    return at + 1, quote


def _after_space(line: str, at: int) -> int:
    found = _SPACE.match(line, at)
    return found.end() if found else at
