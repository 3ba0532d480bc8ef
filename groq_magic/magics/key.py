"""`%groq_key` and `%groq_practice`."""

from __future__ import annotations

from pathlib import Path

from IPython.core.magic import line_magic, magics_class, no_var_expand

from groq_magic.api.keeping import keeping
from groq_magic.errors import OptionError
from groq_magic.magics.face import Face
from groq_magic.magics.line import parsed_line
from groq_magic.magics.option import Option
from groq_magic.page.notebook_file import working_folder
from groq_magic.views.show import show
from groq_magic.views.slots import banner

__all__ = ["KeyMagics"]


def _file(flag: str, value: str) -> Path:
    try:
        path = Path(value).expanduser()
        if path.is_file():
            return path.resolve()
    except (OSError, ValueError, RuntimeError):
        # A path that no file can have, a home that isn't there.
        pass
    raise OptionError(
        f"{flag} `{value[:100]}`: there is no such file.", "Paths begin at the notebook's folder."
    )


_PRACTICE_OPTIONS = (Option("--script", "", "FILE", "a JSON file of replies to give", _file),)


@magics_class
class KeyMagics(Face):
    """The magics about who answers."""

    @no_var_expand
    @line_magic
    def groq_key(self, line: str) -> None:
        """Ask for a key, masked; it is checked and kept in this process alone.

        It says how to keep the key, and whether git ignores the file.
        """
        if line.strip():
            # It may be a key: it is in the notebook now, and must not be repeated.
            raise OptionError(
                "%groq_key takes nothing on its line: a key there is saved with the notebook.",
                "Run `%groq_key` alone, and delete that line if it held a key.",
            )
        service = self.session.service
        service.new_key()
        self.session.refresh_picker()
        state = "key from %groq_key, in this process alone"
        if not service.catalogue().live:
            state += ", not checked yet: the service tells no models"
        self._show_state(f"{state}; {keeping(self.session.saved.folder or working_folder())}")

    @no_var_expand
    @line_magic
    def groq_practice(self, line: str) -> None:
        """Switch to the practice server, or back: `%groq_practice [--script FILE] [on|off]`.

        It speaks Groq's API on this machine: no key, no network, and no model.
        A script is a JSON list of replies that it gives as they are, such as
        `[{"match": "mean", "reply": "The mean is …"}]`.
        """
        given, text = parsed_line(line, _PRACTICE_OPTIONS, "%groq_practice")
        wanted = text or "on"
        if wanted not in {"on", "off"}:
            raise OptionError("%groq_practice takes on or off.", "Try `%groq_practice on`.")
        self.session.service.practise(on=wanted == "on", script=given.get("script"))
        self.session.refresh_picker()
        if wanted == "on":
            self._show_state("practice mode: no model answers; `%groq_practice off` ends it")
        else:
            self._show_state("practice mode is off")

    def _show_state(self, state: str) -> None:
        live = self.session.live
        if live is not None:
            # What was known of the limits was that of another key.
            live.quota_changed()
            live.refresh()
        show(*banner(self.session.settings.model, state))
