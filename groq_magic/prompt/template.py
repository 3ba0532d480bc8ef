"""Values of the session in prompts: `{{name}}`."""

from __future__ import annotations

import builtins
import re
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.errors import PromptError
from groq_magic.prompt.expression import Expression, parse
from groq_magic.prompt.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FilledPrompt", "IncludedValue", "fill", "fill_from"]

# Not `${{ … }}`, which is GitHub's; a name must follow; on one line.
_OPENING = re.compile(r"(?<!\$)\{\{(?=[ \t]*[^\W\d])")
# The braces' end: none within a string, as in `d["}}"]`. Possessive, so that it never goes back.
_ENDING = re.compile(r"""(?:[^'"}\n]++|'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+"|\}(?!\}))*+\}\}""")
_LONGEST = 300
# Each is compared with all names, and a template of another kind may hold thousands.
_MOST_MISSING = 50


@dataclass(frozen=True)
class IncludedValue:
    """A value that a prompt includes.

    Parameters
    ----------
    name : str
        The expression as written, without blank ends.
    characters : int
        How many characters it took, in all its places.
    """

    name: str
    characters: int


@dataclass(frozen=True)
class FilledPrompt:
    """A prompt with its values.

    Parameters
    ----------
    text : str
        The prompt to send.
    included : tuple of IncludedValue
        What it includes.
    missing : tuple of str
        Expressions sent as written because their name is not there.
    calls : tuple of str
        Expressions sent as written because they hold a call, on a name that is there.
    texts : Mapping of str to str
        The text that stands for each expression.
    """

    text: str
    included: tuple[IncludedValue, ...] = ()
    missing: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices above the answer, a sentence or two each."""
        return (
            *(
                f"`{{{{{name}}}}}` is sent as written: no such name is there."
                for name in self.missing
            ),
            *(
                f"`{{{{{name}}}}}` is sent as written: no calls are made in prompts. "
                "Give its result a name, and put that between the braces."
                for name in self.calls
            ),
        )


def fill(
    text: str, namespace: Mapping[str, Any], known: FilledPrompt | None = None
) -> FilledPrompt:
    """Fill the values between double braces into a prompt, in one pass.

    Names, attributes and items are followed (`{{ m.coef_[-1] }}`); nothing is
    called, and values are not searched for braces again. What is no such
    expression, or starts from a name that isn't there, stays as written.

    Parameters
    ----------
    text : str
        The prompt as typed.
    namespace : Mapping of str to Any
        The user's.
    known : FilledPrompt, optional
        What `fill_from` has found for the names of the calling code.

    Raises
    ------
    PromptError
        Where a name is not there but nearly, an attribute or item is not
        there, reading it fails, or its value is nothing to send (binary).
    """
    return _Filling(namespace, known=known or FilledPrompt("")).filled(text)


def fill_from(text: str, own: Mapping[str, Any], namespace: Mapping[str, Any]) -> FilledPrompt:
    """Fill in the expressions that begin with a name of the calling code, and no others.

    Parameters
    ----------
    text : str
    own : Mapping of str to Any
        The names of the calling code: they hide those of the namespace.
    namespace : Mapping of str to Any
        The user's.

    Raises
    ------
    PromptError
        As `fill`.
    """
    return _Filling(ChainMap(dict(own), dict(namespace)), own).filled(text)


@dataclass
class _Filling:
    """What one pass has found so far; each expression is read once."""

    namespace: Mapping[str, Any]
    only: Mapping[str, Any] | None = None
    known: FilledPrompt = field(default_factory=lambda: FilledPrompt(""))
    texts: dict[str, str] = field(default_factory=dict)
    characters: dict[str, int] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)

    def filled(self, text: str) -> FilledPrompt:
        pieces, done = [], 0
        for opening in _OPENING.finditer(text):
            ending = _ENDING.match(text, opening.end(), opening.end() + _LONGEST)
            if opening.start() < done or ending is None:
                continue
            expression = parse(ending[0][:-2])
            value = None if expression is None else self._text_of(expression)
            if value is not None:
                pieces += [text[done : opening.start()], value]
                done = ending.end()
        return FilledPrompt(
            "".join((*pieces, text[done:])),
            tuple(IncludedValue(name, n) for name, n in self.characters.items()),
            tuple(self.missing),
            tuple(self.calls),
            dict(self.texts),
        )

    def _text_of(self, expression: Expression) -> str | None:
        name = expression.text
        if name in self.known.texts:
            return self._counted(name, self.known.texts[name])
        if name in self.known.calls:
            self.calls[name] = None
            return None
        if expression.root not in self.namespace:
            # Other templates call names of theirs; `{{len(x)}}` is meant for Python.
            if expression.root in vars(builtins) and expression.names(self.namespace):
                self.calls[name] = None
            elif not expression.call:
                if name not in self.missing and len(self.missing) < _MOST_MISSING:
                    expression.refuse_near_miss(self.namespace)
                self.missing[name] = None
            return None
        if self.only is not None and expression.root not in self.only:
            return None
        if expression.call:
            self.calls[name] = None
            return None
        if name not in self.texts:
            self.texts[name] = self._summary(expression)
        return self._counted(name, self.texts[name])

    def _counted(self, name: str, text: str) -> str:
        self.characters[name] = self.characters.get(name, 0) + len(text)
        return text

    def _summary(self, expression: Expression) -> str:
        value = expression.value_in(self.namespace)
        try:
            return summarise(value)
        except PromptError as error:
            happened = f"{expression.braced}: {error.happened}"
            raise PromptError(happened, error.remedy) from error
