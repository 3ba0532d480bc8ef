"""Fill the session's values into prompts: `{{name}}`, with a format spec or number of rows."""

from __future__ import annotations

import builtins
import re
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.filled_prompt import FilledPrompt, Piece
from groq_magic.prompt.image import image_of, is_image
from groq_magic.prompt.named_value import IncludedValue, NamedValue, named_value
from groq_magic.prompt.placeholder import placeholders
from groq_magic.prompt.privacy import Extent, Privacy
from groq_magic.prompt.private_values import PrivateValues
from groq_magic.prompt.refusals import (
    refuse_call,
    refuse_images,
    refuse_near_miss,
    refuse_private,
)
from groq_magic.prompt.scalars import is_scalar
from groq_magic.prompt.summary import describe, is_data, scalar_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.prompt.expression import Expression
    from groq_magic.prompt.image import PromptImage
    from groq_magic.prompt.placeholder import Placeholder

__all__ = ["fill", "fill_from", "formatted", "names_alone"]

# Each missing name is compared with all names, and other templates may have thousands.
_MOST_MISSING = 50
_LONGEST_IN_PLACE = 200
# A width of a billion would fill the memory.
_HUGE = re.compile(r"\d{4,}")


def fill(
    text: str,
    namespace: Mapping[str, Any],
    known: FilledPrompt | None = None,
    privacy: Privacy | None = None,
) -> FilledPrompt:
    """Fill the values between double braces into a prompt, in one pass.

    Names, attributes and items are followed (`{{ m.coef_[-1] }}`); nothing is
    called, and values are not searched for braces again. Any other text between
    braces, or a name that no variable has, stays as written.

    Parameters
    ----------
    text : str
        The prompt as typed.
    namespace : Mapping of str to Any
        The user's variables.
    known : FilledPrompt, optional
        The result of `fill_from` for the names of the calling code.
    privacy : Privacy, optional

    Raises
    ------
    PromptError
        When a name is misspelt, an attribute or item is missing or private, reading it
        fails, it contains a call, its format spec is invalid, or the value is binary.
    """
    known, privacy = known or FilledPrompt(""), privacy or Privacy()
    return _Fill(namespace, privacy, known=known).of_text(text)


def fill_from(
    text: str,
    own: Mapping[str, Any],
    namespace: Mapping[str, Any],
    privacy: Privacy | None,
) -> FilledPrompt:
    """Fill in the expressions that begin with a name of the calling code, and no others.

    Parameters
    ----------
    text : str
    own : Mapping of str to Any
        The variables of the calling code, which hide those of the namespace.
    namespace : Mapping of str to Any
        The user's variables.
    privacy : Privacy or None

    Raises
    ------
    PromptError
        As `fill`.
    """
    around = ChainMap(dict(own), dict(namespace))
    return _Fill(around, privacy or Privacy(), own).of_text(text)


def names_alone(text: str, names: frozenset[str]) -> str:
    """Return a prompt as typed, with names in place of values that no longer exist.

    Parameters
    ----------
    text : str
    names : frozenset of str
        The expressions whose values were included.
    """
    return _replaced(
        text, lambda found: _code(found.expression) if found.expression.text in names else None
    )


def _replaced(text: str, piece_of: Callable[[Placeholder], str | None]) -> str:
    """Return a text with its placeholders replaced; None keeps a placeholder."""
    pieces, done = [], 0
    for found in placeholders(text):
        piece = piece_of(found)
        if piece is not None:
            pieces += [text[done : found.start], piece]
            done = found.end
    return "".join((*pieces, text[done:]))


def _code(expression: Expression) -> str:
    # Rendering is slow to import.
    from groq_magic.rendering import code_span

    return code_span(expression.text)


