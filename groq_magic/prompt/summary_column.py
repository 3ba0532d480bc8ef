"""One column of a frame in a prompt: dtype, nulls, and range or commonest values."""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any

from groq_magic.clipping import clip, flat, is_a, number, plain, tried, type_name
from groq_magic.prompt.sample import of_sample, series_part
from groq_magic.prompt.summary_nested import is_nested, summarise_nested

__all__ = ["cell", "profile"]

_MOST_PROFILED = 20_000
_TOP = 3
_LONGEST_CELL = 40
_PLAIN = frozenset({str, int, float, bool, type(None)})
_NULLS = frozenset({"nan", "None", "NaT", "<NA>"})


def cell(value: Any) -> str:
    """Return a cell's value in at most 40 characters on one line, null as nothing."""
    if is_nested(value):
        return flat(summarise_nested(value), _LONGEST_CELL)
    if is_a(value, str):
        return flat(plain(value), _LONGEST_CELL)
    if is_a(value, float):
        return "" if math.isnan(float.__float__(value)) else number(value)
    text = flat(value, _LONGEST_CELL)
    return "" if text in _NULLS else text.removesuffix(" 00:00:00")


def profile(name: str, series: Any) -> str:
    """Return one line on a pandas series, under the name it is given."""
    line = f"{name}: {clip(tried(lambda: plain(str(series.dtype)), 'unknown'), 40)}"
    # An extension dtype or a user's __eq__ may raise anything.
    facts = tried(lambda: _measured(series), None)
    return ", ".join([line, *(facts or ())])


def _measured(series: Any) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows and infinities in someone's data
        part = series_part(series)
        facts = _facts(part)
    if facts:
        facts[-1] += of_sample(len(part), len(series))
    return facts


def _facts(series: Any) -> list[str]:
    rows = len(series)
    if not rows:
        return []
    nulls = int(series.isna().sum())
    if nulls == rows:
        return ["all null"]
    facts = [f"{nulls / rows:.1%} null"] if nulls else []
    kind = series.dtype.kind
    if kind == "b":
        facts.append(f"{float(series.mean()):.1%} true")
    elif kind in "iuf":
        facts += [
            f"min {_number(series.min())}",
            f"mean {_number(series.mean())}",
            f"max {_number(series.max())}",
        ]
    elif kind in "mM" or str(series.dtype).startswith("period"):
        facts += [f"min {cell(series.min())}", f"max {cell(series.max())}"]
    else:
        facts.append(_commonest(series))
    return facts


def _commonest(series: Any) -> str:
    sampled = len(series) > _MOST_PROFILED
    if sampled:
        # Positions by chance, always the same: a step could fall in with a period of the data.
        chance = sys.modules["numpy"].random.default_rng(0)
        series = series.iloc[chance.integers(0, len(series), _MOST_PROFILED)]
    if str(series.dtype) == "object" and not _PLAIN.issuperset(map(type, series)):
        # pandas counts lists and dicts too, in quadratic time: count them by their type.
        series = series.dropna().map(lambda value: value if _hashable(value) else _kind(value))
    counts = series.value_counts()
    counts = counts[counts > 0]  # a categorical counts what isn't there, too
    if counts.empty:
        return "values too rare for the sample"
    if counts.iloc[0] == 1:
        return "all different"
    values = counts.sum()
    top = ", ".join(f"{cell(x)} {n / values:.0%}" for x, n in counts.iloc[:_TOP].items())
    more = f" of {len(counts):,}{'+' * sampled} different" if len(counts) > _TOP else ""
    return f"top {top}{more}"


def _hashable(value: Any) -> bool:
    return tried(lambda: isinstance(hash(value), int), otherwise=False)


def _kind(value: Any) -> str:
    return f"<{type_name(value)}>"


def _number(value: Any) -> str:
    return number(value.item() if hasattr(value, "item") else value)
