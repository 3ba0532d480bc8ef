"""The batches endpoint: each time a job's state is requested, the job goes one step on.

``validating`` → ``in_progress`` (half of the requests answered) → ``completed`` or ``expired``;
``validating`` → ``failed`` if the file has a fault; ``cancelling`` → ``cancelled``. The script
decides which requests of a batch fail: see `Reply.batch`.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.practice.batch_input import ENDPOINT, parse_input
from groq_magic.practice.files import BATCH, unknown_object
from groq_magic.practice.refusals import bad_request, require
from groq_magic.practice.response import new_id, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.practice.batch_input import BatchLine
    from groq_magic.practice.files import Files

__all__ = ["Batches", "Outcome"]

_WINDOW = re.compile(r"([1-9]\d{0,3})([hd])")
_HOURS = {"h": 1, "d": 24}
_LEAST_HOURS, _MOST_HOURS = 24, 7 * 24
_OPEN = ("validating", "in_progress")
_PAGE_SIZE = 20  # batches
_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512
_REASONS = {
    "expired": "This request could not be executed before the completion window expired.",
    "cancelled": "This request was cancelled before it could be executed.",
}


@dataclass(frozen=True)
class Outcome:
    """The outcome of one request of a batch.

    Parameters
    ----------
    status : int
        The HTTP status; 0 if the request expires or waits.
    body : mapping
    request_id : str
    waits : bool
        Whether the request waits until the batch is cancelled.
    """

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    waits: bool = False


@dataclass
class _Job:
    id: str
    file: str
    window: str
    seconds: int
    metadata: Mapping[str, str] | None
    status: str = "validating"
    times: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, object]] = field(default_factory=list)
    lines: tuple[BatchLine, ...] = ()
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    output: str | None = None
    error: str | None = None

    def set_status(self, status: str) -> None:
        self.status = status
        self.times[status] = int(time.time())

    def item(self) -> dict[str, object]:
        created = self.times["validating"]
        statuses = [outcome.status for outcome in self.outcomes.values()]
        completed = statuses.count(200)
        failed = sum(1 for status in statuses if status not in (0, 200))
        stages = ("in_progress", "finalizing", "completed", "failed", "expired")
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": ENDPOINT,
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
            "input_file_id": self.file,
            "completion_window": self.window,
            "status": self.status,
            "output_file_id": self.output,
            "error_file_id": self.error,
            "created_at": created,
            "expires_at": created + self.seconds,
            **{f"{name}_at": self.times.get(name) for name in (*stages, "cancelling", "cancelled")},
            "request_counts": {"total": len(self.lines), "completed": completed, "failed": failed},
            "metadata": self.metadata,
        }


class Batches:
    """The batches of a practice server; any thread may use them.

    Parameters
    ----------
    files : Files
    answer : callable
        Takes the body of one request, and returns its `Outcome`.
    """

    def __init__(self, files: Files, answer: Callable[[Mapping[str, Any]], Outcome]) -> None:
        self._files, self._answer = files, answer
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.Lock()

    def create(self, body: object) -> dict[str, object]:
        """Create a batch.

        Raises
        ------
        Refusal
            400 for a parameter, 404 for the file.
        """
        given = body if isinstance(body, dict) else {}
        for name in ("input_file_id", "endpoint", "completion_window"):
            require(given.get(name), f"'{name}' : property '{name}' is missing", name)
        is_chat = given["endpoint"] == ENDPOINT
        require(is_chat, f"'endpoint' : must be one of `{ENDPOINT}`", "endpoint")
        hours = _hours(given["completion_window"])
        message = "'completion_window' : durations from `24h` to `7d` are supported"
        require(_LEAST_HOURS <= hours <= _MOST_HOURS, message, "completion_window")
        metadata = given.get("metadata")
        require(_is_metadata(metadata), "'metadata' : must be 16 short texts at most", "metadata")
        stored = self._files.get(str(given["input_file_id"]))
        purpose = "'input_file_id' : the purpose of the file must be `batch`"
        require(stored.purpose == BATCH, purpose, "input_file_id")
        window = str(given["completion_window"])
        job = _Job(new_id("batch"), stored.id, window, hours * 3600, metadata)
        job.set_status("validating")
        with self._lock:
            self._jobs[job.id] = job
            return job.item()

    def retrieve(self, batch_id: str) -> dict[str, object]:
        """Move a batch one step on, and return it.

        Raises
        ------
        Refusal
            404 for an unknown id.
        """
        with self._lock:
            job = self._job(batch_id)
            self._step(job)
            return job.item()

    def cancel(self, batch_id: str) -> dict[str, object]:
        """Cancel a batch.

        Raises
        ------
        Refusal
            404 for an unknown id, 400 for a batch that has ended.
        """
        with self._lock:
            job = self._job(batch_id)
            if job.status not in (*_OPEN, "cancelling"):
                raise bad_request(f"Cannot cancel a batch with status '{job.status}'.")
            if not job.lines:
                self._validate(job)
            job.set_status("cancelling")
            return job.item()

    def listed(self, cursor: str) -> dict[str, object]:
        """Return the page of batches that begins at a cursor, the latest first."""
        start = int(cursor) if cursor.isdecimal() else 0
        with self._lock:
            items = [job.item() for job in reversed(self._jobs.values())]
        end = start + _PAGE_SIZE
        cursor_after = str(end) if len(items) > end else None
        return {"object": "list", "data": items[start:end], "paging": {"next_cursor": cursor_after}}

    def _job(self, batch_id: str) -> _Job:
        job = self._jobs.get(batch_id)
        if job is None:
            raise unknown_object("batch", batch_id)
        return job

    def _step(self, job: _Job) -> None:
        if job.status == "validating":
            self._validate(job)
            job.set_status("failed" if job.errors else "in_progress")
            self._execute(job, len(job.lines) // 2)
        elif job.status == "in_progress":
            self._execute(job, len(job.lines))
            if not any(outcome.waits for outcome in job.outcomes.values()):
                expires = any(outcome.status == 0 for outcome in job.outcomes.values())
                self._end(job, "expired" if expires else "completed")
        elif job.status == "cancelling":
            self._end(job, "cancelled")

    def _validate(self, job: _Job) -> None:
        job.lines, faults = parse_input(self._files.get(job.file).content)
        job.errors = [fault.item() for fault in faults]

    def _execute(self, job: _Job, count: int) -> None:
        for line in job.lines[len(job.outcomes) : count]:
            job.outcomes[line.custom_id] = self._answer(line.body)

    def _end(self, job: _Job, status: str) -> None:
        output: list[str] = []
        errors: list[str] = []
        for line in job.lines:
            outcome = job.outcomes.get(line.custom_id, Outcome(0))
            lines = output if outcome.status == 200 else errors  # noqa: PLR2004 - HTTP's OK
            lines.append(_output_line(line.custom_id, outcome, status))
        job.output = self._store(job, "output", output)
        job.error = self._store(job, "error", errors)
        job.set_status(status)

    def _store(self, job: _Job, kind: str, lines: list[str]) -> str | None:
        if not lines:
            return None
        content = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
        return self._files.add(f"{job.id}_{kind}.jsonl", content).id


def _output_line(custom_id: str, outcome: Outcome, status: str) -> str:
    head: dict[str, object] = {"id": new_id("batch_req"), "custom_id": custom_id}
    if outcome.status:
        answer = {"status_code": outcome.status, "request_id": outcome.request_id}
        return to_json({**head, "response": {**answer, "body": outcome.body}, "error": None})
    error = {"code": f"batch_{status}", "message": _REASONS.get(status, "")}
    return to_json({**head, "response": None, "error": error})


def _hours(window: object) -> int:
    found = _WINDOW.fullmatch(str(window))
    return int(found[1]) * _HOURS[found[2]] if found else 0


def _is_metadata(given: object) -> bool:
    if given is None:
        return True
    return (
        isinstance(given, dict)
        and len(given) <= _MOST_METADATA
        and all(
            isinstance(value, str) and len(key) <= _LONGEST_KEY and len(value) <= _LONGEST_VALUE
            for key, value in given.items()
        )
    )
