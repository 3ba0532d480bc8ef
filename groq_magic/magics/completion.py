"""Tab: options, model ids and variables in prompts."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher

from groq_magic.magics.assistant_options import CODE_OPTIONS, EXPLAIN_OPTIONS, FIX_OPTIONS
from groq_magic.magics.conversation import HISTORY_OPTIONS, NAMED, RESTORE_OPTIONS
from groq_magic.magics.export import EXPORT_OPTIONS
from groq_magic.magics.frame import AS_FRAME
from groq_magic.magics.model import MODELS_OPTIONS
from groq_magic.magics.options import ASK_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from groq_magic.session.session import Session

__all__ = ["completer_of"]

_MAGIC = re.compile(r"\s*%%?(groq\w*)(?:\s|$)")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*)$")
_VALUE = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*)(?:\s+|=)(\S*)$")
_OPTION = re.compile(r"(?:^|\s)(--?[\w-]*)$")
_TAKES_MODEL = ("groq_model",)
_OPTIONS = MappingProxyType(
    {
        "groq": ASK_OPTIONS,
        "groq_retry": ASK_OPTIONS,
        "groq_code": CODE_OPTIONS,
        "groq_conversation": NAMED,
        "groq_explain": EXPLAIN_OPTIONS,
        "groq_export": EXPORT_OPTIONS,
        "groq_fix": FIX_OPTIONS,
        "groq_history": HISTORY_OPTIONS,
        "groq_models": MODELS_OPTIONS,
        "groq_restore": RESTORE_OPTIONS,
        "groq_usage": (AS_FRAME,),
    }
)
_WORDS = MappingProxyType(
    {
        "groq_cache": ("on", "off", "clear", "info"),
        "groq_practice": ("on", "off"),
        "groq_replay": ("on", "off"),
    }
)


def completer_of(session: Callable[[], Session]) -> Callable[[Any], Any]:
    """Return a matcher for IPython's completer; it never asks the network.

    Parameters
    ----------
    session : callable
        Returns the session.
    """

    @context_matcher()  # type: ignore[untyped-decorator]  # IPython gives it no types
    def groq_matcher(context: Any) -> dict[str, Any]:
        found = _found(session, context)
        if found is None:
            return {"completions": [], "matched_fragment": "", "suppress": False}
        fragment, texts, kind = found
        return {
            "completions": [SimpleCompletion(text=text, type=kind) for text in texts],
            "matched_fragment": fragment,
            "suppress": bool(texts),
            "ordered": True,
        }

    return groq_matcher  # type: ignore[no-any-return]  # IPython has no types


def _found(session: Callable[[], Session], context: Any) -> tuple[str, list[str], str] | None:
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
        from groq_magic.prompt import completions

        prefix = variable[1]
        return prefix, completions(prefix, session().namespace), "instance"
    return None if in_body else _on_line(session(), magic[1], before[magic.end() :])


def _on_line(session: Session, magic: str, typed: str) -> tuple[str, list[str], str] | None:
    ids = [model.id for model in session.service.catalogue().chat]
    if magic in _TAKES_MODEL:
        return typed, _starting([*ids, *_aliases()], typed), "param"
    if magic in _WORDS:
        return typed, _starting(_WORDS[magic], typed), "param"
    options = _OPTIONS.get(magic, ())
    value = _VALUE.search(typed)
    if value is not None:
        flag, begun = value.groups()
        option = next((o for o in options if flag in {o.flag, o.short} and o.read), None)
        if option is not None:
            values = [*ids, *option.values] if option.field == "model" else option.values
            return begun, _starting(values, begun), "param"
    flag_begun = _OPTION.search(typed)
    if flag_begun is None:
        return _name_begun(session, typed) if magic == "groq_explain" else None
    forms = [form for o in options for form in (o.flag, o.short) if form]
    return flag_begun[1], _starting(forms, flag_begun[1]), "param"


def _name_begun(session: Session, typed: str) -> tuple[str, list[str], str]:
    from groq_magic.prompt import completions

    begun = typed.rpartition(" ")[2]
    return begun, completions(begun, session.namespace), "instance"


def _aliases() -> tuple[str, ...]:
    return next(option.values for option in ASK_OPTIONS if option.field == "model")


def _starting(texts: Iterable[str], begun: str) -> list[str]:
    return [text for text in texts if text.startswith(begun)]
