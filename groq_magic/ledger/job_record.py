"""A batch job in a journal, with its rows and its answers, as values."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FETCHED", "JobAnswer", "JobRecord", "JobRow"]

# The state of a job whose answers are all in the journal.
FETCHED = "fetched"


@dataclass(frozen=True)
class JobRecord:
    """One job of the batch engine.

    Parameters
    ----------
    id : str
        Its id in this journal, and in the job's metadata at the service.
    name, model : str
        Of its run.
    url : str
        The address of the service.
    made : float
        Unix time.
    rows, requests : int
        The numbers that were submitted.
    file, batch : str
        The ids of its input file and of the job at the service; "" before they are known.
    state : str
        The service's latest state; "" before the first, `FETCHED` once the answers are here.
    completed, failed : int
        Requests.
    error : str
        Of a fetched job: why some rows have no answer.
    left : tuple of str
        Of a fetched job: the files at the service that are not deleted yet.
    """

    id: str
    name: str
    model: str
    url: str
    made: float
    rows: int
    requests: int
    file: str = ""
    batch: str = ""
    state: str = ""
    completed: int = 0
    failed: int = 0
    error: str = ""
    left: tuple[str, ...] = ()

    @property
    def is_fetched(self) -> bool:
        """Whether its answers are in the journal."""
        return self.state == FETCHED

    @property
    def words(self) -> str:
        """Its state in words."""
        done = f"{self.completed + self.failed:,} of {self.requests:,} requests done"
        return {
            "": "not submitted",
            "validating": "being checked",
            "in_progress": done,
            "finalizing": done,
            "completed": "done, not fetched",
            "expired": f"expired; {done}, not fetched",
            "failed": "refused by Groq, not fetched",
            "cancelling": "being cancelled",
            "cancelled": f"cancelled; {done}, not fetched",
            FETCHED: "fetched; run the cell again",
        }.get(self.state, self.state)


@dataclass(frozen=True)
class JobRow:
    """A row in a job: its key, the `custom_id` of its request, and its place in that request."""

    key: str
    request: str
    place: int


@dataclass(frozen=True)
class JobAnswer:
    """A request of a fetched job, and its answer.

    Parameters
    ----------
    job : JobRecord
    request : str
        Its `custom_id` in the job.
    keys : tuple of str
        The keys of its rows that were not read yet, in order.
    answer : str or None
        The stored answer, None if it is missing.
    """

    job: JobRecord
    request: str
    keys: tuple[str, ...]
    answer: str | None
