"""Parse the braces of a map's prompt: columns, the whole row, and values of the session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.errors import PromptError
from groq_magic.mapping.data.cells import is_missing
from groq_magic.mapping.data.column_part import ColumnPart
from groq_magic.mapping.data.rows import ITEM
from groq_magic.prompt.expression import near, user_names
from groq_magic.prompt.placeholder import placeholders
from groq_magic.prompt.refusals import refuse_call, refuse_private

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from groq_magic.mapping.data.rows import Column, Rows
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.expression import Expression

__all__ = ["Template", "template_of"]

# A column's name may have spaces or begin with a digit. `${{ … }}` is for GitHub Actions.
_BRACES = re.compile(r"(?<!\$)\{\{([^{}\n]+)\}\}")
# The beginning of a name.
_NAME = re.compile(r"[^\W\d]")
_LONGEST = 60


@dataclass(frozen=True)
class Template:
    """A prompt with the names of columns.

    Parameters
    ----------
    text : str
        The prompt; values of the session are still in braces.
    parts : tuple of ColumnPart
    """

    text: str
    parts: tuple[ColumnPart, ...] = ()


def template_of(
    text: str,
    rows: Rows,
    namespace: Mapping[str, Any],
    privacy: Privacy,
    not_in_row: Collection[int] = (),
) -> Template:
    """Return a prompt with the names of columns in place of their braces.

    Parameters
    ----------
    text : str
    rows : Rows
    namespace : mapping
        The session's variables; a column with the same name comes first.
    privacy : Privacy
    not_in_row : collection of int
        The positions of columns that `{{row}}` leaves out.

    Raises
    ------
    PromptError
        When a name is unknown or private, when several columns have it, and for calls.
    """
    return _Parser(rows, namespace, privacy, not_in_row).template(text)


class _Parser:
    """Parses the braces of a prompt."""

    def __init__(
        self,
        rows: Rows,
        namespace: Mapping[str, Any],
        privacy: Privacy,
        not_in_row: Collection[int],
    ) -> None:
        self._rows, self._namespace, self._privacy = rows, namespace, privacy
        self._not_in_row = not_in_row
        self._positions: dict[str, list[int]] = {}
        for position, name in enumerate(rows.names):
            self._positions.setdefault(name, []).append(position)

    def template(self, text: str) -> Template:
        found = sorted([*self._names_in(text), *self._expressions_in(text)], key=lambda one: one[0])
        pieces: list[str] = []
        parts: dict[Any, ColumnPart] = {}
        done = 0
        for start, end, name, named in found:
            if start < done:
                continue  # an expression inside of a column's name
            for part in named:
                parts.setdefault(part.key, part)
            pieces += [text[done:start], _code(name)]
            done = end
        return Template("".join((*pieces, text[done:])), tuple(parts.values()))

    def _names_in(self, text: str) -> Iterator[tuple[int, int, str, list[ColumnPart]]]:
        """Yield the braces with a column's name, perhaps with a format spec."""
        for braces in _BRACES.finditer(text):
            inside = braces[1]
            for name, spec in _names_and_specs(inside):
                if name in self._positions:
                    part = self._part(name, inside.strip(), spec)
                    yield braces.start(), braces.end(), name, [part]
                    break
                if name == ITEM and spec is None:
                    yield braces.start(), braces.end(), ITEM, self._parts_of_row()
                    break
            else:
                if _NAME.match(inside.strip()) and not self._is_expression(braces[0]):
                    raise self._unknown(inside.strip(), inside.strip())

    def _is_expression(self, braces: str) -> bool:
        return next(placeholders(braces), None) is not None

    def _expressions_in(self, text: str) -> Iterator[tuple[int, int, str, list[ColumnPart]]]:
        """Yield the braces with an attribute or item of a column's cells."""
        whole = {braces.start() for braces in _BRACES.finditer(text) if self._is_whole(braces[1])}
        for found in placeholders(text):
            expression = found.expression
            if found.start in whole:
                continue
            is_column = expression.root in self._positions or expression.root == ITEM
            if expression.call:
                self._refuse_call(expression)
            if is_column:
                part = self._part_of_cell(found.written, expression, found.spec)
                yield found.start, found.end, expression.text, [part]
            elif expression.root not in self._namespace:
                raise self._unknown(found.written, expression.root)

    def _is_whole(self, inside: str) -> bool:
        return any(
            name in self._positions or (name == ITEM and spec is None)
            for name, spec in _names_and_specs(inside)
        )

    def _part(self, name: str, written: str, spec: str | None) -> ColumnPart:
        position = self._position(name)
        self._check_private(self._rows.columns[position], written)
        return ColumnPart(self._rows.columns[position], position, written, name, None, spec)

    def _part_of_cell(self, written: str, expression: Expression, spec: str | None) -> ColumnPart:
        name = expression.root
        if name not in self._positions and not self._rows.has_items:
            raise PromptError(
                f"{expression.braced}: `row` is the whole row.",
                f"Name the column itself, as in `{{{{{clip(self._rows.names[0], _LONGEST)}}}}}`."
                if self._rows.names
                else "",
            )
        position = self._position(name) if name in self._positions else 0
        column = self._rows.columns[position]
        self._check_private(column, written)
        refuse_private(expression, self._privacy)
        part = ColumnPart(column, position, written, expression.text, expression, spec)
        self._refuse_unless_found(part)
        return part

    def _refuse_unless_found(self, part: ColumnPart) -> None:
        """Refuse an attribute or item that no cell has."""
        error: PromptError | None = None
        for position, cell in enumerate(part.column.cells):
            if is_missing(cell):
                continue
            try:
                part.value_or_error(position, self._privacy)
            except PromptError as found:
                error = error or found
            else:
                return
        if error is not None:
            raise error

    def _parts_of_row(self) -> list[ColumnPart]:
        columns = self._rows.columns
        if self._rows.has_items:
            self._check_private(columns[0], ITEM)
            return [ColumnPart(columns[0], 0, ITEM, ITEM)]
        shown = [
            ColumnPart(column, position, ITEM, column.name, is_of_row=True)
            for position, column in enumerate(columns)
            if position not in self._not_in_row and not self._hides(column)
        ]
        if not shown:
            is_private = any(map(self._hides, columns))
            why = "every column is private" if is_private else "no column is left to send"
            raise PromptError(f"`{{{{row}}}}`: {why}.", "Nothing was sent.")
        return shown

    def _position(self, name: str) -> int:
        first, *more = self._positions[name]
        if more:
            raise PromptError(
                f"{len(more) + 1} columns are called `{clip(name, _LONGEST)}`.",
                "Rename all but one, or write `{{row}}` for all columns.",
            )
        return first

    def _check_private(self, column: Column, written: str) -> None:
        if self._hides(column):
            raise PromptError(
                f"`{{{{{clip(written, _LONGEST)}}}}}`: `{clip(column.name, _LONGEST)}` is private.",
                "`%config GroqMagics.private` lists the private names.",
            )

    def _hides(self, column: Column) -> bool:
        return self._privacy.hides(column.label) or self._privacy.hides(column.name)

    def _refuse_call(self, expression: Expression) -> None:
        if expression.root in self._positions or expression.names(dict.fromkeys(self._positions)):
            raise PromptError(
                f"{expression.braced}: calls aren't allowed in prompts.",
                "Make a column with the result, and name that here.",
            )
        refuse_call(expression)

    def _unknown(self, written: str, name: str) -> PromptError:
        levels = getattr(self._rows.index, "names", None) or ()
        happened = (
            f"`{{{{{clip(written, _LONGEST)}}}}}`: there is no column or variable "
            f"`{clip(name, _LONGEST)}`."
        )
        if name in levels:
            return PromptError(happened, "It is the index: `.reset_index()` makes a column of it.")
        names = [*self._positions, *user_names(self._namespace)]
        meant = near(name, names)
        if meant:
            return PromptError(happened, f"Did you mean `{clip(meant, _LONGEST)}`?")
        listed = clip(", ".join(f"`{each}`" for each in self._positions), 200)
        return PromptError(happened, f"Columns: {listed or 'none'}.")


def _names_and_specs(inside: str) -> Iterator[tuple[str, str | None]]:
    """Yield the possible names and format specs between braces, the longest name first."""
    yield inside, None
    if inside.strip() != inside:
        yield inside.strip(), None
    at = inside.rfind(":")
    while at > 0:
        yield inside[:at].strip(), inside[at + 1 :]
        at = inside.rfind(":", 0, at)


def _code(name: str) -> str:
    # Rendering is slow to import.
    from groq_magic.rendering import code_span

    return code_span(" ".join(name.splitlines()))
