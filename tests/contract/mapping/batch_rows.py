"""Plans over a few rows, and the practice server's batch engine as the package reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import groq

from groq_magic.api.account import account_of
from groq_magic.api.batches import BatchService
from groq_magic.api.key import ApiKey
from groq_magic.api.models import offline_catalogue
from groq_magic.mapping.batch.fetching import BatchRows, FetchResult, collect, fetch
from groq_magic.mapping.batch.jobs import submit
from groq_magic.mapping.data.prompts import row_prompts
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.requests.answer_type import AnswerType
from groq_magic.mapping.requests.grouping import request_plan, row_options
from groq_magic.mapping.sending.journal import Journal
from groq_magic.options import AskOptions
from groq_magic.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from groq_magic.ledger.job_record import JobRecord
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.row_request import RowAnswer

MODEL = "openai/gpt-oss-20b"
KEY = "gsk_made_up_for_tests_0123456789"


def plan_of(data: Any, schema: str | None = None, pack: int = 1, model: str = MODEL) -> RequestPlan:
    known = offline_catalogue().get(model)
    return request_plan(
        row_prompts("Rate {{row}}.", rows_of(data), {}),
        AnswerType(schema_of(schema) if schema else None, is_strict=True, evidence=False),
        row_options(AskOptions(model=model), AskOptions(), known),
        known,
        pack=pack,
    )


@dataclass(frozen=True)
class Engine:
    """A journal in a file, and the service at an address."""

    path: Path
    url: str

    @cached_property
    def service(self) -> BatchService:
        return BatchService(account_of(ApiKey(KEY, "a test"), self.url).client)

    @cached_property
    def sdk(self) -> groq.Groq:
        return groq.Groq(api_key=KEY, base_url=self.url, max_retries=0)

    def journal(self) -> Journal:
        return Journal(self.path)

    def submit(self, plan: RequestPlan, **options: Any) -> tuple[JobRecord, ...]:
        return submit(plan, journal=self.journal(), service=self.service, **options)

    def submitted(self, plan: RequestPlan, **options: Any) -> int:
        """Submit a plan, and return the number of submitted rows."""
        return sum(job.rows for job in self.submit(plan, **options))

    def fetch(self) -> FetchResult:
        return fetch(self.journal(), self.service)

    def collect(self, plan: RequestPlan) -> BatchRows:
        return collect(plan, self.journal(), self.url)

    def finish(self, plan: RequestPlan) -> BatchRows:
        """Fetch until no job is running, and read the answers."""
        while self.fetch().running:
            pass
        return self.collect(plan)

    def answers(self, plan: RequestPlan) -> Sequence[RowAnswer | None]:
        journal = self.journal()
        return [journal.get(key) for key in plan.keys]

    def texts(self, plan: RequestPlan) -> list[str | None]:
        return [answer.text if answer else None for answer in self.answers(plan)]

    def files(self) -> list[str]:
        """Return the names of the files at the service."""
        return [str(file.filename) for file in self.sdk.files.list().data]

    def accepted(self) -> int:
        """Return the number of requests in all jobs at the service."""
        return sum(batch.request_counts.total for batch in self.sdk.batches.list().data)
