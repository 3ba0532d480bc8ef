"""Labels of tables and series: values read without a label may be private ones."""

from __future__ import annotations

from types import BuiltinFunctionType, MethodType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, tried
from groq_magic.prompt.scalars import is_of

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Privacy

__all__ = ["has_private_labels", "item_is_private", "reads_past_labels"]

# A longer index has rows, not names.
_MOST_LABELS = 100_000
_BY_PLACE = ("_iLocIndexer", "_iAtIndexer")
_BY_LABEL = ("_LocIndexer", "_AtIndexer")
# Attributes without cells' values, or that lead to values with labels.
_HARMLESS = frozenset(
    {"T", "at", "columns", "empty", "height", "iat", "iloc", "index", "loc", "name", "names"}
    | {"nbytes", "ndim", "obj", "shape", "size", "width"}
)


def has_private_labels(value: Any, privacy: Privacy) -> bool:
    """Whether a table, series or index has a private column, row, name or level."""
    if is_of(value, "pandas", "Index"):
        return privacy.hides_any(value.names)
    if is_of(value, "pandas", "DataFrame"):
        return privacy.hides_any(value.columns) or _hides_rows(value.index, privacy)
    if is_of(value, "pandas", "Series"):
        return privacy.hides(value.name) or _hides_rows(value.index, privacy)
    if is_of(value, "polars", "DataFrame"):
        return privacy.hides_any(value.columns)
    return is_of(value, "polars", "Series") and privacy.hides(value.name)


def reads_past_labels(owner: Any, name: str, value: Any, privacy: Privacy) -> bool:
    """Whether an attribute's value comes from a table with private labels, but has no label.

    Parameters
    ----------
    owner : Any
    name : str
        The attribute's name.
    value : Any
        The attribute's value.
    privacy : Privacy
    """
    if not privacy.private or name in _HARMLESS or not has_private_labels(owner, privacy):
        return False
    if is_a(value, MethodType, BuiltinFunctionType):
        return False
    labels = () if is_of(owner, "pandas", "Index") else _labels(owner)
    is_own = name in labels or (name == "dtypes" and is_of(value, "pandas", "Series"))
    return not is_own or privacy.hides(name)


def item_is_private(owner: Any, key: Any, value: Any, privacy: Privacy) -> bool:
    """Whether an item of a table or series, or of its `iloc` or `loc`, is or may be private.

    Parameters
    ----------
    owner : Any
    key : Any
        Labels or positions.
    value : Any
        The item.
    privacy : Privacy
    """
    indexed = is_of(owner, "pandas.core.indexing", *_BY_PLACE, *_BY_LABEL)
    holder = owner.obj if indexed else owner
    if not privacy.private or not has_private_labels(holder, privacy):
        return False
    if any(is_of(value, module, "DataFrame", "Series") for module in ("pandas", "polars")):
        return False
    if is_of(value, "pandas", "Index"):
        return False
    by_place = is_of(owner, "pandas.core.indexing", *_BY_PLACE)
    return tried(lambda: _hides_cell(holder, key, privacy, by_place=by_place), otherwise=True)


def _hides_cell(holder: Any, key: Any, privacy: Privacy, *, by_place: bool) -> bool:
    """Whether the row, column or name of a cell is private; an unknown one counts as private."""
    if is_of(holder, "pandas", "DataFrame"):
        row, column = key
        if by_place:
            row, column = holder.index[row], holder.columns[column]
        return column not in holder.columns or privacy.hides(column) or privacy.hides(row)
    if is_of(holder, "pandas", "Series"):
        label = holder.index[key] if by_place else key
        return label not in holder.index or privacy.hides(holder.name) or privacy.hides(label)
    if is_of(holder, "polars", "DataFrame"):
        _, column = key
        return privacy.hides(holder.columns[column] if is_a(column, int) else column)
    return True


def _labels(owner: Any) -> Any:
    return owner.index if is_of(owner, "pandas", "Series") else getattr(owner, "columns", ())


def _hides_rows(index: Any, privacy: Privacy) -> bool:
    if is_of(index, "pandas", "RangeIndex") or len(index) > _MOST_LABELS:
        return False
    return privacy.hides_any(index)
