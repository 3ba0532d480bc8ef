"""Arrays in prompts."""

from __future__ import annotations

import math
import warnings
from typing import Any

from groq_magic.prompt.clipping import clip, flat, number

__all__ = ["summarise_array"]

_SHOWN_WHOLE = 100
_LONGEST = 4_000
_FIRST = 10
_MOST_MEASURED = 5_000_000


def summarise_array(array: Any, numpy: Any) -> str:
    """Return a small array in full, a large one as shape, dtype, range and first values.

    Parameters
    ----------
    array : numpy.ndarray
        Of any dtype and shape.
    numpy : module
        The loaded numpy.
    """
    head = f"ndarray {array.shape}, {clip(str(array.dtype), 200)}"
    if array.size <= _SHOWN_WHOLE:
        values = flat(array.tolist(), _LONGEST - 300)
        return f"{head}: {values}"
    lines = [head, *_measures(array, numpy)]
    first = ", ".join(_value(value) for value in array.flat[:_FIRST].tolist())
    lines.append(f"first values: {first}, …")
    return "\n".join(lines)


def _measures(array: Any, numpy: Any) -> list[str]:
    if array.dtype.kind not in "biufmM":
        return []
    step = math.ceil(array.size / _MOST_MEASURED)
    part = array.ravel(order="K")[::step]
    of = "" if step == 1 else f" (of every {step}th value)"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows, infinities and empty parts
        if array.dtype.kind == "b":
            return [f"{part.mean():.1%} true{of}"]
        missing = numpy.isnan(part) if array.dtype.kind in "fmM" else None
        if missing is not None and missing.any():
            of += f", {missing.mean():.1%} missing"
            part = part[~missing]
        if not part.size:
            return ["all missing"]
        measures = [("min", part.min()), ("max", part.max())]
        if array.dtype.kind in "iuf":
            measures.insert(1, ("mean", part.mean(dtype="float64")))
    return [", ".join(f"{name} {_value(value)}" for name, value in measures) + of]


def _value(value: Any) -> str:
    plain = value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value
    if isinstance(plain, float):
        return number(plain)
    return flat(value, 40)