@dataclass
class _Fill:
    """The state of one pass over a prompt; each expression is read once."""

    namespace: Mapping[str, Any]
    privacy: Privacy
    only: Mapping[str, Any] | None = None
    known: FilledPrompt = field(default_factory=lambda: FilledPrompt(""))
    read: dict[str, Any] = field(default_factory=dict)
    pieces: dict[str, Piece] = field(default_factory=dict)
    values: dict[str, NamedValue] = field(default_factory=dict)
    images: dict[str, PromptImage] = field(default_factory=dict)
    in_place: dict[str, int] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    private: PrivateValues | None = None

    def of_text(self, text: str) -> FilledPrompt:
        sent = _replaced(text, self._text_of)
        included = {
            **{name: IncludedValue(name, size) for name, size in self.in_place.items()},
            **{name: value.included for name, value in self.values.items()},
            **{name: image.included for name, image in self.images.items()},
        }
        return FilledPrompt(
            sent,
            tuple(self.values.values()),
            tuple(included[name] for name in dict.fromkeys(p.name for p in self.pieces.values())),
            tuple(self.missing),
            dict(self.pieces),
            tuple(self.images.values()),
        )

    def _text_of(self, found: Placeholder) -> str | None:
        piece = self.pieces.get(found.written) or self._known(found) or self._new(found)
        if piece is None:
            return None
        self.pieces[found.written] = piece
        if piece.image is not None:
            self.images[piece.name] = piece.image
        elif piece.value is None:
            self.in_place[piece.name] = self.in_place.get(piece.name, 0) + len(piece.text)
        elif found.spec is not None or piece.name not in self.values:
            # A number of rows in one place applies to all.
            self.values[piece.name] = piece.value
        return piece.text

    def _known(self, found: Placeholder) -> Piece | None:
        piece = self.known.pieces.get(found.written)
        if piece is not None and not self.privacy.allows(piece.privacy):
            raise PromptError(
                f"{found.expression.braced}: its value may no longer be sent.",
                "Run its original cell again.",
            )
        return piece

    def _new(self, found: Placeholder) -> Piece | None:
        expression = found.expression
        if expression.root not in self.namespace:
            self._note_missing(found)
            return None
        if self.only is not None and expression.root not in self.only:
            return None
        if expression.call:
            refuse_call(expression)
        refuse_private(expression, self.privacy)
        if expression.text not in self.read:
            self.read[expression.text] = expression.value_in(self.namespace, self.privacy)
        try:
            return self._piece(found, self.read[expression.text])
        except PromptError as error:
            happened = f"`{{{{{found.written}}}}}`: {error.happened}"
            raise PromptError(happened, error.remedy) from None

    def _note_missing(self, found: Placeholder) -> None:
        expression = found.expression
        # Other templates call their own names; `{{len(x)}}` is meant for Python.
        if expression.root in vars(builtins) and expression.names(self.namespace):
            refuse_call(expression)
        if not expression.call:
            if found.written not in self.missing and len(self.missing) < _MOST_MISSING:
                refuse_near_miss(expression, self.namespace)
            self.missing[found.written] = None

    def _piece(self, found: Placeholder, value: Any) -> Piece:
        name, spec = found.expression.text, found.spec
        if is_image(value) and spec is None:
            refuse_images(self.privacy)
            return Piece(name, _code(found.expression), None, self.privacy, image_of(name, value))
        rows = None
        if spec is not None:
            if is_data(value):
                rows = _rows(spec, self.privacy)
            else:
                value = formatted(value, spec)
        text = _in_place(value)
        # A scalar or text in a variable is the user's choice; one within a table may be private.
        is_named = name == found.expression.root
        holder = self.namespace[found.expression.root]
        if text is not None:
            text = text if is_named else self._without_private(text, value, holder)
            return Piece(name, text, None, self.privacy)
        described = describe(value, Extent(self.privacy, rows))
        if not (is_named and is_a(value, str)):
            body = self._without_private(described.body, value, holder)
            described = described.with_body(body)
        block = named_value(name, described, self.privacy)
        return Piece(name, _code(found.expression), block, self.privacy)

    def _without_private(self, text: str, *values: Any) -> str:
        """Return a text without copies of private values."""
        privacy = self.privacy.named
        if self.private is None:
            self.private = PrivateValues.of_session(self.namespace, privacy)
        return self.private.beside(*values).hide(text)


def _in_place(value: Any) -> str | None:
    """Return the text of a value that is included in place, None for any other value."""
    if is_scalar(value):
        return scalar_text(value)
    if not is_a(value, str):
        return None
    text = plain(value)
    one_line = len(text) <= _LONGEST_IN_PLACE and len(f"{text}.".splitlines()) == 1
    return text if one_line else None


def _rows(spec: str, privacy: Privacy) -> int:
    if not (spec.strip().isascii() and spec.strip().isdecimal()):
        raise PromptError(
            f"`{clip(spec.strip(), 40)}` isn't a number of rows.",
            "Write one, as in `{{df:20}}`.",
        )
    if privacy.rows == 0:
        raise PromptError(
            "no rows are sent while `rows_sent` is 0.", "Leave the number out to send the schema."
        )
    return int(spec)


def formatted(value: Any, spec: str) -> str:
    """Return a value in a format.

    Raises
    ------
    PromptError
        When the format spec is not valid for the value.
    """
    spec = spec.rstrip()  # a leading blank is a sign or a fill character
    text = None
    if not _HUGE.search(spec):
        text = tried(lambda: plain(format(value, spec)), None)
    if text is None:
        raise PromptError(
            f"`{clip(spec, 40)}` isn't a valid format for {type_name(value)}.",
            "Write one as in an f-string: `{{price:.2f}}`.",
        )
    return text
