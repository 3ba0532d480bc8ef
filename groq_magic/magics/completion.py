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
_WORDS = MappingProxyType(
    {
        "groq_cache": ("on", "off", "clear", "info"),
        "groq_practice": ("on", "off"),
        "groq_replay": ("on", "off", "auto"),
        "groq_runs": ("status", "fetch", "cancel", "clear"),
    }
)


def completions_at(session: Session, context: Any) -> dict[str, Any]:
    """Return the completions at the cursor, as IPython's matchers do, without the network.

    Parameters
    ----------
    session : Session
    context : IPython.core.completer.CompletionContext
    """
    fragment, texts, kind = _matches(session, context) or ("", [], "")
    return {
        "completions": [SimpleCompletion(text=text, type=kind) for text in texts],
        "matched_fragment": fragment,
        "suppress": bool(texts),
        "ordered": True,
    }


def _matches(session: Session, context: Any) -> tuple[str, list[str], str] | None:
    # Not splitlines: the completer counts line feeds alone.
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
        return prefix, [*_with_prefix(columns, prefix), *_names(session, prefix)], "instance"
    return None if in_body else _on_line(session, magic[1], before[magic.end() :])


def _on_line(session: Session, magic: str, typed: str) -> tuple[str, list[str], str] | None:
    ids = [model.id for model in session.service.catalogue().chat]
    if magic == "groq_model":
        return typed, _with_prefix([*ids, *_aliases()], typed), "param"
    if magic in _WORDS:
        return typed, _with_prefix(_WORDS[magic], typed), "param"
    options = OPTIONS_OF.get(magic, ())
    found = _complete_option(typed, options, ids, lambda prefix: _names(session, prefix))
    if found is not None or magic not in {"groq_explain", "groq_map"}:
        return found
    prefix = typed.rpartition(" ")[2]
    return prefix, _names(session, prefix), "instance"


def _complete_option(
    typed: str,
    options: Iterable[Option],
    ids: Iterable[str],
    names: Callable[[str], Iterable[str]],
) -> tuple[str, list[str], str] | None:
    """Return the options or values for the last word, None if it is neither."""
    value = _VALUE.search(typed)
    if value is not None:
        flag, prefix = value.groups()
        option = next((o for o in options if flag in o.forms and o.type.takes_value), None)
        if option is not None:
            values = option.type.values
            if option.name == "model":
                values = (*ids, *values)
            if option.name == "tools":
                prefix = prefix.rpartition(",")[2]
            if option.name in {"image", "tools"}:
                values = (*values, *names(prefix))
            return prefix, _with_prefix(values, prefix), "param"
    dashed = _OPTION.search(typed)
    if dashed is None:
        return None
    forms = [form for option in options for form in option.forms]
    return dashed[1], _with_prefix(forms, dashed[1]), "param"


def _names(session: Session, prefix: str) -> list[str]:
    from groq_magic.prompt import completions

    return completions(prefix, session.namespace)


def _columns(session: Session, line: str) -> list[str]:
    """Return the columns of the data on a `%%groq_map` line; code in quotes is not run."""
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


def _with_prefix(texts: Iterable[str], prefix: str) -> list[str]:
    return [text for text in texts if text.startswith(prefix)]
