"""The text that a model gets for a tool's value or exception."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, cut, is_a, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.printable import SURROGATE
from groq_magic.prompt import Extent, Privacy, PrivateValues, describe
from groq_magic.prompt.image import is_image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.tools.function_tool import BadArgumentsError

__all__ = ["SentResults"]

_LONGEST_MESSAGE = 1_000


@dataclass
class SentResults:
    """Turns values and exceptions into texts, within the session's limits.

    Parameters
    ----------
    namespace : Mapping of str to Any
        The user's variables, searched for the values of private columns and keys.
    privacy : Privacy
    clean : callable
        Removes secrets from a text.
    """

    namespace: Mapping[str, Any] = field(repr=False)
    privacy: Privacy
    clean: Callable[[str], str]

    def of_value(self, value: Any, longest: int) -> str:
        """Return a value as `{{name}}` would include it, in at most `longest` characters.

        Raises
        ------
        PromptError
            For a value without a text: an image, binary data, a coroutine.
        """
        if is_image(value):
            raise PromptError(f"It returned an image ({type_name(value)}).", "Return text.")
        if inspect.iscoroutine(value):
            value.close()
            raise PromptError("It returned a coroutine.", "Use a plain function.")
        found = describe(value, Extent(self.privacy)).text
        # A text may quote rows, so all limits apply; another value is what the function computed.
        limits = self.privacy if is_a(value, str) else self.privacy.named
        if limits.has_limits:
            private = PrivateValues.of_session(self.namespace, limits)
            found = private.beside(value).hide(found)
        return self._sent(found, longest)

    def of_exception(self, error: BaseException) -> str:
        """Return the type and the message of an exception."""
        text = f"{type_name(error)}: {self._message(error)}"
        return self._sent(text.removesuffix(": "), _LONGEST_MESSAGE)

    def of_bad_arguments(self, error: BadArgumentsError) -> str:
        """Return what is wrong with the arguments of a call."""
        text = f"The arguments don't fit: {self._message(error, error.known)}"
        return self._sent(text, _LONGEST_MESSAGE)

    def _message(self, error: BaseException, known: str = "") -> str:
        message = tried(lambda: str.__str__(str(error)), "")
        if not self.privacy.has_limits:
            return message
        return PrivateValues.of_session(self.namespace, self.privacy).message(message, known)

    def _sent(self, text: str, longest: int) -> str:
        # Secrets are removed first: one may contain surrogates, or be cut.
        clean = SURROGATE.sub("\ufffd", self.clean(text))
        return cut(clean, longest) if longest > _LONGEST_MESSAGE else clip(clean, longest)
