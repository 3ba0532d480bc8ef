"""Choose the part of a large array or column to measure."""

from __future__ import annotations

import mmap
import sys
from typing import Any

from groq_magic.clipping import is_a, tried

__all__ = ["of_sample", "places_of", "series_part"]

# Up to this size everything is measured, in a few milliseconds a column.
_MOST = 2_000_000
_SAMPLED = 500_000
_BLOCKS = 50
# The most that is read of a file that is mapped into memory.
_MAPPED_BYTES = 32_000_000


def places_of(size: int, values: Any) -> tuple[slice, ...]:
    """Return the places to measure: all, or blocks spread from the first to the last.

    A random or strided sample would read a mapped file from end to end; blocks don't.

    Parameters
    ----------
    size : int
        The number of places.
    values : numpy.ndarray or object
        The values, in the order of their places.
    """
    most, sampled = _MOST, _SAMPLED
    if stride := tried(lambda: _stride_in_file(values), 0):
        most = min(most, _MAPPED_BYTES // stride)
        sampled = min(sampled, most)
    if size <= most:
        return (slice(0, size),)
    length = max(1, sampled // _BLOCKS)
    starts = [round(i * (size - length) / (_BLOCKS - 1)) for i in range(_BLOCKS)]
    return tuple(slice(start, start + length) for start in starts)


def series_part(column: Any) -> Any:
    """Return the part of a pandas series or index to measure, all of a small one."""
    values = None if type(column).__name__ == "RangeIndex" else column.values
    places = places_of(len(column), values)
    if len(places) == 1:
        return column
    numpy = sys.modules["numpy"]
    return column.take(numpy.concatenate([numpy.arange(p.start, p.stop) for p in places]))


def of_sample(measured: int, size: int) -> str:
    """Return a note on the size of the sample, "" if everything was measured."""
    return "" if measured == size else f" (of a sample of {measured:,})"


def _stride_in_file(values: Any) -> int:
    """Return the bytes from one value to the next in a mapped file; 0 for values in memory."""
    numpy = sys.modules["numpy"]
    owner = values
    while is_a(owner, numpy.ndarray):
        owner = owner.base
    owner = owner.obj if is_a(owner, memoryview) else owner
    return abs(values.strides[-1]) if is_a(owner, mmap.mmap) else 0
