"""Rewrite a JSON schema for Groq's strict mode, and convert its answers back.

Strict mode requires every property, allows no others, and refuses constraints. So an optional
property becomes one that may be null, an open map a list of entries, and a tuple an object.
Constraints move into the description, and are checked on the reply.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from groq_magic.schemas.fitting import SCALARS, fits
from groq_magic.schemas.form import Restore, SchemaForm, name_of_root, object_of, unwrapping

__all__ = ["NotStrictError", "strict_form"]

Definitions = Mapping[str, Mapping[str, Any]]
_ROOT = "#"
# Keywords that are no constraints: structure, texts, and the default, which null replaces.
_STRUCTURE = (
    *("$defs", "$id", "$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const"),
    *("default", "definitions", "description", "discriminator", "enum", "items", "oneOf"),
    *("prefixItems", "properties", "propertyNames", "required", "title", "type"),
)


class NotStrictError(ValueError):
    """The schema has no strict form: for example, a part of it allows any value."""


def strict_form(schema: Mapping[str, Any]) -> SchemaForm:
    """Rewrite a JSON schema for strict mode.

    Raises
    ------
    NotStrictError
        When it has no strict form.
    """
    rewriter = _StrictRewriter(schema)
    form = rewriter.of(schema)
    if form.schema.get("type") != "object":
        name = name_of_root(form.schema)
        form = _Form(object_of({name: form.schema}), unwrapping(name, form.restore))
    definitions = {name: one.schema for name, one in rewriter.forms.items()}
    whole = {**form.schema, **({"$defs": definitions} if definitions else {})}
    return SchemaForm(whole, form.restore, is_strict=True)


@dataclass(frozen=True)
class _Form:
    """A rewritten part; without `restore` its replies fit the original schema unchanged."""

    schema: dict[str, Any]
    restore: Restore | None = None


class _StrictRewriter:
    """Rewrites one schema with its definitions, which may refer to themselves."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.definitions: Definitions = {
            **root.get("definitions", {}),
            **root.get("$defs", {}),
        }
        self.forms: dict[str, _Form] = {}
        self._begun: set[str] = set()

    def of(self, schema: Any) -> _Form:
        """Return the strict form of a part."""
        if not isinstance(schema, Mapping):
            raise NotStrictError("a part of it allows any value")
        form = self._of_kind(schema)
        if "$ref" in form.schema or not (text := _description(schema)):
            return form
        return _Form({**form.schema, "description": text}, form.restore)

    def _of_kind(self, schema: Mapping[str, Any]) -> _Form:
        for keyword, rewrite in (
            ("$ref", self._reference),
            ("anyOf", self._union),
            ("oneOf", self._union),
            ("allOf", self._all_of),
        ):
            if keyword in schema:
                return rewrite(schema[keyword])
        kind = schema.get("type")
        if "const" in schema or "enum" in schema:
            typed = {"type": kind} if kind in SCALARS else {}
            values = list(schema.get("enum", [schema.get("const")]))
            if any(isinstance(each, float) and not math.isfinite(each) for each in values):
                raise NotStrictError("it has a number that JSON lacks")
            return _Form({**typed, "enum": values})
        if isinstance(kind, list):
            return self._union([{**schema, "type": each} for each in kind])
        return self._of_type(schema)

    def _of_type(self, schema: Mapping[str, Any]) -> _Form:
        kind = schema.get("type")
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema)
        if kind == "array" or (kind is None and "items" in schema):
            return self._array(schema)
        if kind in SCALARS:
            return _Form({"type": kind})
        raise NotStrictError("a part of it allows any value")

    def _reference(self, reference: str) -> _Form:
        *path, last = reference.split("/")
        name = unquote(last).replace("~1", "/").replace("~0", "~")
        if reference == _ROOT:
            body: Mapping[str, Any] = self.root
        elif path in (["#", "$defs"], ["#", "definitions"]) and name in self.definitions:
            body = self.definitions[name]
        else:
            raise NotStrictError(f"it refers to {reference}")
        if name not in self._begun:
            self._begun.add(name)
            self.forms[name] = self.of(body)
        # Called later: whether the definition needs `restore` may not be known yet.
        return _Form({"$ref": f"#/$defs/{name}"}, lambda value: self._restored(name, value))

    def _restored(self, name: str, value: Any) -> Any:
        restore = self.forms[name].restore
        return value if restore is None else restore(value)

    def _union(self, schemas: list[Any]) -> _Form:
        forms = [self.of(each) for each in schemas]
        if len(forms) == 1:
            return forms[0]
        schema = {"anyOf": [form.schema for form in forms]}
        if all(form.restore is None for form in forms):
            return _Form(schema)

        def restore(value: Any) -> Any:
            for form in forms:
                if self.fits(value, form.schema):
                    return value if form.restore is None else form.restore(value)
            return value

        return _Form(schema, restore)

    def _all_of(self, schemas: list[Any]) -> _Form:
        if len(schemas) != 1:
            raise NotStrictError("it has allOf with several schemas")
        return self.of(schemas[0])

    def _object(self, schema: Mapping[str, Any]) -> _Form:
        properties = schema.get("properties", {})
        if not properties and schema.get("additionalProperties", True) is not False:
            return self._map(schema)
        forms = {name: self.of(part) for name, part in properties.items()}
        required = schema.get("required", ())
        optional = {
            name: {"anyOf": [form.schema, {"type": "null"}]}
            for name, form in forms.items()
            if name not in required and not self.fits(None, form.schema)
        }
        sent = object_of({name: form.schema for name, form in forms.items()} | optional)
        restores = {name: form.restore for name, form in forms.items() if form.restore is not None}
        if not (restores or optional):
            return _Form(sent)

        def restore(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            return {
                name: restores[name](each) if name in restores else each
                for name, each in value.items()
                # Null means that the property is missing, unless null is a value of it.
                if not (
                    each is None and name in optional and not self.fits(None, forms[name].schema)
                )
            }

        return _Form(sent, restore)

    def _map(self, schema: Mapping[str, Any]) -> _Form:
        values = self.of(schema.get("additionalProperties", True))
        keys = {"type": "string"}
        if "propertyNames" in schema:
            named = self.of({"type": "string", **schema["propertyNames"]}).schema
            keys = named if "enum" in named or "$ref" in named else keys
        pair = object_of({"key": keys, "value": values.schema})
        # An object, so that in a union it isn't mistaken for a list.
        sent = object_of({"entries": {"type": "array", "items": pair}})

        def restore(value: Any) -> Any:
            if not self.fits(value, sent):
                return value
            found: dict[str, Any] = {}
            for entry in value["entries"]:
                key, each = entry["key"], entry["value"]
                if key in found:
                    raise ValueError(f"the key {json.dumps(key)} occurs twice")
                found[key] = values.restore(each) if values.restore else each
            return found

        return _Form(sent, restore)

    def _array(self, schema: Mapping[str, Any]) -> _Form:
        if "prefixItems" in schema:
            return self._tuple(schema)
        form = self.of(schema.get("items", True))
        sent = {"type": "array", "items": form.schema}
        inner = form.restore
        if inner is None:
            return _Form(sent)

        def restore(value: Any) -> Any:
            return [inner(each) for each in value] if isinstance(value, list) else value

        return _Form(sent, restore)

    def _tuple(self, schema: Mapping[str, Any]) -> _Form:
        first = schema["prefixItems"]
        if schema.get("items", schema.get("maxItems") != len(first)) is not False:
            raise NotStrictError("it has a tuple of any length")
        # A NamedTuple's titles are the names of its fields.
        names = [str(each.get("title", "")) for each in first if isinstance(each, Mapping)]
        if len(set(filter(None, names))) < len(first):
            names = [f"item_{place}" for place in range(1, len(first) + 1)]
        forms = {name: self.of(each) for name, each in zip(names, first, strict=True)}

        def restore(value: Any) -> Any:
            if not isinstance(value, dict) or set(value) != set(forms):
                return value
            return [
                form.restore(value[name]) if form.restore else value[name]
                for name, form in forms.items()
            ]

        return _Form(object_of({name: form.schema for name, form in forms.items()}), restore)

    def fits(self, value: Any, schema: Mapping[str, Any]) -> bool:
        """Whether a value fits a strict form."""
        # A definition still being rewritten is missing here; it is an object, so null never fits.
        return fits(value, schema, {name: form.schema for name, form in self.forms.items()})


def _description(schema: Mapping[str, Any]) -> str:
    """Return the schema's description, with the constraints that strict mode refuses."""
    constraints = "; ".join(
        f"{keyword}: {json.dumps(value, ensure_ascii=False, default=str)}"
        for keyword, value in schema.items()
        if keyword not in _STRUCTURE
    )
    text = str(schema.get("description", ""))
    return f"{text} ({constraints})".strip() if constraints else text
