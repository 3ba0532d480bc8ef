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
    """The facts that a view gets at the start.

    Parameters
    ----------
    name : str
        The variable that the frame goes into, "" for none.
    models : tuple of str
        The ids of the models that are asked.
    rows, requested : int
        Rows of the frame, and the answers that they need: one for equal rows, for each model.
    columns : tuple of str
        The headings of the rows that are shown: columns that the prompt names, then new ones.
    given : int
        How many of them are columns of the data.
    practice : bool
        Whether the practice server answers.
    notices : tuple of str
        One-line phrases to show above; text in backticks is code.
    errors : tuple of int
        The places of the columns of errors, which are shown only with an error.
    """

    name: str
    models: tuple[str, ...]
    rows: int
    requested: int
    columns: tuple[str, ...]
    given: int
    practice: bool
    notices: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()


@dataclass(frozen=True)
class MapProgress:
    """How far a run is.

    Parameters
    ----------
    done : int
        Rows with an answer, including those from the journal; equal rows count once.
    failed : int
        Rows with an error.
    from_journal : int
        Rows whose answer was in the journal.
    total : int or None
        Rows in all, None if unknown.
    seconds : float
        Since it began.
    rows_a_second : float
        The recent rate of rows that are asked.
    usage : Usage
        The tokens of all its requests so far.
    cost : float or None
        In US dollars; None where a price is not known.
    seconds_left : float or None
        None if unknown.
    waiting_for : str
        Why requests wait, a sentence; "" while none does.
    waits : float
        How many seconds the first of them still waits.
    running : int
        Requests that are sent or wait.
    is_over : bool
    in_batch : int
        Rows in batch jobs: neither done nor asked.
    """

    done: int
    failed: int
    from_journal: int
    total: int | None
    seconds: float
    rows_a_second: float
    usage: Usage
    cost: float | None
    seconds_left: float | None
    waiting_for: str
    waits: float
    running: int
    is_over: bool
    in_batch: int = 0

    @property
    def left(self) -> int | None:
        """Rows that are still to be asked, None if unknown."""
        finished = self.done + self.failed + self.in_batch
        return None if self.total is None else max(0, self.total - finished)


@dataclass(frozen=True)
class MapRow:
    """One row as a table shows it.

    Parameters
    ----------
    label : str
        Of the row, as its index has it.
    cells : tuple of str
        One for each of the start's columns, clipped; untrusted text, never markup.
    failed : bool
        Whether it has an error.
    """

    label: str
    cells: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True)
class MapField:
    """The answers in one new column, for a count or a histogram.

    Parameters
    ----------
    name : str
        Of the column.
    kind : {"string", "integer", "number", "boolean", "date", "any"}
    values : sequence of object
        As JSON has them, one for each row; None for rows without one.
    """

    name: str
    kind: str
    values: Sequence[Any] = field(repr=False)


@dataclass(frozen=True)
class MapQuotes:
    """How many quotes of one field are in their rows.

    Parameters
    ----------
    name : str
        Of the quotes' column.
    found, invented, none : int
        Rows with a quote that is in the row, with one that isn't, and without a quote.
    """

    name: str
    found: int
    invented: int
    none: int


@dataclass(frozen=True)
class Disagreement:
    """A row whose answer differs from the expected value.

    Parameters
    ----------
    position : int
        Of the row.
    expected, given : object
    """

    position: int
    expected: Any
    given: Any


@dataclass(frozen=True)
class Agreement:
    """The comparison of answers with expected values.

    Parameters
    ----------
    compared, agreed, unanswered : int
        Rows with both values, those where they are equal, and those without an answer.
    categories : tuple of str
        Of the table; numbers in their order.
    table : mapping of (str, str) to int
        How often each pair of expected and given value occurs.
    disagreements : tuple of Disagreement
        For numbers the largest differences first.
    mean_error, mean_absolute_error, within_one, kappa : float or None
        For numbers: the mean error, the mean absolute error, the share at most 1 off, and Cohen's
        kappa with quadratic weights. None for categories; kappa also if all values are equal.
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
    """How the answers of one model agree with a column, or with another model's.

    Parameters
    ----------
    field : str
        The name of the field that is compared.
    model : str
        Whose answers they are.
    expected : str
        What they are compared with: a column of the data, or another model's id.
    kind : {"column", "model"}
        Which of the two.
    agreement : Agreement
    rows : tuple of (str, str, str)
        Rows that disagree, a few: their labels, what is expected, what is given; clipped.
    cost : float or None
        In US dollars for 1,000 rows; None where the price or the number of rows is not known.
    rows_a_minute : float or None
        None where none was asked.
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
    """The facts that a view gets at the end of a map, also of one that was stopped or failed.

    Parameters
    ----------
    progress : MapProgress
        Of all models together.
    rows : tuple of MapRow
        The first rows of the frame.
    fields : tuple of MapField
        The new columns with answers, those of quotes left out.
    errors : tuple of (str, int)
        The errors of failed rows, and how many rows have each; the most frequent first. Equal
        rows count once, as in `progress`.
    checks : tuple of CheckFacts
    reason : str
        Why it ended before its last row, a sentence; "" where it did not.
    remedy : str
        What to do then, a sentence or "".
    notices : tuple of str
        One-line phrases to show above; those of the start are not repeated here.
    quotes : tuple of MapQuotes
    is_raised : bool
        Whether an error is raised afterwards, which gives the reason and what to do.
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
