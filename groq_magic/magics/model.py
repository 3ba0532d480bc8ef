"""`%groq_model` and `%groq_models`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class, no_var_expand

from groq_magic.api.models import ALIASES
from groq_magic.ledger.prices import PRICES
from groq_magic.magics.face import Face, live_of
from groq_magic.magics.line import parsed_line
from groq_magic.notebook import front_end
from groq_magic.views.banner import banner
from groq_magic.views.show import show
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from groq_magic.api.models import Catalogue, Model

__all__ = ["ModelMagics"]


@magics_class
class ModelMagics(Face):
    """The magics about models."""

    @no_var_expand
    @line_magic
    def groq_model(self, line: str) -> None:
        """Show the picker, or switch from now on: `%groq_model [ID]`.

        ID is a model's id (Tab lists them), or fast, balanced, reasoning, vision.
        """
        _, wanted = parsed_line(line, (), "%groq_model")
        if wanted:
            self.session.settings.model = self._resolved(wanted)
        if front_end(self.shell) == "widgets":
            live_of(self.session)
        html, plain = banner(self.session.settings.model, "the model from now on")
        show(html, plain)

    @no_var_expand
    @line_magic
    def groq_models(self, line: str) -> None:
        """Show the models that your key has."""
        parsed_line(line, (), "%groq_models")
        catalogue = self.session.service.fetched_catalogue()
        self.session.refresh_picker()
        note = "" if catalogue.live else "/models did not answer: this is the list of 2026-10-01."
        table = Table(
            ("model", "task", "context", "output", "features", "$ in / out per M"),
            tuple(_row(model, catalogue) for model in catalogue.chat),
            note or "`-m` takes an id or a task; `%groq_model ID` switches from now on.",
        )
        show(table.html(), table.plain())

    def _resolved(self, wanted: str) -> str:
        if wanted not in ALIASES:
            return wanted
        return self.session.service.fetched_catalogue().resolve(wanted)


def _row(model: Model, catalogue: Catalogue) -> tuple[str, ...]:
    tasks = [alias for alias in ALIASES if catalogue.choice(alias) == model]
    price = PRICES.get(model.id)
    return (
        model.id,
        ", ".join(tasks),
        f"{model.context_window:,}" if model.context_window else "unknown",
        f"{model.max_completion_tokens:,}" if model.max_completion_tokens else "unknown",
        ", ".join((*model.features, *(("vision",) if model.sees else ()))),
        f"{price[0]:g} / {price[1]:g}" if price else "unknown",
    )
