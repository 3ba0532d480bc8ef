"""`%groq_help`."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class, no_var_expand

from groq_magic.errors import OptionError
from groq_magic.magics.face import Face
from groq_magic.magics.help_text import FIRST_SIX, THE_REST
from groq_magic.magics.options import ASK_OPTIONS
from groq_magic.views.show import show
from groq_magic.views.table import Table

__all__ = ["HelpMagics"]


@magics_class
class HelpMagics(Face):
    """The magic that explains the others."""

    @no_var_expand
    @line_magic
    def groq_help(self, line: str) -> None:
        """Show what there is: `%groq_help`, or `%groq_help all`."""
        if line.strip() not in {"", "all"}:
            raise OptionError("%groq_help takes `all` or nothing.", "`%%groq?` explains %%groq.")
        tables = [Table(("magic", "does"), FIRST_SIX, "`%groq_help all` shows everything.")]
        if line.strip() == "all":
            rows = tuple((option.usage, option.help) for option in ASK_OPTIONS)
            tables = [
                Table(("magic", "does"), FIRST_SIX + THE_REST),
                Table(("option of %%groq and %groq", "does"), rows),
            ]
        show("".join(t.html() for t in tables), "\n\n".join(t.plain() for t in tables))
