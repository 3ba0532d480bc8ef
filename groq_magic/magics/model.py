"""`%groq_model` and `%groq_models`."""

from __future__ import annotations

import contextlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.api.models import ALIASES, RETIRED
from groq_magic.errors import ApiKeyError, ModelError
from groq_magic.ledger.usage import PRICES, PRICES_AS_OF
from groq_magic.magics.display import data_frame, live_of, show_speeds
from groq_magic.magics.line_parser import options_alone, parse_line, unquoted
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.option_types import Label
from groq_magic.page.front_end import front_end
from groq_magic.views.show import show
from groq_magic.views.slots import MARK, banner, model_end
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from groq_magic.api.models import Catalogue, Model
    from groq_magic.session.session import Session

__all__ = ["groq_model", "groq_models"]

_FIELDS = (
    *("id", "task", "context_window", "max_completion_tokens", "features"),
    *("prompt_price", "completion_price", "tokens_per_second_seen", "owned_by"),
)

# Shorter than the API's names.
_FEATURES = MappingProxyType({"json_mode": "JSON", "structured_outputs": "JSON schema"})


def groq_model(session: Session, line: str) -> None:
    """Show the picker, or switch from now on: `%groq_model [ID]`.

    ID is a model's id (Tab lists them), or fast, balanced, reasoning, vision.
    """
    _, text = parse_line(line, (), "%groq_model")
    if text:
        session.settings.model = _resolved(
            session, Label(tuple(ALIASES)).read("%groq_model", unquoted(text))
        )
    if front_end(session.shell) == "widgets":
        live_of(session)
    show(*banner(session.settings.model, "the model from now on"))


def groq_models(session: Session, line: str) -> pd.DataFrame | None:
    """List the models that your key can use: `%groq_models [--sort BY] [--retired]`.

    The column `task` shows which model fast, balanced, reasoning and vision
    mean. `models = %groq_models --as dataframe` adds the speeds measured in this
    session.
    """
    given = options_alone(line, OPTIONS_OF["groq_models"], "%groq_models")
    catalogue = session.service.fetched_catalogue(of_key=True)
    session.refresh_picker()
    if given.get("retired"):
        rows = [row for row in RETIRED.items() if catalogue.get(row[0]) is None]
        if "as" in given:
            retired = [{"id": old, "replacement": new} for old, new in rows]
            return data_frame(retired, ("id", "replacement"))
        _show(Table(("retired", "use instead"), tuple(rows)))
        return None
    models = _sorted(session, catalogue, given.get("sort", "task"))
    if "as" in given:
        records = [_record(session, model, catalogue) for model in models]
        return data_frame(records, _FIELDS)
    now = catalogue.resolve(session.settings.model)
    marked = f"{MARK} marks the model in use. " if now in {model.id for model in models} else ""
    note = "" if catalogue.live else "/models did not answer: this is the list of 2026-10-01. "
    _show(
        Table(
            ("model", "task", "$ in / out", "context / output", "features"),
            tuple(_row(model, catalogue) for model in models),
            f"{note}{marked}`%groq_model ID` switches from now on, `-m` for one ask; both take an "
            "id or a task. Context and output are in tokens; prices are per million tokens "
            f"sent / received, as of {PRICES_AS_OF}.",
            tuple(model_end(model.id, is_current=model.id == now) for model in models),
            "groq-models",
        )
    )
    if front_end(session.shell) == "widgets":
        show_speeds(session)
    return None


def _resolved(session: Session, wanted: str) -> str:
    """Return the id of a wanted model.

    Raises
    ------
    ModelError
        When the key's models are known, and the wanted one is not among them.
    """
    service = session.service
    key = None
    with contextlib.suppress(ApiKeyError):
        # The next ask reports a malformed key.
        key = service.key_now()
    # Without a key, keep an alias: which model it means depends on the key.
    if key is None:
        return wanted
    catalogue = service.fetched_catalogue()
    if wanted not in ALIASES and catalogue.live and catalogue.get(wanted) is None:
        # The model may be newer than the list.
        catalogue = service.fetched_catalogue(again=True)
        if catalogue.live and catalogue.get(wanted) is None:
            raise _unlisted(wanted, catalogue)
    return catalogue.resolve(wanted)


def _sorted(session: Session, catalogue: Catalogue, by: str) -> list[Model]:
    """Return the chat models sorted; unknown values come last."""
    unknown = float("inf")
    keys: dict[str, Callable[[Model], Any]] = {
        "task": lambda _model: 0,
        "name": lambda model: model.id.rpartition("/")[2].lower(),
        "price": lambda model: sum(PRICES.get(model.id, (unknown, unknown))),
        "context": lambda model: -(model.context_window or 0),
        "speed": lambda model: -(_speed(session, model.id) or 0),
    }
    return sorted(catalogue.chat, key=keys[by])


def _speed(session: Session, model: str) -> float | None:
    return session.ledger.speed(model, practice=session.service.in_practice)


def _record(session: Session, model: Model, catalogue: Catalogue) -> dict[str, Any]:
    price = PRICES.get(model.id, (None, None))
    return {
        "id": model.id,
        "task": ", ".join(_tasks(model, catalogue)),
        "context_window": model.context_window,
        "max_completion_tokens": model.max_completion_tokens,
        "features": list(_features(model)),
        "prompt_price": price[0],
        "completion_price": price[1],
        "tokens_per_second_seen": _speed(session, model.id),
        "owned_by": model.owned_by,
    }


def _unlisted(wanted: str, catalogue: Catalogue) -> ModelError:
    fault = "is retired" if wanted in RETIRED else "is not among this key's models"
    remedy = f"Use `%groq_model {catalogue.nearest(wanted)}`; `%groq_models` lists what you have."
    return ModelError(f"{wanted} {fault}.", remedy)


def _row(model: Model, catalogue: Catalogue) -> tuple[str, ...]:
    price = PRICES.get(model.id)
    sizes = (model.context_window, model.max_completion_tokens)
    return (
        model.id,
        ", ".join(_tasks(model, catalogue)),
        f"{price[0]:g} / {price[1]:g}" if price else "unknown",
        " / ".join(f"{size:,}" if size else "unknown" for size in sizes),
        ", ".join(_FEATURES.get(each, each) for each in _features(model)),
    )


def _tasks(model: Model, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(alias for alias in ALIASES if catalogue.choice(alias) == model)


def _features(model: Model) -> tuple[str, ...]:
    return (*model.features, *(("vision",) if model.sees else ()))


def _show(table: Table) -> None:
    show(table.html(), table.plain())
