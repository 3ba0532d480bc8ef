"""The schema of a typed answer: a Python type as JSON schema, and the answer's check."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import GenericAlias
from typing import TYPE_CHECKING, Any

import typing_extensions

from groq_magic.clipping import clip, tried, type_name
from groq_magic.errors import OptionError
from groq_magic.schemas.form import SchemaForm, json_mode_form
from groq_magic.schemas.json_schema import check_value, valid_json_schema
from groq_magic.schemas.mismatch import WHOLE, Mismatch, faults_of, line, unreadable
from groq_magic.schemas.one_line import type_declared
from groq_magic.schemas.strict import NotStrictError, strict_form
from groq_magic.session_types import is_type

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Schema", "TypedAnswer", "schema_of"]

_LONGEST_NAME = 64  # the API's limit
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class TypedAnswer:
    """A reply that fits its schema.

    Parameters
    ----------
    data : object
        The validated object.
    text : str
        The reply's JSON in the original form of the schema.
    """

    data: Any
    text: str


@dataclass(frozen=True)
class Schema:
    """The type that an answer must have.

    Parameters
    ----------
    name : str
        As the API requires: at most 64 letters, digits, `_` and `-`.
    json_schema : mapping
    annotation : object
        The Python type; None where the user gave a JSON schema.
    """

    name: str
    json_schema: Mapping[str, Any] = field(hash=False)
    annotation: Any = field(default=None, repr=False)

    def form(self, *, strict: bool) -> SchemaForm:
        """Return the form of the schema for a request.

        Parameters
        ----------
        strict : bool
            Whether the model supports strict schemas. Other models, and schemas with a part
            that allows any value, use JSON mode.
        """
        form = json_mode_form(self.json_schema)
        if strict:
            with contextlib.suppress(NotStrictError):
                form = strict_form(self.json_schema)
        return replace(form, name=self.name)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return _adapter(self.annotation)

    def read(self, text: str, form: SchemaForm | None = None) -> TypedAnswer:
        """Check a reply, and return its value.

        Parameters
        ----------
        text : str
            JSON.
        form : SchemaForm, optional
            The form that the request contained; None for the schema itself.

        Raises
        ------
        Mismatch
            When it is not valid JSON, or does not fit.
        """
        restore = form.restore if form is not None else None
        try:
            value = json.loads(text)
            if restore is not None:
                value = restore(value)
                text = json.dumps(value, ensure_ascii=False)
            return TypedAnswer(self._validated(text, value), text)
        except Mismatch:
            raise
        except (RecursionError, json.JSONDecodeError) as error:
            raise unreadable(error) from None
        except ValueError as error:
            raise Mismatch((f"{WHOLE}: {line(error)}",)) from None

    def plain(self, data: Any) -> Any:
        """Return the data of a `TypedAnswer` as values of JSON."""
        if self.annotation is None:
            return data
        return self._adapter.dump_python(data, mode="json", by_alias=True)

    def _validated(self, text: str, value: Any) -> Any:
        if self.annotation is None:
            return check_value(value, self.json_schema)
        from pydantic import ValidationError

        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise Mismatch(faults_of(error)) from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the user's own validators may raise anything
            raise Mismatch((f"{type_name(error)}: {line(error)}",)) from None


def schema_of(given: Any, namespace: Mapping[str, Any] | None = None) -> Schema:
    """Return a schema from what the user has given.

    Parameters
    ----------
    given : object
        A pydantic model, dataclass, TypedDict, Enum, `list[…]` of them or another type; a JSON
        schema as a dict; a Schema; or a text, which names a type of the session or lists the
        fields.
    namespace : mapping, optional
        The session's variables, for a text.

    Raises
    ------
    OptionError
        When it is something else, or pydantic has no JSON schema for it.
    """
    if isinstance(given, Schema):
        return given
    try:
        return _schema_of(given, namespace or {})
    except (OptionError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - the session's classes may raise anything
        why = line(error).partition(" For further information")[0]
    # Raised outside of `except` it has no context.
    raise _no_schema(given, f"{why.rstrip('.')}.")


def _schema_of(given: Any, namespace: Mapping[str, Any]) -> Schema:
    if isinstance(given, str):
        given = type_declared(given, namespace)
    if isinstance(given, Mapping):
        return Schema(_name(given.get("title", "")), valid_json_schema(dict(given)))
    given = type(None) if given is None else _for_pydantic(given)
    if not is_type(given):
        raise _no_schema(given, "it isn't a type.")
    # A default or an example may be any object.
    found = json.loads(json.dumps(_json_schema(given), default=str))
    return Schema(_name(given.__name__ if isinstance(given, type) else ""), found, given)


def _no_schema(given: Any, why: str) -> OptionError:
    return OptionError(
        f"--schema: {clip(_shown(given), 60)} has no JSON schema: {why}",
        "Use a pydantic model, a dataclass, an Enum, list[…] of one, or 'city, price float'.",
    )


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(annotation)


def _json_schema(annotation: Any) -> dict[str, Any]:
    """Return the JSON schema of a type; fields of a NamedTuple keep their names."""
    from pydantic.json_schema import GenerateJsonSchema

    class WithNames(GenerateJsonSchema):
        def get_title_from_name(self, name: str) -> str:
            return name

        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - of all
            return True

    return _adapter(annotation).json_schema(schema_generator=WithNames)


def _for_pydantic(annotation: Any) -> Any:
    """Return a type with TypedDicts of typing_extensions, which pydantic needs before 3.12."""
    if sys.version_info >= (3, 12):
        return annotation
    if typing.is_typeddict(annotation):
        hints = typing.get_type_hints(annotation, include_extras=True)
        required = annotation.__required_keys__
        not_required: Any = typing_extensions.NotRequired
        fields = {name: _for_pydantic(hint) for name, hint in hints.items()}
        fields |= {name: not_required[fields[name]] for name in fields if name not in required}
        make: Any = typing_extensions.TypedDict
        return make(annotation.__name__, fields)
    arguments = typing.get_args(annotation)
    if isinstance(annotation, GenericAlias) and any(map(typing.is_typeddict, arguments)):
        origin: Any = annotation.__origin__
        return origin[tuple(map(_for_pydantic, arguments))]
    return annotation


def _shown(annotation: Any) -> str:
    return tried(lambda: getattr(annotation, "__name__", "") or repr(annotation), "it")


def _name(name: str) -> str:
    return _NAME.sub("_", str(name))[:_LONGEST_NAME].strip("_") or "answer"
