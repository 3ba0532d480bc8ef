"""Typed answers: a schema of the session or of one line, as the service takes it, and checked."""

from __future__ import annotations

from groq_magic.schemas.one_line import Record
from groq_magic.schemas.schema import Mismatch, Schema, TypedAnswer, faults_of, schema_of
from groq_magic.schemas.strict import SchemaForm

__all__ = [
    "Mismatch",
    "Record",
    "Schema",
    "SchemaForm",
    "TypedAnswer",
    "faults_of",
    "schema_of",
]
