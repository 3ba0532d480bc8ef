"""Arrays in prompts."""

from __future__ import annotations

import sys
import warnings
from itertools import islice
from typing import Any

from groq_magic.clipping import clip, flat, is_a, number
from groq_magic.prompt.sample import of_sample, places_of
from groq_magic.prompt.summary_nested import summarise_nested

__all__ = ["summarise_array"]

_SHOWN_WHOLE = 100
_LONGEST = 4_000
_FIRST = 10


def summarise_array(array: Any) -> str:
    """Return a small array in full, a large one as shape, dtype, range and first values.

    Parameters
    ----------
    array : numpy.ndarray
        Of any dtype and shape; one that is mapped from a file is not read through.
    """
    head = f"ndarray {array.shape}, {clip(str(array.dtype), 200)}"
    if array.size <= _SHOWN_WHOLE:
        values = array.tolist()
        text = summarise_nested(values) if array.dtype.hasobject else values
        return f"{head}: {flat(text, _LONGEST - 300)}"
    lines = [head, *_measures(array)]
    first = ", ".join(map(_value, islice(array.flat[:_FIRST].tolist(), _FIRST)))
    lines.append(f"first values: {first}, …")
    return "\n".join(lines)


def _measures(array: Any) -> list[str]:
    if array.dtype.kind not in "biufmM":
        return []
    numpy = sys.modules["numpy"]
    part = _part(array, numpy)
    sample = of = of_sample(part.size, array.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows, infinities and empty parts
        if array.dtype.kind == "b":
            return [f"{part.mean():.1%} true{of}"]
        missing = numpy.isnan(part) if array.dtype.kind in "fmM" else None
        if missing is not None and missing.any():
            of += f", {missing.mean():.1%} missing"
            part = part[~missing]
        if not part.size:
            return [f"all missing{sample}"]
        measures = [("min", part.min()), ("max", part.max())]
        if array.dtype.kind in "iuf":
            measures.insert(1, ("mean", part.mean(dtype="float64")))
    return [", ".join(f"{name} {_value(value)}" for name, value in measures) + of]


def _part(array: Any, numpy: Any) -> Any:
    """Return the values that are measured, in the order in which they lie in memory."""
    columns_first = array.flags.f_contiguous and not array.flags.c_contiguous
    values = array.T if columns_first else array
    places = places_of(array.size, values)
    if len(places) == 1:
        return array.ravel(order="K")
    join = numpy.ma.concatenate if is_a(array, numpy.ma.MaskedArray) else numpy.concatenate
    return join([values.flat[place] for place in places])


def _value(value: Any) -> str:
    # numpy's own numbers have a dtype; a user's object may raise when asked for one.
    if type(value).__module__ == "numpy" and value.dtype.kind == "f":
        return number(value.item())
    return number(value) if is_a(value, float) else flat(value, 40)
