"""Parse a magic's line: options first, then verbatim text."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.option import Option

__all__ = [
    "data_and_rest",
    "options_alone",
    "parse_line",
    "parse_with_target",
    "text_alone",
    "unquoted",
]

_SPACE = re.compile(r"\s*")
_OPTION = re.compile(r"--?[A-Za-z]")
# Word processors and chat programs turn `--` and straight quotes into these.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\ufe58\ufe63\uff0d"
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2033\uff02\uff07"
_DASHED = re.compile(f"[-{_DASHES}]+([A-Za-z][\\w{_DASHES}-]*)")
# A part of a word: plain, one escaped character, in single quotes, in double quotes. As
# `shlex` of the standard library, which needs 15 seconds for a word of a megabyte.
_PART = re.compile(r"""([^\s'"\\]+)|\\(.)|'([^']*)'|"([^"\\]*(?:\\.[^"\\]*)*)\"""", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r"""\\(["\\])""")
_HELP = ("help", "h")
_LONGEST_QUOTE = 40


def parse_line(line: str, options: Sequence[Option], magic: str) -> tuple[dict[str, Any], str]:
    """Split a line into its options and the text after them.

    Options come first and are split as a shell would; the first other token,
    or `--`, begins the text, and from there the line is verbatim:
    apostrophes, backslashes, `$` and braces stay.

    Parameters
    ----------
    line : str
    options : sequence of Option
    magic : str
        The magic's name for messages, such as `%%groq`.

    Returns
    -------
    values : dict
        By the option's name in Python.
    text : str

    Raises
    ------
    OptionError
        For an unknown option, a missing or invalid value, a quote that is not
        closed, or typographic dashes and quotes.
    """
    values: dict[str, Any] = {}
    at = _after_space(line, 0)
    while at < len(line):
        if line.startswith("--", at) and (at + 2 == len(line) or line[at + 2].isspace()):
            return values, line[at + 2 :].strip()
        if not _OPTION.match(line, at):
            _refuse_dashes(line, at, options, magic)
            return values, line[at:].strip()
        at = _take_option(line, at, options, magic, values)
    return values, ""


def parse_with_target(
    line: str, options: Sequence[Option], magic: str, is_target: Callable[[str], bool]
) -> tuple[dict[str, Any], str, str]:
    """Split a line into options, a target and words; options may be on both sides of the target.

    Parameters
    ----------
    line : str
    options : sequence of Option
    magic : str
        The magic's name for messages.
    is_target : callable
        Whether the first word is a target.

    Returns
    -------
    values : dict
    target : str
        "" if the first word is not a target.
    words : str
        The rest, verbatim.

    Raises
    ------
    OptionError
        As `parse_line`.
    """
    given, text = parse_line(line, options, magic)
    first, _, rest = text.partition(" ")
    if not first or not is_target(first):
        return given, "", text
    more, words = parse_line(rest, options, magic)
    return {**given, **more}, first, words


def options_alone(
    line: str, options: Sequence[Option], magic: str, remedy: str = ""
) -> dict[str, Any]:
    """Return the options of a line that may contain nothing else.

    Parameters
    ----------
    line : str
    options : sequence of Option
    magic : str
    remedy : str
        The remedy in the error; by default to leave out the text.

    Raises
    ------
    OptionError
        As `parse_line`, and for any text.
    """
    values, text = parse_line(line, options, magic)
    if text:
        word = _short(text.split()[0])
        takes = ", ".join(option.flag for option in options) or "nothing"
        raise OptionError(f"{magic} takes {takes}, not {word!r}.", remedy or f"Try `{magic}`.")
    return values


def data_and_rest(text: str) -> tuple[str, str, bool]:
    """Split a text into the name of data, or code in quotes, and the rest.

    Parameters
    ----------
    text : str

    Returns
    -------
    data : str
        The text up to the first space outside of brackets and quotes, or the quoted text at the
        beginning.
    rest : str
    is_code : bool
        Whether the data was in quotes.

    Raises
    ------
    OptionError
        For a quote that is not closed.
    """
    if text[:1] in {"'", '"'}:
        data, at = _word(text, 0)
        return data, text[at:], True
    _refuse_quote(text, 0, "%%groq_map")
    depth, at = 0, 0
    while at < len(text) and (depth > 0 or not text[at].isspace()):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        elif text[at] in "'\"":
            end = text.find(text[at], at + 1)
            at = end if end > 0 else len(text)
        at += 1
    return text[:at], text[at:], False


def text_alone(line: str, magic: str) -> str:
    """Return the text of a line that takes no options, verbatim.

    Raises
    ------
    OptionError
        If the text begins like an option, such as `--help`.
    """
    text = line.strip()
    dashed = _DASHED.match(text)
    if text.startswith("--") or _OPTION.match(text) or (dashed and dashed[1] in _HELP):
        raise OptionError(
            f"{magic} takes no options, such as `{_short(text.split()[0])}`.",
            f"`{magic}?` shows help; write text that begins like this below `%{magic}`.",
        )
    return text


def unquoted(text: str) -> str:
    """Return a text without the quotes around it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _take_option(
    line: str, at: int, options: Sequence[Option], magic: str, values: dict[str, Any]
) -> int:
    """Parse the option at `at` into `values`; return where the next word begins."""
    start, (word, at) = at, _word(line, at)
    flag, joined, value = word.partition("=")
    option = next((o for o in options if flag in o.forms), None)
    lacks_a_dash = any(f"-{flag}" in o.forms for o in options)
    if option is None and not (joined or lacks_a_dash or word.startswith("--")):
        # A short option and its value in one word, as in a shell: -t0.2
        flag, joined, value = word[:2], "=", word[2:]
        option = next((o for o in options if o.short == flag and o.type.takes_value), None)
    if option is None:
        raise _unknown(_short(word.partition("=")[0]), options, magic)
    if not option.type.takes_value:
        if joined:
            raise OptionError(f"{flag} takes no value.", f"Write `{flag}` alone.")
        values[option.name] = flag == option.flag
        return at
    if joined:
        value_at = start + len(flag)
        value_at += line[value_at] == "="
        _refuse_quote(line, value_at, flag)
    else:
        if at >= len(line) or _OPTION.match(line, at):
            raise OptionError(f"{flag} needs a value.", f"Write `{flag} {option.metavar}`.")
        _refuse_quote(line, at, flag)
        value, at = _word(line, at)
    given = [*values.get(option.name, ()), value] if option.type.repeats else value
    values[option.name] = option.type.read(flag, given)
    return at


def _refuse_dashes(line: str, at: int, options: Sequence[Option], magic: str) -> None:
    """Refuse `—once`, an option with a wrong dash; other words that begin with a dash are text."""
    dashed = _DASHED.match(line, at)
    if dashed is None:
        return
    meant = re.sub(f"[{_DASHES}]", "-", dashed[1])
    forms = {form.lstrip("-"): form for o in options for form in o.forms}
    if meant not in forms and meant not in _HELP:
        return
    remedy = f"Write `{forms[meant]}`" if meant in forms else f"`{magic}?` shows help"
    text = "" if magic.startswith("%%") else "; text that begins like this follows `--`"
    raise OptionError(f"The dash of `{dashed[0]}` is not a hyphen.", f"{remedy}{text}.")


def _refuse_quote(line: str, at: int, flag: str) -> None:
    if line[at : at + 1] and line[at] in _QUOTES:
        raise OptionError(
            f"The quote {line[at]} after {flag} is not a straight quote.",
            f'Write `{flag} "…"`.',
        )


def _unknown(flag: str, options: Sequence[Option], magic: str) -> OptionError:
    if not options:
        return OptionError(f"{magic} takes no options.", f"`{magic}?` shows help.")
    flags = [form for option in options for form in option.forms]
    if flag.startswith("--"):
        starts = [form for form in flags if form.startswith(flag)]
        near = starts[:1] or difflib.get_close_matches(flag, flags, n=1, cutoff=0.5)
    else:
        # For a short option: the same letter in the other case, or a missing second dash.
        near = [form for form in flags if form == f"-{flag}"]
        near += [form for form in flags if form.lower() == flag[:2].lower()]
    near = [] if flag in {"--help", "-h"} else near
    hint = f"Did you mean `{near[0]}`?" if near else f"`{magic}?` lists the options."
    if any(option.name == "model" for option in options) and not magic.startswith("%%"):
        hint += " A prompt that begins with a dash goes after `--`."
    return OptionError(f"{magic} has no option `{flag}`.", hint)


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST_QUOTE else f"{word[:_LONGEST_QUOTE]}…"


def _word(line: str, at: int) -> tuple[str, int]:
    """Read one word as a POSIX shell would; return it, and where the next word begins."""
    texts = []
    while part := _PART.match(line, at):
        plain, escaped, single, double = part.groups()
        if double is not None:
            double = _ESCAPED_IN_QUOTES.sub(r"\1", double)
        texts.append(next(text for text in (plain, escaped, single, double) if text is not None))
        at = part.end()
    rest = line[at : at + 1]
    if rest == "\\":
        raise OptionError("Nothing follows the last backslash.", "Write it twice.")
    if rest and not rest.isspace():
        raise OptionError(
            f"A quote is not closed: {rest}", "Close it, or put `--` before the prompt."
        )
    return "".join(texts), _after_space(line, at)


def _after_space(line: str, at: int) -> int:
    found = _SPACE.match(line, at)
    return found.end() if found else at
