"""The images of an ask: those of `-i`, and those that the prompt names between braces."""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import without_surrogates
from groq_magic.clipping import clip, is_a, tried, type_name
from groq_magic.errors import ModelError, PromptError
from groq_magic.prompt.expression import near, parse, user_names
from groq_magic.prompt.image import MOST_IMAGES, image_of, is_image, is_web_address
from groq_magic.prompt.refusals import refuse_images, refuse_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.api.models import Catalogue, Model
    from groq_magic.prompt import FilledPrompt, IncludedValue, Privacy, PromptImage
    from groq_magic.prompt.expression import Expression
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = [
    "all_images",
    "content_with_images",
    "images_of_values",
    "model_for_images",
    "refuse_without_vision",
    "with_given_images",
    "with_images",
]

_LAST = "plot"
_LONGEST_NAME = 200
_ITEM = re.compile(r"([^\W\d]\w*)\[([^\[\]\"']+)\]")


def with_given_images(session: Session, ask: Ask, names: Mapping[str, Any] | None) -> Ask:
    """Return an ask with the images read that are variables of the calling code.

    Parameters
    ----------
    session : Session
    ask : Ask
    names : Mapping of str to Any, or None
        The variables of the calling code; None for the notebook's.

    Raises
    ------
    PromptError
        As `all_images`.
    """
    given = ask.options.image or ()
    is_own = [not is_a(each, str) or _is_among(each, names or {}) for each in given]
    if not any(is_own):
        return ask
    refuse_images(session.privacy())
    around = ChainMap(dict(names or {}), session.namespace)
    found = tuple(
        _image(session, each, around) if own else None
        for each, own in zip(given, is_own, strict=True)
    )
    # Names only: the ask is kept until the next one, and would keep the values alive.
    named = tuple(each if is_a(each, str) else _name(each) for each in given)
    options = replace(ask.options, image=named)
    return replace(ask, options=options, images=found)


def _images_of_option(session: Session, ask: Ask) -> tuple[PromptImage, ...]:
    """Return the images of `-i`; the user's own code may run here.

    Raises
    ------
    PromptError
        When one can't be found or read, or images may not be sent.
    """
    given = ask.options.image or ()
    if given:
        refuse_images(session.privacy())
    own = ask.images or (None,) * len(given)
    return tuple(
        found if found is not None else _image(session, text, session.namespace)
        for text, found in zip(given, own, strict=True)
    )


def all_images(
    session: Session, ask: Ask, filled: FilledPrompt, secrets: Secrets
) -> tuple[PromptImage, ...]:
    """Return the images of the braces and of `-i`, each once, without secrets in their names."""
    named = {each.name for each in filled.images}
    given = (each for each in _images_of_option(session, ask) if each.name not in named)
    return tuple(
        replace(
            each,
            name=without_surrogates(secrets.hide(each.name))[0],
            # Only web addresses: image data is no text.
            url=each.url if each.width else secrets.hide(each.url),
        )
        for each in (*filled.images, *given)
    )


def with_images(
    included: Sequence[IncludedValue], images: Sequence[PromptImage]
) -> tuple[IncludedValue, ...]:
    """Return the included values of a prompt, with the images that are not among them."""
    named = {each.name for each in included}
    return (*included, *(each.included for each in images if each.name not in named))


def images_of_values(values: Sequence[Any], privacy: Privacy | None) -> tuple[PromptImage, ...]:
    """Return the images for `groq_magic.complete`; a text is a path or an address.

    Raises
    ------
    PromptError
        As `all_images`.
    """
    if values and privacy is not None:
        refuse_images(privacy)
    return tuple(image_of(_name(value), value) for value in values)


def content_with_images(text: str, images: Sequence[PromptImage]) -> str | list[dict[str, Any]]:
    """Return the content of a user's message: the text, then the images if there are any.

    Raises
    ------
    PromptError
        When there are more than the service takes.
    """
    if not images:
        return text
    if len(images) > MOST_IMAGES:
        raise PromptError(
            f"There are {len(images)} images; the model takes {MOST_IMAGES}.", "Leave some out."
        )
    if len(images) > 1:
        names = ", ".join(f"`{clip(each.name, 100)}`" for each in images)
        text = f"{text}\n\nImages, in this order: {names}."
    return [{"type": "text", "text": text}, *(each.part for each in images)]


def model_for_images(model: str, catalogue: Catalogue) -> str:
    """Return the model for images if the user named none: the current one if it reads images.

    Parameters
    ----------
    model : str
        The current model, an id or a task.
    catalogue : Catalogue
    """
    known = catalogue.get(model)
    return model if known is not None and known.sees else "vision"


def refuse_without_vision(model: Model | None, catalogue: Catalogue) -> None:
    """Raise ModelError if a model takes no images according to the service's list."""
    if not catalogue.live or model is None or model.sees or not model.inputs:
        return
    seeing = catalogue.choice("vision")
    remedy = (
        f"`-m {seeing.id}` does." if seeing is not None else "`%groq_models` lists those that do."
    )
    raise ModelError(f"{model.id} takes no images.", remedy)


def _image(session: Session, given: Any, namespace: Mapping[str, Any]) -> PromptImage:
    value = _value(session, given, namespace) if is_a(given, str) else given
    return image_of(_name(given), value)


def _name(given: Any) -> str:
    is_text = is_a(given, str) or is_a(given, Path)
    return clip(str(given), _LONGEST_NAME) if is_text else type_name(given)


def _value(session: Session, text: str, namespace: Mapping[str, Any]) -> Any:
    """Return the value that a text names: the last plot, a variable, a path or an address."""
    if text == _LAST and not is_image(namespace.get(text)):
        return session.last_plot.value()
    expression = None if is_web_address(text) else parse(text)
    is_file = tried(lambda: Path(text).expanduser().is_file(), otherwise=False)
    if expression is not None and expression.root in namespace:
        try:
            return _value_of_expression(session, expression, namespace)
        except PromptError:
            # A file's name may look like an attribute: `fig.png`.
            if not is_file:
                raise
    elif not is_file and (item := _ITEM.fullmatch(text)) and item[1] in namespace:
        # Splitting the line as a shell does has removed the quotes around the key.
        raise PromptError(
            f"`-i {clip(text, 100)}`: its key has no quotes.",
            f"""Write `-i "{item[1]}['{clip(item[2], 60)}']"`: quotes around the whole.""",
        )
    elif expression is not None and expression.text == expression.root and not is_file:
        meant = near(text, user_names(namespace))
        remedy = f"Did you mean `{meant}`?" if meant else "Name a figure, a path, or `plot`."
        raise PromptError(f"There is no variable and no file `{clip(text, 100)}`.", remedy)
    return text


def _value_of_expression(
    session: Session, expression: Expression, namespace: Mapping[str, Any]
) -> Any:
    if expression.call:
        raise PromptError(
            f"`-i {clip(expression.text, 100)}`: calls aren't allowed there.",
            "Assign the image to a variable, and name that.",
        )
    privacy = session.privacy()
    refuse_private(expression, privacy)
    return expression.value_in(namespace, privacy)


def _is_among(text: str, names: Mapping[str, Any]) -> bool:
    expression = parse(text)
    return expression is not None and expression.root in names
