"""The data that a map's view gets: at its start, while it runs, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.ledger.usage import Usage

__all__ = [
    "Agreement",
    "CheckFacts",
    "Disagreement",
    "MapEnd",
    "MapField",
    "MapProgress",
    "MapQuotes",
    "MapRow",
    "MapStart",
]


@dataclass(frozen=True)
class MapStart:
    """The facts that a view gets at the start of a map.

    Parameters
    ----------
    name : str
        The variable for the result, "" for none.
    models : tuple of str
        The ids of the models.
    rows, requested : int
        Rows of the frame, and the answers that they need. Equal rows need one answer; each model
        gives its own.
    columns : tuple of str
        The headings of the table of rows: columns that the prompt names, then new columns.
    data_columns : int
        How many of these headings are columns of the data.
    practice : bool
        Whether the practice server answers.
    notices : tuple of str
        One-line phrases to show above the rows; text in backticks is code.
    error_columns : tuple of int
        The positions of the error columns in `columns`. They are hidden if no row has an error.
    """

    name: str
    models: tuple[str, ...]
    rows: int
    requested: int
    columns: tuple[str, ...]
    data_columns: int
    practice: bool
    notices: tuple[str, ...] = ()
    error_columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class MapProgress:
    """The progress of a map, all models together.

    Parameters
    ----------
    done : int
        Rows with an answer, including those from the journal; equal rows count once.
    failed : int
        Rows with an error.
    from_journal : int
        Rows whose answer was in the journal.
    total : int
        All rows.
    seconds : float
        The time so far.
    rows_a_second : float
        The rate of the last seconds.
    usage : Usage
        The tokens of all requests so far.
    cost : float or None
        In US dollars; None if a price is unknown.
    seconds_left : float or None
        None if unknown.
    waiting_for : str
        Why requests wait, a sentence; "" if no request waits.
    waits : float
        Seconds until the first of them is sent.
    is_over : bool
    in_batch : int
        Rows in batch jobs, without an answer yet.
    """

    done: int
    failed: int
    from_journal: int
    total: int
    seconds: float
    rows_a_second: float
    usage: Usage
    cost: float | None
    seconds_left: float | None
    waiting_for: str
    waits: float
    is_over: bool
    in_batch: int = 0

    @property
    def left(self) -> int:
        """Rows that are still to be asked."""
        return max(0, self.total - self.done - self.failed - self.in_batch)


@dataclass(frozen=True)
class MapRow:
    """One row as a table shows it.

    Parameters
    ----------
    label : str
        The row's label in the index.
    cells : tuple of str
        One for each of `MapStart.columns`, clipped; untrusted text, never markup.
    failed : bool
        Whether it has an error.
    """

    label: str
    cells: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True)
class MapField:
    """The answers in one new column, for counts or a histogram.

    Parameters
    ----------
    name : str
        The column's name.
    kind : {"string", "integer", "number", "boolean", "date", "any"}
    values : sequence of object
        JSON values, one for each row; None for a row without an answer.
    """

    name: str
    kind: str
    values: Sequence[Any] = field(repr=False)


@dataclass(frozen=True)
class MapQuotes:
    """The numbers of found and of invented quotes for one field.

    Parameters
    ----------
    name : str
        The name of the column of quotes.
    found, invented, missing : int
        Rows whose quote is in the row, rows whose quote isn't, and rows without a quote.
    """

    name: str
    found: int
    invented: int
    missing: int


@dataclass(frozen=True)
class Disagreement:
    """A row whose answer differs from the expected value.

    Parameters
    ----------
    position : int
        The row's position.
    expected, answer : object
    """

    position: int
    expected: Any
    answer: Any


@dataclass(frozen=True)
class Agreement:
    """The comparison of answers with expected values.

    Parameters
    ----------
    compared, agreed, unanswered : int
        Rows with both values, rows where both are equal, and rows without an answer.
    categories : tuple of str
        The values in the table, sorted.
    table : mapping of (str, str) to int
        How often each pair of expected value and answer occurs.
    disagreements : tuple of Disagreement
        For numbers the largest differences first.
    mean_error, mean_absolute_error, within_one, kappa : float or None
        For numbers: the mean error, the mean absolute error, the share of answers at most 1 off,
        and Cohen's kappa with quadratic weights. None for categories; kappa is also None if all
        values are equal.
    """

    compared: int
    agreed: int
    unanswered: int
    categories: tuple[str, ...] = ()
    table: Mapping[tuple[str, str], int] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    mean_error: float | None = None
    mean_absolute_error: float | None = None
    within_one: float | None = None
    kappa: float | None = None

    @property
    def is_of_numbers(self) -> bool:
        """Whether numbers were compared."""
        return self.mean_error is not None

    @property
    def share(self) -> float | None:
        """The share of rows that agree, None if none were compared."""
        return self.agreed / self.compared if self.compared else None


@dataclass(frozen=True)
class CheckFacts:
    """The agreement of one model's answers with a column, or with another model's answers.

    Parameters
    ----------
    field : str
        The name of the compared field.
    model : str
        The id of the model that answered.
    expected : str
        The name of the column, or the id of the other model.
    kind : {"column", "model"}
        What `expected` names.
    agreement : Agreement
    rows : tuple of (str, str, str)
        A few rows that disagree: label, expected value, answer; clipped.
    cost : float or None
        In US dollars for 1,000 rows; None if unknown.
    rows_a_minute : float or None
        None if no row was asked.
    """

    field: str
    model: str
    expected: str
    kind: Literal["column", "model"]
    agreement: Agreement
    rows: tuple[tuple[str, str, str], ...] = ()
    cost: float | None = None
    rows_a_minute: float | None = None


@dataclass(frozen=True)
class MapEnd:
    """The facts that a view gets at the end of a map, even a stopped or failed one.

    Parameters
    ----------
    progress : MapProgress
    rows : tuple of MapRow
        The first rows of the frame.
    fields : tuple of MapField
        The new columns with answers, without the columns of quotes.
    errors : tuple of (str, int)
        The errors of failed rows, and how many rows have each; the most frequent first. Equal
        rows count once, as in `progress`.
    checks : tuple of CheckFacts
    reason : str
        Why the map ended before its last row, a sentence; "" if it did not.
    remedy : str
        What to do then, a sentence or "".
    notices : tuple of str
        More one-line phrases to show above the rows, besides `MapStart.notices`.
    quotes : tuple of MapQuotes
    is_raised : bool
        Whether an error follows that states the reason and the remedy.
    """

    progress: MapProgress
    rows: tuple[MapRow, ...] = ()
    fields: tuple[MapField, ...] = ()
    errors: tuple[tuple[str, int], ...] = ()
    checks: tuple[CheckFacts, ...] = ()
    reason: str = ""
    remedy: str = ""
    notices: tuple[str, ...] = ()
    quotes: tuple[MapQuotes, ...] = ()
    is_raised: bool = False
