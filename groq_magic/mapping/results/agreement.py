"""Compare answers with a column of the data, or with another model's answers."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, safe_repr, tried
from groq_magic.errors import OptionError
from groq_magic.mapping.data.cells import is_missing
from groq_magic.prompt.expression import near
from groq_magic.prompt.scalars import is_of
from groq_magic.views.map.facts import Agreement, Disagreement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.mapping.data.rows import Rows

__all__ = [
    "Check",
    "agreement",
    "as_category",
    "as_number",
    "checks_of",
    "positions_to_check",
]

# Larger numbers are identifiers, and their squares overflow.
_LARGEST = 1e15


@dataclass(frozen=True)
class Check:
    """A field of the answers, and the column to compare it with.

    Parameters
    ----------
    name : str
        The field's name.
    position : int
        The column's position.
    """

    name: str
    position: int


def checks_of(text: str, fields: Iterable[str], rows: Rows) -> tuple[Check, ...]:
    """Return the checks that `--check` names: `score=teacher,cat=hand`.

    Parameters
    ----------
    text : str
    fields : iterable of str
        The fields of the answers.
    rows : Rows

    Raises
    ------
    OptionError
        When a name is unknown, or given twice.
    """
    names = list(fields)
    found: dict[str, Check] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, column = (part.strip() for part in pair.partition("="))
        if not name or not column:
            raise OptionError(
                f"--check: `{clip(pair, 60)}` isn't field=column.", "Try --check score=teacher."
            )
        if name in found:
            raise OptionError(f"--check names `{name}` twice.", "Check it with one column.")
        if name not in names:
            raise _unknown("the answers have no field", name, names)
        if column not in rows.names:
            raise _unknown("there is no column", column, rows.names)
        found[name] = Check(name, rows.names.index(column))
    if not found:
        raise OptionError("--check is empty.", "Try --check score=teacher.")
    return tuple(found.values())


def positions_to_check(rows: Rows, checks: Iterable[Check]) -> list[int]:
    """Return the positions of rows with a value in at least one of the checked columns."""
    columns = [rows.columns[check.position].cells for check in checks]
    return [
        position
        for position in range(len(rows))
        if any(not is_missing(column[position]) for column in columns)
    ]


def agreement(expected: Sequence[Any], answers: Sequence[Any]) -> Agreement:
    """Compare the answer to each row with the expected value.

    Values are compared as numbers if all are numbers, else as texts without regard to case and
    outer spaces. Rows without an expected value don't count.

    Parameters
    ----------
    expected, answers : sequence of object
    """
    pairs = enumerate(zip(expected, answers, strict=True))
    rows = [(position, a, b) for position, (a, b) in pairs if not is_missing(a)]
    both = [row for row in rows if not is_missing(row[2])]
    unanswered = len(rows) - len(both)
    if not both:
        return Agreement(0, 0, unanswered)
    numbers = [(as_number(first), as_number(second)) for _, first, second in both]
    known = [(a, b) for a, b in numbers if a is not None and b is not None]
    if len(known) == len(both):
        return _of_numbers(both, known, unanswered)
    return _of_texts(both, unanswered)


def _of_texts(rows: list[tuple[int, Any, Any]], unanswered: int) -> Agreement:
    texts = [(as_category(first), as_category(second)) for _, first, second in rows]
    pairs = [(a.casefold(), b.casefold()) for a, b in texts]
    # A category is shown as it is first written, in an expected value if possible.
    written: dict[str, str] = {}
    for side in zip(*texts, strict=True):
        for text in side:
            written.setdefault(text.casefold(), text)
    differing = [row for row, (a, b) in zip(rows, pairs, strict=True) if a != b]
    return Agreement(
        len(rows),
        len(rows) - len(differing),
        unanswered,
        tuple(written[each] for each in sorted(written)),
        Counter((written[a], written[b]) for a, b in pairs),
        tuple(Disagreement(*row) for row in differing),
    )


def _of_numbers(
    rows: list[tuple[int, Any, Any]], pairs: list[tuple[float, float]], unanswered: int
) -> Agreement:
    errors = [answer - expected for expected, answer in pairs]
    total = len(errors)
    apart = [(abs(error), row) for error, row in zip(errors, rows, strict=True) if error]
    apart.sort(key=lambda one: -one[0])
    return Agreement(
        total,
        total - len(apart),
        unanswered,
        tuple(map(_digits, sorted({each for pair in pairs for each in pair}))),
        Counter((_digits(expected), _digits(answer)) for expected, answer in pairs),
        tuple(Disagreement(*row) for _, row in apart),
        math.fsum(errors) / total,
        math.fsum(map(abs, errors)) / total,
        sum(abs(error) <= 1 for error in errors) / total,
        _kappa(pairs),
    )


def _kappa(pairs: list[tuple[float, float]]) -> float | None:
    """Return Cohen's kappa with quadratic weights.

    The disagreement expected by chance is the mean of (a - b)² over all a and all b. That equals
    the sum of both variances and the squared difference of the means, so no table is needed, and
    the numbers may have decimals.
    """
    count = len(pairs)
    means = [math.fsum(side) / count for side in zip(*pairs, strict=True)]
    variances = (
        math.fsum((each - mean) ** 2 for each in side) / count
        for side, mean in zip(zip(*pairs, strict=True), means, strict=True)
    )
    by_chance = math.fsum(variances) + (means[0] - means[1]) ** 2
    if not by_chance:
        return None
    return 1 - math.fsum((a - b) ** 2 for a, b in pairs) / count / by_chance


def as_number(value: Any) -> float | None:
    """Return a value as a number, None if it is neither a number nor a text of one."""
    if is_a(value, bool) or is_of(value, "numpy", "bool_"):
        return None
    found = tried(lambda: float(value), None)
    return found if found is not None and abs(found) < _LARGEST else None


def as_category(value: Any) -> str:
    """Return a value as the text of a category."""
    number = as_number(value)
    if number is not None:
        return _digits(number)
    text = plain(value) if is_a(value, str) else tried(lambda: plain(str(value)), None)
    return (safe_repr(value, 200) if text is None else text).strip()


def _digits(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _unknown(what: str, name: str, names: Iterable[str]) -> OptionError:
    names = list(names)
    meant = near(name, names)
    listed = clip(", ".join(f"`{each}`" for each in names), 200)
    remedy = f"Did you mean `{meant}`?" if meant else f"Choose from {listed}."
    return OptionError(f"--check: {what} `{clip(name, 60)}`.", remedy)
