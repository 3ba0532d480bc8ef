"""`%groq_cache` and `%groq_replay`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.clipping import count_of
from groq_magic.errors import NotebookError, OptionError
from groq_magic.ledger.cache import MOST_BYTES, MOST_DAYS
from groq_magic.magics.line_parser import parse_line, unquoted
from groq_magic.views.show import show_lines

if TYPE_CHECKING:
    from groq_magic.session.session import Session
    from groq_magic.session.stored_answers import StoredAnswers

__all__ = ["groq_cache", "groq_replay"]

_DAY = 86_400.0
_IN_ORDER = " The file has no cell ids: its answers are used in their order."


def groq_cache(session: Session, line: str) -> None:
    """Keep answers on this computer, and reuse them: `%groq_cache on|off|clear|info`.

    An identical request (address, model, messages, parameters) is then answered
    at once, at no cost. `--cache` and `--no-cache` apply to one ask.
    """
    wanted = parse_line(line, (), "%groq_cache")[1] or "info"
    settings, stored = session.settings, session.stored_answers
    if wanted not in {"on", "off", "clear", "info"}:
        raise OptionError("%groq_cache takes on, off, clear or info.", "Try `%groq_cache on`.")
    if wanted == "clear":
        message = _clear(session)
    elif wanted == "info":
        message = _state(session)
    elif wanted == "on":
        stored.cache.info()  # opens the file, to find a fault
        settings.cache = True
        message = "The cache is on: the same request is answered from it; `%groq_retry` asks again."
        if stored.cache.fault:
            message = _unusable(session)
    else:
        settings.cache = False
        message = "The cache is off; `--cache` uses it for one ask."
    show_lines("\n".join((message, *stored.lines())))


def groq_replay(session: Session, line: str) -> None:
    """Answer unchanged cells from this notebook's saved answers: `%groq_replay on|off|auto`.

    This needs no key, no network and no quota. A changed cell is sent to the
    model if there is a key. With `auto` the model is asked first; the saved
    answer is used after 5 s without a first token, after a failure, without
    a key, or in practice mode. Where the notebook's file is not known
    (`jupyter nbconvert --execute`), `%groq_replay on FILE.ipynb` names it.
    """
    wanted, _, named = parse_line(line, (), "%groq_replay")[1].partition(" ")
    file = unquoted(named.strip())
    if wanted not in {"", "on", "off", "auto"} or (file and wanted not in {"on", "auto"}):
        raise OptionError("%groq_replay takes on, off or auto.", "Try `%groq_replay on`.")
    stored = session.stored_answers
    if wanted == "off":
        stored.replay = None
    elif wanted:
        stored.replay = session.saved.replay(_path_of(file) if file else None)
        stored.asks_first = wanted == "auto"
        if not stored.replay.answers:
            stored.replay = None
            raise NotebookError(
                "The saved notebook has no answers.",
                "Run it with a key, or in practice mode, and save it first.",
            )
    show_lines(_replay_state(stored))


def _replay_state(stored: StoredAnswers) -> str:
    if stored.replay is None:
        return "Replay is off."
    answers = count_of(len(stored.replay.answers), "saved answer")
    in_order = "" if stored.replay.cells else _IN_ORDER
    if stored.asks_first:
        late = f"after {stored.patience:g} s without a first token, or without a key"
        return f"Replay is on auto: unchanged cells use the {answers} {late}.{in_order}"
    return (
        f"Replay is on: unchanged cells are answered from {answers}, "
        f"without a key or the network.{in_order}"
    )


def _clear(session: Session) -> str:
    cache = session.stored_answers.cache
    count = cache.clear()
    if cache.fault:
        raise NotebookError(
            f"The cache was not cleared: it can't be used ({cache.fault}).",
            f"Try again, or delete {cache.path}.",
        )
    return f"{count_of(count, 'answer')} removed."


def _unusable(session: Session) -> str:
    cache, settings = session.stored_answers.cache, session.settings
    state = "on" if settings.cache else "off"
    message = f"The cache can't be used ({cache.fault}); asks continue without it."
    return f"{message} It is {state}, in {cache.path}"


def _state(session: Session) -> str:
    info, settings = session.stored_answers.cache.info(), session.settings
    if session.stored_answers.cache.fault:
        return _unusable(session)
    state, answers = "on" if settings.cache else "off", count_of(info.answers, "answer")
    size = f"{info.size / 1e6:.1f} of {MOST_BYTES / 1e6:g} MB"
    lines = [f"The cache is {state}: {answers}, {size}, kept for {MOST_DAYS} days."]
    if info.oldest is not None:
        days = max(0, round((time.time() - info.oldest) / _DAY))
        lines.append(f"The oldest is {count_of(days, 'day')} old.")
    return "\n".join((*lines, f"It is in {session.stored_answers.cache.path}"))


def _path_of(file: str) -> Path:
    try:
        return Path(file).expanduser()
    except RuntimeError:
        raise NotebookError(
            f"{file}: no such home folder.", "Give the file's whole path."
        ) from None
