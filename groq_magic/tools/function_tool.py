"""A function as a tool: its parameters as a JSON schema, and a call with checked arguments."""

from __future__ import annotations

import inspect
import json
import re
import typing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, plain, tried, type_name
from groq_magic.errors import OptionError
from groq_magic.printable import SURROGATE
from groq_magic.prompt.named_secrets import is_secret
from groq_magic.schemas import faults_of, without_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docstring_parser import Docstring
    from pydantic import BaseModel

__all__ = ["BadArgumentsError", "FunctionTool", "tool_of"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the API's rule for names
_LONGEST_TEXT = 1_000
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class BadArgumentsError(ValueError):
    """A model called a tool with wrong arguments.

    Parameters
    ----------
    text : str
        What is wrong. It may quote private values: the user's own validators write some of it.
    known : str
        Text that the model already has; its words are not hidden in the message.
    """

    def __init__(self, text: str, known: str) -> None:
        super().__init__(text)
        self.known = known


@dataclass(frozen=True)
class FunctionTool:
    """A function that a model may call.

    Parameters
    ----------
    name : str
        The function's name for the user and for the model.
    function : callable
    description : str
        From its docstring.
    parameters : mapping
        Their JSON schema.
    """

    name: str
    function: Callable[..., Any] = field(repr=False)
    description: str
    parameters: Mapping[str, Any] = field(repr=False, hash=False)
    _arguments: type[BaseModel] = field(repr=False, compare=False)
    _positional: tuple[inspect.Parameter, ...] = field(repr=False, compare=False)

    def declaration(self) -> dict[str, Any]:
        """Return the declaration for a request."""
        described = {"description": self.description} if self.description else {}
        function = {"name": self.name, **described, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}

    def without_defaults(self) -> FunctionTool:
        """Return the tool without its default values, which may be the user's data."""
        parameters = without_defaults(self.parameters, lambda _name, _value: True)
        return replace(self, parameters=parameters)

    def call(self, arguments: str) -> Any:
        """Check arguments, and return what the function returns.

        Parameters
        ----------
        arguments : str
            JSON, as the model wrote it.

        Raises
        ------
        BadArgumentsError
            When they are not valid JSON, or don't fit the parameters.
        """
        checked = self._checked(arguments)
        given = {
            name: getattr(checked, at)
            for at, name in _aliases(self._arguments).items()
            if at in checked.model_fields_set
        }
        # A positional parameter that is left out before a given one gets its default.
        last = max((n for n, each in enumerate(self._positional) if each.name in given), default=-1)
        first = [given.pop(each.name, each.default) for each in self._positional[: last + 1]]
        return self.function(*first, **given)

    def _checked(self, arguments: str) -> BaseModel:
        from pydantic import ValidationError

        try:
            return self._arguments.model_validate_json(arguments.strip() or "{}")
        except ValidationError as error:
            why = "; ".join(faults_of(error, whole="the arguments"))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the user's own validators may raise anything
            why = f"{type_name(error)}: {tried(partial(_text, error), '')}".removesuffix(": ")
        known = f"{arguments} {json.dumps(self.parameters)}"
        # Raised outside of `except` it has no context, which could quote values.
        raise BadArgumentsError(why, known)


def tool_of(name: str, function: Any) -> FunctionTool:
    """Return a function of the session as a tool.

    Parameters
    ----------
    name : str
        The user's name for it.
    function : object

    Raises
    ------
    OptionError
        When a model can't call it, with the reason.
    """
    try:
        return _tool_of(name, function)
    except (OptionError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - an object that can be called may raise anything
        reason = f"{type_name(error)}: {' '.join(tried(partial(_text, error), '').split())}"
    # Raised outside of `except` it has no context.
    raise OptionError(
        f"--tools: the parameters of {name} can't be read ({clip(reason.rstrip(': .'), 120)}).",
        f"Write a function of your own that calls {name}.",
    )


def _tool_of(name: str, function: Any) -> FunctionTool:
    if not callable(function):
        raise OptionError(f"--tools: {clip(name, 60)!r} isn't a function.", "Name a function.")
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"--tools: {clip(name, 60)!r} isn't a name that a model can call.",
            "Give the function a name of at most 64 letters, digits, `_` or `-`.",
        )
    if inspect.iscoroutinefunction(function):
        raise OptionError(f"--tools: {name} is async.", "Give the model a plain function.")
    if inspect.isclass(function):
        raise OptionError(f"--tools: {name} is a class.", "Give the model a function.")
    parameters, hints = _signature(name, function)
    docstring = _docstring_of(function)
    described = {each.arg_name: each.description or "" for each in docstring.params}
    model, schema = _arguments(name, parameters, hints, described)
    positional = tuple(
        each for each in parameters if each.kind is inspect.Parameter.POSITIONAL_ONLY
    )
    text = "\n\n".join(filter(None, (docstring.short_description, docstring.long_description)))
    return FunctionTool(name, function, clip(text, _LONGEST_TEXT), schema, model, positional)


def _signature(name: str, function: Any) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """Return the parameters that a model can give, and their type hints."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        raise OptionError(
            f"--tools: Python can't read the parameters of {name}.",
            f"Write a function of your own that calls {name}.",
        ) from None
    # A hint may name a type that isn't defined: then the parameters have no types.
    none: dict[str, Any] = {}
    hints = tried(lambda: typing.get_type_hints(_with_hints(function), include_extras=True), none)
    return [each for each in parameters if each.kind not in _VARIADIC], hints


def _with_hints(function: Any) -> Any:
    """Return the function with the type hints of a partial, a method, or an instance."""
    found = inspect.unwrap(getattr(function, "func", function))
    return found if inspect.isroutine(found) else type(found).__call__


def _arguments(
    name: str, parameters: list[inspect.Parameter], hints: dict[str, Any], described: dict[str, str]
) -> tuple[type[BaseModel], dict[str, Any]]:
    """Return a model of the arguments, and its JSON schema."""
    from pydantic import ConfigDict, Field, PydanticUserError, create_model

    fields: dict[str, Any] = {}
    for at, each in enumerate(parameters):
        facts: dict[str, Any] = {"alias": each.name}
        if described.get(each.name):
            facts["description"] = clip(described[each.name], _LONGEST_TEXT)
        if each.default is not inspect.Parameter.empty:
            facts["default"] = None
        # pydantic refuses fields named with an underscore first, or like its methods.
        fields[f"argument_{at}"] = (hints.get(each.name, Any), Field(**facts))
    try:
        model = create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
        schema = model.model_json_schema(by_alias=True)
        # As a request contains it: without NaN and halves of surrogate pairs.
        json.dumps(schema, allow_nan=False, ensure_ascii=False).encode()
    except (PydanticUserError, TypeError, NameError, ValueError):
        odd = next(
            (each for each in parameters if not _has_schema(hints.get(each.name, Any))), None
        )
        raise OptionError(
            f"--tools: a model can't pass {odd.name if odd else 'the parameters'} to {name}.",
            "Its type has no JSON schema: name a function that takes texts and numbers.",
        ) from None
    return model, _tidy(parameters, schema)


def _has_schema(hint: Any) -> bool:
    from pydantic import TypeAdapter

    return tried(lambda: TypeAdapter(hint).json_schema() is not None, otherwise=False)


def _tidy(parameters: list[inspect.Parameter], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with the function's own defaults, without pydantic's titles."""
    properties = {name: dict(part) for name, part in schema.get("properties", {}).items()}
    for each in parameters:
        part = properties[each.name]
        part.pop("title", None)
        part.pop("default", None)
        if each.default is not inspect.Parameter.empty and _is_json(each.default):
            part["default"] = each.default
    kept: dict[str, Any] = {name: schema[name] for name in ("required", "$defs") if name in schema}
    found = {"type": "object", "properties": properties, **kept, "additionalProperties": False}
    return dict(without_defaults(found, is_secret))


def _is_json(value: Any) -> bool:
    """Whether a value is short, and can be sent."""

    def size() -> int:
        return len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())

    return tried(size, _LONGEST_TEXT + 1) <= _LONGEST_TEXT


def _aliases(model: type[BaseModel]) -> dict[str, str]:
    return {at: str(each.alias) for at, each in model.model_fields.items()}


def _docstring_of(function: Any) -> Docstring:
    from docstring_parser import Docstring, ParseError, parse

    text = tried(lambda: inspect.getdoc(getattr(function, "func", function)), None)
    try:
        return parse(SURROGATE.sub("\ufffd", text)) if isinstance(text, str) else Docstring()
    except ParseError:
        return Docstring()


def _text(error: BaseException) -> str:
    return plain(str(error))
