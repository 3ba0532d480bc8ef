"""The options of `%%groq_map`: its own, and those of `%%groq`."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from groq_magic.errors import OptionError
from groq_magic.mapping.sending.budget import BUDGET_FORMS, Budget, budget_of
from groq_magic.option import OptionTable, option
from groq_magic.option_types import (
    Flag,
    Label,
    Number,
    OptionType,
    Text,
    Whole,
    quoted,
    sendable,
    try_value,
)
from groq_magic.options import AskOptions
from groq_magic.session_types import VariableName

__all__ = ["MapOptions"]

_MOST_MODELS = 10
# Each takes a thread, and more would only wait for the limits.
_MOST_AT_ONCE = 200


class _Models(OptionType):
    """Models, separated by commas; in Python also a list."""

    repeats: ClassVar[bool] = True
    values: tuple[str, ...] = ("fast", "balanced", "reasoning", "vision")

    def read(self, flag: str, value: Any) -> tuple[str, ...]:
        """Return the names."""
        items = tuple(value) if issubclass(type(value), (list, tuple)) else (value,)
        parts = [part for item in items for part in Text().read(flag, item).split(",")]
        names = [Label(self.values).read(flag, part) for part in parts if part.strip()]
        if not names:
            raise OptionError(f"{flag} names no model.", try_value(flag, "fast,balanced"))
        if len(names) > _MOST_MODELS:
            raise OptionError(f"{flag} names {len(names)} models.", f"Name {_MOST_MODELS} at most.")
        return tuple(names)


class _Spending(OptionType):
    """A budget, in dollars or tokens."""

    def read(self, flag: str, value: Any) -> Budget:
        """Return the budget."""
        is_number = type(value) is int
        if not is_number and not issubclass(type(value), str):
            raise OptionError(f"{flag} takes a budget, not {quoted(value)}.", BUDGET_FORMS)
        return budget_of(str(value) if is_number else sendable(flag, value))


class _Checks(OptionType):
    """Fields and columns: `score=teacher,cat=hand`."""

    def read(self, flag: str, value: Any) -> str:
        """Return the text; the plan of the map looks the names up."""
        if not issubclass(type(value), str) or not str.strip(value):
            what = (
                "is blank" if issubclass(type(value), str) else f"takes text, not {quoted(value)}"
            )
            pair = f'{flag}="score=teacher"' if flag.isidentifier() else f"{flag} score=teacher"
            raise OptionError(f"{flag} {what}.", f"Try `{pair}`.")
        return sendable(flag, value)


class _JournalPath(OptionType):
    """The path of a file that may not exist yet."""

    def read(self, flag: str, value: Any) -> Path:
        """Return its absolute path."""
        text = str(value) if isinstance(value, Path) else Text().read(flag, value)
        try:
            path = Path(text).expanduser().absolute()
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except FileNotFoundError:
            is_folder = False
        except (OSError, ValueError, RuntimeError):
            # An invalid or unreadable path, or a `~` without a home folder.
            raise OptionError(
                f"{flag} {quoted(text)} isn't a valid path.", try_value(flag, "run.sqlite")
            ) from None
        if is_folder:
            raise OptionError(f"{flag} {quoted(text)} is a folder.", "Name a file in it.")
        return path


def _shared(name: str) -> Any:
    """Return an option of `%%groq` that `%%groq_map` takes, too."""
    (found,) = (each for each in fields(AskOptions) if each.name == name)
    return field(default=found.default, metadata=found.metadata)


@dataclass(frozen=True)
class MapOptions(OptionTable):
    """The options of one map; None takes the session's setting.

    The names are the long options of `%%groq_map` with underscores.
    """

    out: str | None = option(
        VariableName("answers"),
        "the variable for the result; answers by default",
        "-o",
        metavar="NAME",
    )
    model: tuple[str, ...] | None = option(
        _Models(), "one model, or several to compare", "-m", metavar="A,B"
    )
    system: str | None = _shared("system")
    schema: Any = _shared("schema")  # noqa: RUF009 - it declares a field, as `field` does
    evidence: bool = option(
        Flag(), "adds a quote from the row for each field, and looks it up there"
    )
    dry_run: bool = option(Flag(), "shows three prompts and an estimate, and sends nothing")
    limit: int | None = option(Whole(1, 20), "asks only the first N rows", metavar="N")
    sample: int | None = option(
        Whole(1, 50), "asks N random rows, the same ones each time", metavar="N"
    )
    check: str | None = option(
        _Checks(),
        "asks only rows with a value in teacher, and compares",
        metavar="score=teacher",
    )
    budget: Budget | None = option(  # noqa: RUF009 - it declares a field, as `field` does
        _Spending(), "stops at this cost (2usd) or at this many tokens (200k)", metavar="X"
    )
    pack: int | None = option(
        Whole(1, 20, 200), "sends N rows in each request, for few requests a day", metavar="N"
    )
    prefix: str | None = option(Text(), "begins the name of each new column", metavar="p_")
    again: bool = option(Flag(), "also asks rows that already have an answer")
    background: bool = option(Flag(), "returns at once; `%groq_runs` shows progress")
    batch: bool = option(Flag(), "Groq's batch engine: half the price, within a day")
    temperature: float | None = _shared("temperature")
    max_tokens: int | None = _shared("max_tokens")
    concurrency: int | None = option(
        Whole(1, 10, _MOST_AT_ONCE), "requests at once; 10 by default", metavar="N"
    )
    share: float | None = option(
        Number(0.01, 1.0),
        "share of the remaining limits to use; 0.75 by default",
        metavar="N",
    )
    journal: Path | None = option(  # noqa: RUF009 - it declares a field, as `field` does
        _JournalPath(), "the file that keeps the answers", metavar="PATH"
    )
    top_p: float | None = _shared("top_p")
    frequency_penalty: float | None = _shared("frequency_penalty")
    presence_penalty: float | None = _shared("presence_penalty")
    seed: int | None = _shared("seed")
    stop: tuple[str, ...] | None = _shared("stop")
    reasoning_effort: str | None = _shared("reasoning_effort")
    service_tier: str | None = _shared("service_tier")
    timeout: float | None = _shared("timeout")

    def of_requests(self, model: str) -> AskOptions:
        """Return the options of the requests to one model.

        Parameters
        ----------
        model : str
            Its id.
        """
        return AskOptions(model=model, **{name: getattr(self, name) for name in _IN_REQUESTS})

    @property
    def words(self) -> str:
        """The options that change the answers: `--schema score int --pack 20`."""
        given = ((each, getattr(self, each.name)) for each in self.table())
        return " ".join(
            f"{each.flag} {'' if value is True else each.type.saved(value)}".strip()
            for each, value in given
            if each.name in _IN_ANSWERS and value is not None and value is not False
        )


_IN_ANSWERS = frozenset(
    ("system", "schema", "evidence", "pack", "temperature", "reasoning_effort", "seed")
)
_IN_REQUESTS = (
    *("temperature", "max_tokens", "top_p", "frequency_penalty", "presence_penalty", "seed"),
    *("stop", "reasoning_effort", "service_tier", "timeout"),
)
