"""`%%groq`, `%groq` and `%groq_retry`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from IPython.core.magic import line_cell_magic, line_magic, magics_class, no_var_expand

from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.face import Face, ask_class, live_of, names_of_caller, shown_reply
from groq_magic.magics.help_text import ask_help
from groq_magic.magics.line import parsed_line
from groq_magic.magics.options import ASK_OPTIONS, ask_options
from groq_magic.page.front_end import front_end

if TYPE_CHECKING:
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["AskMagics", "run_ask"]


@magics_class
class AskMagics(Face):
    """The magics that ask."""

    @no_var_expand
    @line_cell_magic
    def groq(self, line: str, cell: str | None = None) -> None:  # noqa: D102 - its docstring is made of the option table, below
        magic = "%groq" if cell is None else "%%groq"
        given, text = parsed_line(line, ASK_OPTIONS, magic)
        options = ask_options(given)
        if cell is None and not text:
            if given:
                raise OptionError("There is no prompt after the options.", "Write it behind them.")
            self._show_panel()
            return
        if cell is not None and text:
            raise OptionError(
                f"Unexpected `{text[:40]}` on the %%groq line.",
                "The prompt goes into the lines below.",
            )
        session, new_ask = self.session, ask_class()
        prompt = text if cell is None else cell
        names = names_of_caller(session, prompt, options)
        run_ask(session, new_ask(prompt, options, line=cell is None, names=names))

    @no_var_expand
    @line_magic
    def groq_retry(self, line: str) -> None:
        """Ask the most recent ask again, a failed one too: `%groq_retry [options]`.

        The new answer takes the turn's place. Options, if given, come on top
        of those of the ask: `%groq_retry -m reasoning -t 0`.
        """
        given, text = parsed_line(line, ASK_OPTIONS, "%groq_retry")
        if text:
            raise OptionError("%groq_retry takes options alone.", "It asks the last prompt again.")
        last = self.session.last
        if last is None:
            raise NotebookError("There is no ask to ask again.", "Ask something with `%%groq`.")
        options = ask_options(given).over(last.ask.options)
        if options.conversation is None:
            options = replace(options, conversation=last.pending.conversation)
        place = None if options.once else last.pending.place
        run_ask(
            self.session,
            replace(last.ask, options=options, line=True, place=place, again=True),
        )

    def _show_panel(self) -> None:
        from groq_magic.views.show import show
        from groq_magic.views.slots import panel_text

        settings = self.session.settings
        if front_end(self.shell) == "widgets":
            live_of(self.session).refresh()
        options = [
            (label, f"{value:g}" if isinstance(value, float) else str(value))
            for label, value in (
                ("Temperature", settings.temperature),
                ("Max tokens", settings.max_tokens),
                ("Reasoning", settings.reasoning_effort or None),
            )
            if value is not None
        ]
        system = self.session.secrets().hidden(settings.system)
        show(*panel_text(settings.model, options, system))


AskMagics.groq.__doc__ = ask_help()


def run_ask(session: Session, ask: Ask) -> None:
    """Ask and show; with `--dry-run` show alone what would be sent."""
    if ask.options.dry_run:
        _show_request(session, ask)
    else:
        shown_reply(session, ask)


def _show_request(session: Session, ask: Ask) -> None:
    from groq_magic.asking.prepare import dry_run
    from groq_magic.rendering import fenced, to_html
    from groq_magic.views.show import say, show

    plan = dry_run(session, ask)
    body = json.dumps(dict(plan.request), indent=2, ensure_ascii=False)
    name = plan.draft.options.model or session.settings.model
    if name != plan.model and not session.service.catalogue().live:
        say(f"`{name}` may stand for another model with a key: `%groq_models` asks for them.")
    for notice in plan.draft.notices:
        say(notice)
    said = f"Nothing was sent; this would go to {session.service.base_url()}/openai/v1:"
    html = to_html(f"{said}\n\n{fenced(body, 'json')}")
    show(f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>', body)
