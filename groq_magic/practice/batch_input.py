"""Parse a batch's input file, or list its faults as the API does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.practice import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ENDPOINT", "BatchLine", "LineFault", "parse_input"]

ENDPOINT = "/v1/chat/completions"
_MOST_LINES = 50_000
# Faults that the API lists.
_MOST_FAULTS = 20


@dataclass(frozen=True)
class BatchLine:
    """One request of a batch."""

    custom_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class LineFault:
    """A reason to refuse a file.

    Parameters
    ----------
    code, message : str
    line : int or None
        From 1; None for the whole file.
    param : str or None
        The wrong member.
    """

    code: str
    message: str
    line: int | None = None
    param: str | None = None

    def item(self) -> dict[str, object]:
        """Return the fault as the API lists it."""
        return vars(self)


def parse_input(content: bytes) -> tuple[tuple[BatchLine, ...], tuple[LineFault, ...]]:
    """Return the requests of a file and no faults, or no requests and its faults."""
    lines = content.rstrip(b"\n").split(b"\n")
    if len(lines) > _MOST_LINES:
        message = f"The file has {len(lines):,} lines; {_MOST_LINES:,} are allowed."
        return (), (LineFault("too_many_tasks", message),)
    parsed = tuple(_parse(lines))
    faults = tuple(each for each in parsed if isinstance(each, LineFault))
    if faults:
        return (), faults[:_MOST_FAULTS]
    return tuple(each for each in parsed if isinstance(each, BatchLine)), ()


def _parse(lines: list[bytes]) -> Iterator[BatchLine | LineFault]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            yield LineFault("invalid_json_line", "This line is not a JSON object.", number)
            continue
        fault = _fault_of(given, number)
        if fault is None and given["custom_id"] in seen:
            message = "Another line has the same custom_id."
            fault = LineFault("duplicate_custom_id", message, number, "custom_id")
        if fault is not None:
            yield fault
            continue
        seen.add(given["custom_id"])
        yield BatchLine(given["custom_id"], given["body"])


def _fault_of(given: Mapping[str, Any], number: int) -> LineFault | None:
    name, body = given.get("custom_id"), given.get("body")
    if not isinstance(name, str) or not name:
        return _missing("custom_id", number)
    if given.get("method") != "POST":
        return LineFault("invalid_method", "The method must be POST.", number, "method")
    if given.get("url") != ENDPOINT:
        return LineFault("invalid_url", f"The url must be {ENDPOINT}.", number, "url")
    return _fault_of_body(body, number) if isinstance(body, dict) else _missing("body", number)


def _fault_of_body(body: Mapping[str, Any], number: int) -> LineFault | None:
    if body.get("stream"):
        return LineFault("invalid_request", "A batch can't stream.", number, "body.stream")
    model = catalogue.find(str(body.get("model")))
    if model is not None and not model.is_gpt_oss:
        message = f"The model `{model.id}` is not available in batches."
        return LineFault("model_not_supported", message, number, "body.model")
    return None


def _missing(name: str, number: int) -> LineFault:
    return LineFault("missing_required_parameter", f"`{name}` is missing.", number, name)
