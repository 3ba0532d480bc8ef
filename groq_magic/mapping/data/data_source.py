"""The data of the `%%groq_map` line: an expression as in braces, or code in quotes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import GroqMagicError, OptionError
from groq_magic.mapping.data.rows import ITEM
from groq_magic.prompt.expression import near, parse, user_names
from groq_magic.prompt.refusals import refuse_private
from groq_magic.prompt.scalars import is_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.prompt import Privacy

__all__ = ["column_names", "data_of"]

_LONGEST, _MOST_NAMES = 60, 200


def data_of(
    written: str,
    names: Mapping[str, Any],
    namespace: dict[str, Any],
    privacy: Privacy,
    *,
    is_code: bool,
) -> Any:
    """Return the data; the user's own code may run here.

    Parameters
    ----------
    written : str
    names : mapping
        The caller's variables, then the session's.
    namespace : dict
        The session's variables, as globals of the code.
    privacy : Privacy
    is_code : bool
        Whether it is code in quotes.

    Raises
    ------
    OptionError
        When it is not an expression, a name is unknown, or the code fails.
    PromptError
        When the data is private or can't be read.
    """
    if is_code:
        return _value_of_code(written, names, namespace, privacy)
    shown = clip(written, _LONGEST)
    expression = parse(written)
    if expression is None or expression.call:
        quote = "'" if '"' in shown else '"'
        raise OptionError(
            f"`{shown}` isn't a variable, attribute or item.",
            f"Put code in quotes: `%%groq_map {quote}{shown}{quote}`.",
        )
    if expression.root not in names:
        meant = near(expression.root, user_names(names))
        remedy = f"Did you mean `{meant}`?" if meant else "First run the cell that defines it."
        raise OptionError(f"There is no variable `{clip(expression.root, _LONGEST)}`.", remedy)
    refuse_private(expression, privacy)
    return expression.value_in(names, privacy)


def column_names(value: Any) -> list[str]:
    """Return the names of the columns for completion, without reading cells."""
    if is_of(value, "pandas", "DataFrame") or is_of(value, "polars", "DataFrame"):
        names = [label for label in islice(value.columns, _MOST_NAMES) if is_a(label, str)]
    elif is_a(value, dict):
        names = [name for name in islice(dict.keys(value), _MOST_NAMES) if is_a(name, str)]
    else:
        names = []
    return [*map(plain, names), ITEM]


def _value_of_code(
    code: str, names: Mapping[str, Any], namespace: dict[str, Any], privacy: Privacy
) -> Any:
    shown = clip(code, _LONGEST)
    try:
        compiled = compile(code.strip(), "<%%groq_map>", "eval")
    except (SyntaxError, ValueError):
        compiled = None
    if compiled is None:
        raise OptionError(f"`{shown}` isn't a Python expression.", 'Try "df[df.x > 1]".')
    try:
        return eval(compiled, namespace, names)  # noqa: S307 - the user's own code, as in a cell
    except GroqMagicError:
        raise
    except Exception as failure:  # noqa: BLE001 - any error becomes one line
        raised = failure
    # The message may contain a private value.
    why = "" if privacy.has_limits else tried(lambda: str(raised), "")
    line = clip(" ".join(why.split()), 200)
    kind = f"{type_name(raised)}: {line}" if line else type_name(raised)
    # Raised outside of `except`, the error doesn't keep the user's frames alive.
    raise OptionError(f"`{shown}` failed: {kind}.", "Correct the code in quotes.")
