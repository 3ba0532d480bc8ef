"""`%%groq`, `%groq` and `%groq_retry`, and `groq_magic.ask`."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.display import conversation_turns, live_of, panel_facts, show_reply
from groq_magic.magics.line_parser import parse_line
from groq_magic.options import OPTIONS, AskOptions
from groq_magic.page.caller import caller_names
from groq_magic.page.front_end import front_end
from groq_magic.session.ask import Ask
from groq_magic.views.show import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.reply import Reply
    from groq_magic.session.session import Session

__all__ = ["ask_in_python", "groq", "groq_retry", "run_ask", "visible_names"]

# For options whose values are often written with spaces.
_REMEDIES = MappingProxyType(
    {
        "schema": "Put quotes around the fields; the prompt goes into the lines below.",
        "tools": "Separate functions with commas, without spaces; the prompt goes below.",
    }
)


def groq(session: Session, line: str, cell: str | None = None) -> None:
    """Ask; `ask_help` writes the text of `%%groq?`."""
    magic = "%groq" if cell is None else "%%groq"
    given, text = parse_line(line, OPTIONS, magic)
    options = AskOptions(**given)
    if cell is None and not text:
        if given:
            raise OptionError("There is no prompt after the options.", "Write it after them.")
        _show_panel(session)
        return
    if cell is not None and text:
        last = next(reversed(given), "")
        raise OptionError(
            f"Unexpected `{text[:40]}` on the %%groq line.",
            _REMEDIES.get(last, "The prompt goes into the lines below."),
        )
    if text and str(given.get("schema", "")).endswith(","):
        raise OptionError("The fields after --schema end at a space.", "Put quotes around them.")
    prompt = text if cell is None else cell
    names = _needed_names(session, prompt, options)
    run_ask(session, Ask(prompt, options, line=cell is None, names=names))


def groq_retry(session: Session, line: str) -> None:
    """Ask the last prompt again, even after a failure: `%groq_retry [options]`.

    The new answer replaces the turn. Given options override those of the ask:
    `%groq_retry -m reasoning -t 0`.
    """
    given, text = parse_line(line, OPTIONS, "%groq_retry")
    if text:
        raise OptionError("%groq_retry takes options only.", "It asks the last prompt again.")
    last = session.last
    if last is None:
        raise NotebookError("Nothing to ask again.", "Ask something with `%%groq`.")
    options = AskOptions(**given).over(last.options)
    replaces = None if options.once else last.replaces
    images = () if "image" in given else last.images
    again = replace(last, options=options, images=images, line=True, replaces=replaces, again=True)
    run_ask(session, again)


def ask_in_python(session: Session, prompt: str, keywords: Mapping[str, Any]) -> Reply:
    """Ask as `groq_magic.ask` does.

    Raises
    ------
    OptionError
        For options that `%groq` would refuse too.
    """
    session.owner.require("groq_magic.ask works")
    options = AskOptions.of_keywords(keywords)
    if options.dry_run:
        raise OptionError(
            "ask() can't do a dry run: without a request there is no reply.",
            "`%groq --dry-run` shows what would be sent.",
        )
    names = _needed_names(session, prompt, options)
    return show_reply(session, Ask(prompt, options, line=True, names=names))


def run_ask(session: Session, ask: Ask) -> None:
    """Ask and show the answer; with `--dry-run` only show what would be sent."""
    if ask.options.dry_run:
        _show_request(session, ask)
        return
    from groq_magic.asking.stored_answer import NoSavedAnswerError
    from groq_magic.asking.unanswered import show_unanswered

    try:
        show_reply(session, ask)
    except NoSavedAnswerError as error:
        show_unanswered(session, error, ask.options.out)


def visible_names(session: Session) -> ChainMap[str, Any]:
    """Return the variables that the calling code sees: its own, then the notebook's."""
    return ChainMap(dict(caller_names(session.namespace) or {}), session.namespace)


def _needed_names(session: Session, text: str, options: AskOptions) -> Mapping[str, Any] | None:
    """Return the calling code's variables, None if the prompt can't need them."""
    system = options.system or session.settings.system
    is_needed = "{{" in f"{text}{system}" or options.image or options.tools
    return caller_names(session.namespace) if is_needed else None


def _show_panel(session: Session) -> None:
    from groq_magic.views.slots import option_rows, panel_text

    settings = session.settings
    if front_end(session.shell) == "widgets":
        live_of(session).refresh()
    system = session.secrets().hide(settings.system)
    facts = panel_facts(session)
    meters = (("This minute", facts.minute), ("Today", facts.day))
    # Only in a terminal: limits change all the time, and other outputs are saved.
    is_terminal = front_end(session.shell) == "terminal"
    limits = [(name, meter.label) for name, meter in meters if is_terminal and meter is not None]
    more = [("Conversation", conversation_turns(session)), ("Key", facts.key)]
    more.append(("Privacy", facts.privacy))
    show(*panel_text(settings.model, option_rows(settings, OPTIONS), system, more, limits))


def _show_request(session: Session, ask: Ask) -> None:
    from groq_magic.asking.dry_run import dry_run_of

    request = dry_run_of(session, ask)
    show(request.html(), request.plain())
