"""The text of one cell of the data."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.image import is_image
from groq_magic.prompt.privacy import PRIVATE, Extent
from groq_magic.prompt.scalars import is_of, is_scalar
from groq_magic.prompt.summary import describe, scalar_text

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Privacy

__all__ = ["MISSING", "CellText", "cell_text", "is_missing"]

_DEEPEST = 50
_NULLS = frozenset({"NAType", "NaTType"})
_LISTS = (list, tuple, set, frozenset)
_BINARY = (bytes, bytearray, memoryview)


@dataclass(frozen=True)
class CellText:
    """The text of a cell.

    Parameters
    ----------
    text : str
    language : str or None
        The language of the fenced block; None for numbers, dates and similar values, which need
        no block.
    """

    text: str
    language: str | None = None


MISSING = CellText("missing")


def is_missing(value: Any) -> bool:
    """Return whether a cell is None, NaN, or a missing value of pandas or numpy."""
    if value is None:
        return True
    if is_a(value, float):
        return math.isnan(float.__float__(value))
    if type_name(value) in _NULLS:
        return True
    # Of numpy's scalars only NaN and NaT differ from themselves.
    return is_of(value, "numpy", "generic") and tried(lambda: bool(value != value), otherwise=False)  # noqa: PLR0124 - as above


def cell_text(value: Any, privacy: Privacy) -> CellText:
    """Return a cell as text, without private values.

    Parameters
    ----------
    value : object
    privacy : Privacy

    Raises
    ------
    PromptError
        For values that can't be sent as text: bytes, images, methods, recursive containers.
    """
    if is_a(value, str):
        return CellText(plain(value), "text")
    if is_missing(value):
        return MISSING
    if is_scalar(value):
        return CellText(scalar_text(value))
    if is_a(value, *_BINARY):
        raise PromptError(f"binary, {len(value):,} bytes.", "Decode it to text first.")
    if is_image(value):
        raise PromptError("an image.", "A map sends only text.")
    if is_a(value, dict, *_LISTS) or is_of(value, "numpy", "ndarray"):
        found = _json_value(value, privacy, 0)
        return CellText(json.dumps(found, ensure_ascii=False), "json")
    return CellText(describe(value, Extent(privacy.named)).text, "text")


def _json_value(value: Any, privacy: Privacy, depth: int) -> Any:
    """Return a cell as JSON values; private values are replaced."""
    if depth > _DEEPEST:
        raise PromptError("nested too deeply.", "Make columns of its parts.")
    if is_a(value, dict):
        return {
            _key(key): PRIVATE if privacy.hides(key) else _json_value(each, privacy, depth + 1)
            for key, each in dict.items(value)
        }
    if is_of(value, "numpy", "ndarray"):
        value = value.tolist()
    if is_a(value, *_LISTS):
        return [_json_value(each, privacy, depth + 1) for each in value]
    if is_of(value, "numpy", "bool_", "integer", "floating"):
        value = value.item()
    if is_missing(value):
        return None
    is_json = type(value) in {bool, int} or (type(value) is float and math.isfinite(value))
    return value if is_json else cell_text(value, privacy).text


def _key(key: Any) -> str:
    return plain(key) if is_a(key, str) else tried(lambda: plain(str(key)), type_name(key))
