"""The type of a row's answer: a text, or the fields of a schema; with `--evidence` also quotes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import tried
from groq_magic.errors import OptionError
from groq_magic.reply import data_text
from groq_magic.schemas import Mismatch, Schema, SchemaForm, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWER", "AnswerType", "RowValues", "quote_name"]

# The name of an answer without fields.
ANSWER = "answer"
_NUMBER, _ROWS = "row", "rows"
_TEXT = MappingProxyType({"type": "string"})


def quote_name(name: str) -> str:
    """Return the name of the quote for a field."""
    return f"{name}_quote"


@dataclass(frozen=True)
class RowValues:
    """The checked answer to one row.

    Parameters
    ----------
    data : mapping of str to object
        The JSON values of the fields.
    quotes : mapping of str to str
        The quote for each field; empty without `--evidence`.
    """

    data: Mapping[str, Any]
    quotes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerType:
    """The type of all answers.

    Parameters
    ----------
    schema : Schema or None
        None for a text.
    is_strict : bool
        Whether the model supports strict schemas; otherwise JSON mode is used.
    evidence : bool
        Whether the answer has a quote from the row for each field.
    """

    schema: Schema | None = None
    is_strict: bool = False
    evidence: bool = False

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The JSON schemas of the fields, by name."""
        return self._properties or {
            ANSWER: _TEXT if self.schema is None else self.schema.json_schema
        }

    @cached_property
    def _properties(self) -> Mapping[str, Any]:
        """The properties of a schema for an object; empty for any other schema."""
        if self.schema is None:
            return {}
        root = self.schema.json_schema
        definitions = {**root.get("definitions", {}), **root.get("$defs", {})}
        name = str(root.get("$ref", "")).rpartition("/")[2]
        found: Mapping[str, Any] = definitions.get(name, root).get("properties", {})
        return found

    @cached_property
    def form(self) -> SchemaForm | None:
        """The schema in the request for one row, None for a plain text.

        Raises
        ------
        OptionError
            When a field of the schema has the name of a quote.
        """
        inner = self._inner
        if not self.evidence:
            return inner
        sent = inner.schema if inner is not None else _object({ANSWER: _TEXT})
        taken = [
            name for name in map(quote_name, self.fields) if name in sent.get("properties", {})
        ]
        if taken:
            raise OptionError(
                f"--evidence adds `{taken[0]}`, but the schema already has that field.",
                "Rename the schema's field.",
            )
        quotes = {name: _quote_of(name) for name in self.fields}
        properties: dict[str, Any] = {}
        for name, part in sent.get("properties", {}).items():
            # The model writes the quote first, so that the field follows from it.
            properties |= {quote_name(name): quotes.pop(name)} if name in quotes else {}
            properties[name] = part
        properties |= {quote_name(name): part for name, part in quotes.items()}
        required = [name for name in properties if name in sent.get("required", ())]
        required += [quote_name(name) for name in self.fields]
        return SchemaForm(
            {**sent, "properties": properties, "required": required},
            None,
            self.is_strict if inner is None else inner.is_strict,
            ANSWER if inner is None else inner.name,
        )

    @cached_property
    def _inner(self) -> SchemaForm | None:
        return None if self.schema is None else self.schema.form(strict=self.is_strict)

    @cached_property
    def packed_form(self) -> SchemaForm:
        """The schema in the request for several rows: a numbered list of answers."""
        form = self.form
        own = {"type": "string"} if form is None else dict(form.schema)
        definitions = {name: own.pop(name) for name in ("$defs", "definitions") if name in own}
        item = _object({_NUMBER: {"type": "integer"}, ANSWER: own})
        return SchemaForm(
            {**_object({_ROWS: {"type": "array", "items": item}}), **definitions},
            None,
            self.is_strict if form is None else form.is_strict,
            f"{ANSWER}s",
        )

    def read(self, text: str) -> RowValues:
        """Check the answer to one row.

        Raises
        ------
        Mismatch
            When it doesn't fit the schema.
        """
        if self.form is None:
            return RowValues({ANSWER: text.strip()})
        text = data_text(text)
        quotes: dict[str, str] = {}
        if self.evidence:
            text, quotes = self._without_quotes(text)
        if self.schema is None:
            answer = _parsed(text)
            if not isinstance(answer, dict) or not isinstance(answer.get(ANSWER), str):
                raise Mismatch((f"{ANSWER}: it isn't a text",))
            return RowValues({ANSWER: answer[ANSWER].strip()}, quotes)
        found = self.schema.read(text, self._inner)
        schema = self.schema
        plain = tried(lambda: schema.plain(found.data), None)
        plain = json.loads(found.text) if plain is None else plain
        if not self._properties or not isinstance(plain, dict):
            return RowValues({**dict.fromkeys(self.fields), next(iter(self.fields)): plain}, quotes)
        return RowValues({name: plain.get(name) for name in self.fields}, quotes)

    def _without_quotes(self, text: str) -> tuple[str, dict[str, str]]:
        answer = _parsed(text)
        if not isinstance(answer, dict):
            raise Mismatch(("the answer: it isn't an object",))
        names = {quote_name(name): name for name in self.fields}
        quotes = {
            names[key]: each for key, each in answer.items() if key in names and type(each) is str
        }
        rest = {key: each for key, each in answer.items() if key not in names}
        return json.dumps(rest, ensure_ascii=False), quotes

    def split(self, text: str, count: int, *, is_cut: bool = False) -> dict[int, str]:
        """Return the valid answers to the rows of a pack, by their positions in the pack.

        Parameters
        ----------
        text : str
            The reply.
        count : int
            The number of rows.
        is_cut : bool
            Whether the reply ended early: its last answer may be incomplete.
        """
        items = _items(data_text(text), is_cut=is_cut)
        found: dict[int, str] = {}
        twice: set[int] = set()
        for item in items:
            number = item.get(_NUMBER) if isinstance(item, dict) else None
            if type(number) is not int or not 1 <= number <= count or ANSWER not in item:
                continue
            if number in found:
                twice.add(number)
            answer = item[ANSWER]
            if self.form is not None:
                answer = json.dumps(answer, ensure_ascii=False)
            if isinstance(answer, str) and self._is_valid(answer):
                found[number] = answer
        # If a number occurs twice, one of the two answers belongs to another row.
        return {number - 1: each for number, each in found.items() if number not in twice}

    def _is_valid(self, text: str) -> bool:
        try:
            self.read(text)
        except Mismatch:
            return False
        return True


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: dict(part) for name, part in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _quote_of(name: str) -> dict[str, Any]:
    return {
        "type": "string",
        "description": f"The exact words of the row that support {name}; empty if none do",
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(error) from None


def _items(text: str, *, is_cut: bool) -> list[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        if not is_cut:
            return []
        from pydantic_core import from_json

        whole = tried(lambda: from_json(text, allow_partial=True), None)
    items = whole.get(_ROWS) if isinstance(whole, dict) else whole
    if not isinstance(items, list):
        return []
    return items[:-1] if is_cut else items
