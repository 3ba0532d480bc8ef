"""Arrays in prompts."""

from __future__ import annotations

import sys
import warnings
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, flat, is_a, number
from groq_magic.prompt.privacy import PRIVATE, Description
from groq_magic.prompt.sample import of_sample, places_of
from groq_magic.prompt.summary_nested import outline

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Extent

__all__ = ["describe_array"]

_SHOWN_WHOLE = 100
_LONGEST = 4_000
_FIRST = 10
_MOST_ASKED = 5_000


def describe_array(array: Any, extent: Extent) -> Description:
    """Return a small array in full, a large one as shape, dtype, range and first values.

    Parameters
    ----------
    array : numpy.ndarray
        Any dtype and shape; a file that is mapped into memory is not read as a whole.
    extent : Extent
    """
    facts = f"{array.shape}, {clip(str(array.dtype), 200)}"
    opening = f"ndarray {facts}"
    array, lines = _without_private_fields(array, extent)
    length = len(array) if array.shape else 1
    shown = extent.rows_of(length)
    if array.dtype.names == ():
        shown = 0
    elif array.size <= _SHOWN_WHOLE and shown == length and extent.values:
        values = array.tolist()
        nested = outline(values, extent) if array.dtype.hasobject else values
        lines.append(flat(nested, _LONGEST - 300))
        return Description("ndarray", facts, "\n".join(lines), opening=f"{opening}:")
    else:
        lines += _measures(array, extent)
    if shown:
        most = _FIRST if extent.rows is None else _MOST_ASKED
        count = min(most, shown * max(1, array.size // max(1, length)))
        first = ", ".join(_value(v, extent) for v in islice(array.flat[:count].tolist(), count))
        lines.append(f"first values: {first}, …")
    return Description("ndarray", facts, "\n".join(lines), opening=opening)


def _without_private_fields(array: Any, extent: Extent) -> tuple[Any, list[str]]:
    """Return an array without the private fields of its records, and a line on each."""
    names = array.dtype.names or ()
    hidden = [name for name in names if extent.privacy.hides(name)]
    if not hidden:
        return array, []
    kept = array[[name for name in names if name not in hidden]]
    return kept, [f"{name}: {PRIVATE}" for name in hidden]


def _measures(array: Any, extent: Extent) -> list[str]:
    if array.dtype.kind not in "biufmM":
        return []
    numpy = sys.modules["numpy"]
    part = _part(array, numpy)
    sample = of = of_sample(part.size, array.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows, infinities and empty parts
        missing = numpy.isnan(part) if array.dtype.kind in "fmM" else None
        if missing is not None and missing.any():
            of += f", {int(missing.sum()):,} missing"
            part = part[~missing]
        if not extent.values:
            return [of.removeprefix(", ")] if of else []
        if array.dtype.kind == "b":
            return [f"{part.mean():.1%} true{of}"]
        if not part.size:
            return [f"all missing{sample}"]
        measures = [("min", part.min()), ("max", part.max())]
        if array.dtype.kind in "iuf":
            measures.insert(1, ("mean", part.mean(dtype="float64")))
    return [", ".join(f"{name} {_value(value, extent)}" for name, value in measures) + of]


def _part(array: Any, numpy: Any) -> Any:
    """Return the values to measure, in the order of the memory."""
    columns_first = array.flags.f_contiguous and not array.flags.c_contiguous
    values = array.T if columns_first else array
    places = places_of(array.size, values)
    if len(places) == 1:
        return array.ravel(order="K")
    join = numpy.ma.concatenate if is_a(array, numpy.ma.MaskedArray) else numpy.concatenate
    return join([values.flat[place] for place in places])


def _value(value: Any, extent: Extent) -> str:
    # numpy's own numbers have a dtype; reading that of a user's object may raise.
    if type(value).__module__ == "numpy" and value.dtype.kind == "f":
        return number(value.item())
    if is_a(value, dict, list):
        return flat(outline(value, extent), 40)
    return number(value) if is_a(value, float) else flat(value, 40)
