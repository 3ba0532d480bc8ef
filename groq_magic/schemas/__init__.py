"""Typed answers: schemas from types or one line, their form in a request, the check of a reply."""

from __future__ import annotations

from groq_magic.schemas.form import SchemaForm, without_defaults
from groq_magic.schemas.mismatch import Mismatch, faults_of, unreadable
from groq_magic.schemas.one_line import Record
from groq_magic.schemas.schema import Schema, TypedAnswer, schema_of

__all__ = [
    "Mismatch",
    "Record",
    "Schema",
    "SchemaForm",
    "TypedAnswer",
    "faults_of",
    "schema_of",
    "unreadable",
    "without_defaults",
]
