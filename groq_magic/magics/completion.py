"""Tab completion: options, model ids, and variables in prompts."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion

from groq_magic.errors import GroqMagicError
from groq_magic.magics.line_parser import data_and_rest, parse_line
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from groq_magic.option import Option
    from groq_magic.session.session import Session

__all__ = ["completions_at"]

_MAGIC = re.compile(r"\s*%%?(groq\w*)(?:\s|$)")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*)$")
_VALUE = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*)(?:\s+|=)(\S*)$")
_OPTION = re.compile(r"(?:^|\s)(--?[\w-]*)$")
_TAKES_MODEL = ("groq_model",)
_WORDS = MappingProxyType(
    {
        "groq_cache": ("on", "off", "clear", "info"),
        "groq_practice": ("on", "off"),
        "groq_replay": ("on", "off"),
        "groq_runs": ("status", "fetch", "cancel", "clear"),
    }
)


def completions_at(session: Session, context: Any) -> dict[str, Any]:
    """Return the completions at the cursor, as IPython's matchers do; no network.

    Parameters
    ----------
    session : Session
    context : IPython.core.completer.CompletionContext
    """
    fragment, texts, kind = _found(session, context) or ("", [], "")
    return {
        "completions": [SimpleCompletion(text=text, type=kind) for text in texts],
        "matched_fragment": fragment,
        "suppress": bool(texts),
        "ordered": True,
    }


def _found(session: Session, context: Any) -> tuple[str, list[str], str] | None:
    # The completer counts lines by line feeds alone.
    lines = context.full_text.split("\n")
    magic = _MAGIC.match(lines[0])
    in_body = magic is not None and lines[0].lstrip().startswith("%%") and context.cursor_line > 0
    line = lines[context.cursor_line] if context.cursor_line < len(lines) else ""
    before = line[: context.cursor_position]
    if not in_body:
        magic = _MAGIC.match(before)
    if magic is None:
        return None
    variable = _VARIABLE.search(before)
    if variable is not None:
        prefix = variable[1]
        columns = _columns(session, lines[0][magic.end() :]) if magic[1] == "groq_map" else []
        return prefix, [*_starting(columns, prefix), *_names(session, prefix)], "instance"
    return None if in_body else _on_line(session, magic[1], before[magic.end() :])


def _on_line(session: Session, magic: str, typed: str) -> tuple[str, list[str], str] | None:
    ids = [model.id for model in session.service.catalogue().chat]
    if magic in _TAKES_MODEL:
        return typed, _starting([*ids, *_aliases()], typed), "param"
    if magic in _WORDS:
        return typed, _starting(_WORDS[magic], typed), "param"
    options = OPTIONS_OF.get(magic, ())
    found = _complete_option(typed, options, ids, lambda begun: _names(session, begun))
    if found is not None or magic not in {"groq_explain", "groq_map"}:
        return found
    begun = typed.rpartition(" ")[2]
    return begun, _names(session, begun), "instance"


def _complete_option(
    typed: str,
    options: Iterable[Option],
    ids: Iterable[str],
    names: Callable[[str], Iterable[str]] = lambda _begun: (),
) -> tuple[str, list[str], str] | None:
    """Return the options or values that complete the last word; None without any."""
    value = _VALUE.search(typed)
    if value is not None:
        flag, begun = value.groups()
        option = next((o for o in options if flag in o.forms and o.type.takes_value), None)
        if option is not None:
            values = option.type.values
            if option.name == "model":
                values = (*ids, *values)
            if option.name == "tools":
                begun = begun.rpartition(",")[2]
            if option.name in {"image", "tools"}:
                values = (*values, *names(begun))
            return begun, _starting(values, begun), "param"
    flag_begun = _OPTION.search(typed)
    if flag_begun is None:
        return None
    forms = [form for option in options for form in option.forms]
    return flag_begun[1], _starting(forms, flag_begun[1]), "param"


def _names(session: Session, begun: str) -> list[str]:
    from groq_magic.prompt import completions

    return completions(begun, session.namespace)


def _columns(session: Session, line: str) -> list[str]:
    """Return the columns of the data that a map's line names; code in quotes is not run."""
    from groq_magic.mapping.data.data_source import column_names, data_of

    try:
        _, text = parse_line(line, OPTIONS_OF["groq_map"], "%%groq_map")
        written, _, is_code = data_and_rest(text)
        if is_code:
            return []
        names = session.namespace
        return column_names(data_of(written, names, names, session.privacy(), is_code=False))
    except GroqMagicError:
        return []


def _aliases() -> tuple[str, ...]:
    return next(option.type.values for option in OPTIONS if option.name == "model")


def _starting(texts: Iterable[str], begun: str) -> list[str]:
    return [text for text in texts if text.startswith(begun)]
