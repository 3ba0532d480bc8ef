"""One column in a prompt: type, number of missing values, range or most frequent values."""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, number, plain, tried, type_name
from groq_magic.prompt.cells import single_cell
from groq_magic.prompt.sample import of_sample, series_part

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Extent

__all__ = ["TOP", "dtype_text", "frequent", "number_text", "profile"]

_MOST_PROFILED = 20_000
TOP = 3
# A column with more different values than these holds data, not categories.
_FEW = 20
_PLAIN = frozenset({str, int, float, bool, type(None)})
# Types whose names contain values: the fill value of a sparse array, the categories of polars.
_VALUES_IN_A_TYPE = re.compile(r"(Sparse|Enum)[\[(].*", re.DOTALL)


def dtype_text(dtype: Any, extent: Extent) -> str:
    """Return the name of a column's type, without the values in it if none may be shown."""
    text = tried(lambda: plain(str(dtype)), "unknown")
    return clip(text if extent.values else _VALUES_IN_A_TYPE.sub(r"\1", text), 40)


def profile(name: str, series: Any, extent: Extent) -> str:
    """Return one line about a pandas series, under a given name."""
    # An extension dtype or a user's __eq__ may raise anything.
    facts = tried(lambda: _measured(series, extent), None)
    return ", ".join([f"{name}: {dtype_text(series.dtype, extent)}", *(facts or ())])


def _measured(series: Any, extent: Extent) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows and infinities in someone's data
        part = series_part(series)
        facts = _facts(part, extent)
    if facts:
        facts[-1] += of_sample(len(part), len(series))
    return facts


def _facts(series: Any, extent: Extent) -> list[str]:
    rows = len(series)
    if not rows:
        return []
    nulls = int(series.isna().sum())
    if nulls == rows:
        return ["all missing"]
    facts = [f"{nulls:,} missing"] if nulls else []
    if not extent.values:
        return facts
    kind = series.dtype.kind
    if kind == "b":
        facts.append(f"{float(series.mean()):.1%} true")
    elif kind in "iuf":
        facts += [
            f"min {number_text(series.min())}",
            f"mean {number_text(series.mean())}",
            f"max {number_text(series.max())}",
        ]
    elif kind in "mM" or str(series.dtype).startswith("period"):
        facts += [f"min {single_cell(series.min())}", f"max {single_cell(series.max())}"]
    else:
        facts.append(_most_frequent(series))
    return facts


def _most_frequent(series: Any) -> str:
    sampled = len(series) > _MOST_PROFILED
    if sampled:
        # Random positions, always the same ones: steps could coincide with a period of the data.
        chance = sys.modules["numpy"].random.default_rng(0)
        series = series.iloc[chance.integers(0, len(series), _MOST_PROFILED)]
    if str(series.dtype) == "object" and not _PLAIN.issuperset(map(type, series)):
        # pandas counts lists and dicts too, in quadratic time: count them by their type.
        series = series.dropna().map(_countable)
    counts = series.value_counts()
    counts = counts[counts > 0]  # a categorical counts what isn't there, too
    if counts.empty:
        return "values too rare for the sample"
    return frequent(list(counts.iloc[:TOP].items()), len(counts), counts.sum(), sampled=sampled)


def frequent(top: list[tuple[Any, int]], different: int, values: int, *, sampled: bool) -> str:
    """Return the most frequent values of a column with few values, else the number of values.

    Parameters
    ----------
    top : list of (object, int)
        The most frequent values and their counts.
    different, values : int
        The number of different values, and of all values.
    sampled : bool
        Whether only a part was counted.
    """
    if top[0][1] == 1:
        return "all different"
    if different > _FEW:
        return f"{different:,}{'+' * sampled} different"
    shown = ", ".join(f"{single_cell(x)} {n / values:.0%}" for x, n in top)
    more = f" of {different:,}{'+' * sampled} different" if different > TOP else ""
    return f"top {shown}{more}"


def _countable(value: Any) -> Any:
    """Return a value, or its type if the value can't be counted."""
    hashable = tried(lambda: isinstance(hash(value), int), otherwise=False)
    return value if hashable else f"<{type_name(value)}>"


def number_text(value: Any) -> str:
    """Return a number, of numpy or Python, in about six digits."""
    return number(value.item() if hasattr(value, "item") else value)
