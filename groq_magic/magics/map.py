"""`%%groq_map`, and `groq_magic.map`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError
from groq_magic.interrupts import interruptible
from groq_magic.magics.ask import visible_names
from groq_magic.magics.display import map_view_of
from groq_magic.magics.line_parser import data_and_rest, parse_line
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.mapping.options import MapOptions
from groq_magic.views.show import show, show_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.mapping.prepare import MapAsk
    from groq_magic.session.session import Session

__all__ = ["groq_map", "map_in_python"]

_MAGIC = "%%groq_map"
_DEFAULT_OUT = "answers"


def groq_map(session: Session, line: str, cell: str) -> None:
    """Run one prompt over every row: `%%groq_map DATA [options]`, the prompt below.

    DATA is a DataFrame, a Series, a list, a dict of lists or a dict of texts:
    a variable (df, df.text, d["k"]), or code in quotes ("df[df.x > 1]").
    {{column}} in the prompt names a column, {{row}} the whole row; their
    values follow below the prompt. The conversation is not sent.

    The result is a DataFrame in `answers`, or in NAME with -o: the rows, a
    column `answer` or one for each field of --schema, and a column `error`.
    Each answer is written to a journal at once: run the cell again after a
    stop or an error, and it asks only the missing rows. Before you pay for
    all rows, try --dry-run, --limit 20 and --check.

        %%groq_map df --schema "score int, reason" --check score=teacher
        Rate this text from 0 to 5: {{text}}

    Options:
    """
    ask = _ask(session, line, cell)
    if ask.options.dry_run:
        from groq_magic.mapping.dry_run import map_dry_run

        found = interruptible(lambda: map_dry_run(session, ask))
        show(found.html(), found.plain())
        return
    from groq_magic.mapping.flow import map_in_background, map_rows

    if ask.options.background:
        notices = map_in_background(session, ask)
        name = ask.options.out
        message = f"Running in the background; `{name}` is set at the end. "
        message += f"`%groq_runs` shows progress, `%groq_runs cancel {name}` stops it."
        show_lines("\n".join((*notices, message)))
        return
    map_rows(session, ask, lambda: map_view_of(session))


def map_in_python(session: Session, prompt: str, data: Any, keywords: Mapping[str, Any]) -> Any:
    """Run a map as `groq_magic.map` does, and return the frame.

    Raises
    ------
    OptionError
        For options that `%%groq_map` would refuse too.
    """
    session.owner.require("groq_magic.map works")
    options = MapOptions.of_keywords(keywords)
    for name, is_given in (("dry_run", options.dry_run), ("background", options.background)):
        if is_given:
            raise OptionError(
                f"map() doesn't take {name}: it returns the frame.",
                f"Use `%%groq_map --{name.replace('_', '-')}`.",
            )
    from groq_magic.mapping.flow import map_rows
    from groq_magic.mapping.prepare import MapAsk

    ask = MapAsk(prompt, data, options, visible_names(session))
    return map_rows(session, ask, lambda: map_view_of(session))


def _ask(session: Session, line: str, cell: str) -> MapAsk:
    from groq_magic.mapping.data.data_source import data_of
    from groq_magic.mapping.prepare import MapAsk
    from groq_magic.mapping.result_name import names_in

    table = OPTIONS_OF["groq_map"]
    given, text = parse_line(line, table, _MAGIC)
    if not text:
        raise OptionError(
            "There is no data on the %%groq_map line.",
            "Name it there, as in `%%groq_map df`; the prompt goes below.",
        )
    written, rest, is_code = data_and_rest(text)
    more, unexpected = parse_line(rest, table, _MAGIC)
    if unexpected:
        raise OptionError(
            f"Unexpected `{unexpected[:40]}` on the %%groq_map line.",
            "The prompt goes below it; put code for the data in quotes.",
        )
    options = MapOptions(**{"out": _DEFAULT_OUT, **given, **more})
    names, namespace = visible_names(session), session.namespace
    data = interruptible(
        lambda: data_of(written, names, namespace, session.privacy(), is_code=is_code)
    )
    return MapAsk(cell, data, options, names, names_in(written))
