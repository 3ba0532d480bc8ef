"""Check the columns of `--check` before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.errors import OptionError, PromptError
from groq_magic.mapping.data.cells import is_missing
from groq_magic.mapping.results.agreement import as_category, as_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.mapping.data.rows import Rows
    from groq_magic.mapping.results.agreement import Check
    from groq_magic.prompt import Privacy
    from groq_magic.schemas import Schema

__all__ = ["refuse_columns"]

_LONGEST, _MOST_WORDS = 60, 100
_NUMBERS = frozenset({"integer", "number"})
_BOOLEANS = frozenset({"false", "true"})


@dataclass(frozen=True)
class _Values:
    """The values that a field may have.

    Parameters
    ----------
    is_any : bool
        Whether the field may be any text.
    has_numbers : bool
        Whether the field may be any number.
    choices : frozenset of str
        Other allowed values, as text.
    """

    is_any: bool = False
    has_numbers: bool = False
    choices: frozenset[str] = frozenset()

    def __or__(self, other: _Values) -> _Values:
        return _Values(
            self.is_any or other.is_any,
            self.has_numbers or other.has_numbers,
            self.choices | other.choices,
        )

    def may_agree(self, cell: Any) -> bool:
        """Return whether an answer may agree with a value of the data."""
        if self.is_any or (self.has_numbers and as_number(cell) is not None):
            return True
        return as_category(cell).casefold() in {choice.casefold() for choice in self.choices}

    @property
    def words(self) -> str:
        """The values as messages name them."""
        return clip(
            ", ".join((*["a number"] * self.has_numbers, *sorted(self.choices))), _MOST_WORDS
        )


def refuse_columns(
    checks: Iterable[Check],
    fields: Mapping[str, Any],
    schema: Schema | None,
    rows: Rows,
    privacy: Privacy,
) -> None:
    """Refuse private columns, and columns whose values never agree with their field.

    Parameters
    ----------
    checks : iterable of Check
    fields : mapping of str to object
        The JSON schemas of the answers' fields, by name.
    schema : Schema or None
        The whole schema, with the definitions for `$ref`.
    rows : Rows
    privacy : Privacy

    Raises
    ------
    PromptError
        For a private column.
    OptionError
        For a column whose values have another type than the field.
    """
    root = schema.json_schema if schema is not None else {}
    definitions = {**root.get("definitions", {}), **root.get("$defs", {})}
    for check in checks:
        column = rows.columns[check.position]
        name = clip(column.name, _LONGEST)
        if privacy.hides(column.label) or privacy.hides(column.name):
            raise PromptError(
                f"--check: `{name}` is private.",
                "`%config GroqMagics.private` lists the private names.",
            )
        values = _values_of(fields[check.name], definitions)
        given = [cell for cell in column.cells if not is_missing(cell)]
        if given and not any(map(values.may_agree, given)):
            raise OptionError(
                f"--check: no value in `{name}` fits `{clip(check.name, _LONGEST)}` "
                f"({values.words}).",
                "Choose a column with such values, or change the schema.",
            )


def _values_of(schema: Any, definitions: Mapping[str, Any]) -> _Values:
    """Return the values that a JSON schema allows."""
    if not isinstance(schema, dict):
        return _Values(is_any=True)  # `true` is a schema too
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        others = {each: part for each, part in definitions.items() if each != name}
        return _values_of(definitions.get(name), others)
    if "enum" in schema or "const" in schema:
        listed = schema.get("enum", [schema.get("const")])
        listed = [each for each in listed if each is not None]
        # A number may be near one of them, which is a small error.
        are_numbers = bool(listed) and all(as_number(each) is not None for each in listed)
        return _Values(has_numbers=are_numbers, choices=frozenset(map(as_category, listed)))
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return reduce(or_, (_values_of(part, definitions) for part in parts))
    kinds = schema.get("type")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds or ())
    has_numbers, has_booleans = bool(kinds & _NUMBERS), "boolean" in kinds
    is_any = not kinds or not kinds <= {*_NUMBERS, "boolean", "null"}
    return _Values(is_any, has_numbers, _BOOLEANS if has_booleans else frozenset())
