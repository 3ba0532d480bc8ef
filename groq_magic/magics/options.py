"""The options of each magic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from groq_magic.errors import OptionError
from groq_magic.mapping.options import MapOptions
from groq_magic.option import Option
from groq_magic.option_types import Choice, Flag, Label, OptionType, Switch, Whole
from groq_magic.options import OPTIONS

__all__ = ["OPTIONS_OF"]


@dataclass(frozen=True)
class _File(OptionType):
    """The path of an existing file."""

    def read(self, flag: str, value: Any) -> Path:
        """Return its absolute path."""
        try:
            path = Path(value).expanduser()
            if path.is_file():
                return path.resolve()
        except (OSError, ValueError, RuntimeError):
            # An impossible path, or a `~` without a home folder.
            pass
        raise OptionError(
            f"{flag} `{value[:100]}`: there is no such file.",
            "Paths begin at the notebook's folder.",
        )


_CONVERSATION = Option("conversation", Label(), "another conversation", "-c", metavar="NAME")
_AS_FRAME = Option(
    "as",
    Choice(("dataframe",)),
    "returns a pandas DataFrame instead of showing it",
    metavar="dataframe",
)
_JOURNAL = Option(
    "journal",
    next(option.type for option in MapOptions.table() if option.name == "journal"),
    "a journal other than the default one",
    metavar="PATH",
)
# The assistant's magics decide themselves what is sent, and how the answer is used.
_NOT_TAKEN = frozenset({"format", "image", "recent", "cell", "once", "raw"})
_ASSISTANT = (
    Option("keep", Flag(), "the ask and its answer become part of the conversation"),
    *(option for option in OPTIONS if option.name not in _NOT_TAKEN),
)

OPTIONS_OF = MappingProxyType(
    {
        "groq": OPTIONS,
        "groq_retry": OPTIONS,
        "groq_fix": (
            Option("replace", Flag(), "replaces the failed cell with the fixed one"),
            *_ASSISTANT,
        ),
        "groq_explain": (
            Option(
                "level",
                # The keys of `READERS` in `assistant.explain`, whose import is slow.
                Choice(("beginner", "expert")),
                "for a beginner or an expert",
                metavar="LEVEL",
            ),
            *_ASSISTANT,
        ),
        "groq_code": (
            Option(
                "session", Flag(), "includes the session's other names and types, and its imports"
            ),
            *_ASSISTANT,
        ),
        "groq_map": MapOptions.table(),
        "groq_runs": (_JOURNAL,),
        "groq_conversation": (_CONVERSATION,),
        "groq_history": (
            _CONVERSATION,
            Option("drop", Whole(1), "removes turn N; `%groq_undo` brings it back", metavar="N"),
        ),
        "groq_restore": (
            Option("system", Flag(), "also restores the system prompt of the saved answers"),
            Option("all", Flag(), "also restores answers that the page doesn't fully show"),
        ),
        "groq_models": (
            Option(
                "sort",
                Choice(("task", "name", "price", "context", "speed")),
                "task, name, price, context or speed",
                metavar="BY",
            ),
            Option("retired", Flag(), "the retired ids, and what to use instead"),
            _AS_FRAME,
        ),
        "groq_usage": (_AS_FRAME,),
        "groq_export": (
            _CONVERSATION,
            Option(
                "as",
                # The keys of `LANGUAGES` in `api.snippets`, whose import is slow.
                Choice(("python", "openai", "curl", "node")),
                "python, openai, curl or node",
                metavar="KIND",
            ),
            Option("stream", Switch(), "the code streams or waits, whatever the ask did"),
            Option("cell", Flag(), "inserts the Python code as the next cell, not run"),
        ),
        "groq_practice": (
            Option("script", _File(), "a JSON file of replies to give", metavar="FILE"),
        ),
    }
)
