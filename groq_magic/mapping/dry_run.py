"""`--dry-run` of a map: three prompts, and an estimate of requests, tokens, time and cost."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groq_magic.clipping import clip, count_of
from groq_magic.conversation import estimate
from groq_magic.durations import in_words
from groq_magic.errors import OptionError
from groq_magic.ledger.usage import dollars
from groq_magic.mapping.prepare import notices_of, session_plan
from groq_magic.mapping.requests.estimate import RunLimits, map_estimate
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.run_settings import RunSettings
from groq_magic.views.dry_run import DryRun, Message
from groq_magic.views.phrase import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.mapping.plan import MapPlan
    from groq_magic.mapping.prepare import MapAsk
    from groq_magic.mapping.requests.estimate import MapEstimate
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.session.session import Session

__all__ = ["map_dry_run"]

_NOT_OPTIONS = frozenset({"messages", "model", "response_format"})
_LONGEST = 300
_KINDS = ("RPM", "RPD", "TPM", "TPD")


@dataclass(frozen=True)
class _ModelEstimate:
    """The estimate for one model, and the number of rows that are not asked.

    Parameters
    ----------
    estimate : MapEstimate
    done, in_batch : int
        Different rows with an answer in the journal, and in batch jobs.
    has_limits : bool
        Whether a limit is known.
    """

    estimate: MapEstimate
    done: int
    in_batch: int
    has_limits: bool


def map_dry_run(session: Session, ask: MapAsk) -> DryRun:
    """Return what a map would send, without a request to the service.

    Raises
    ------
    OptionError, PromptError, ModelError
        As `prepare_map` does.
    """
    plan = session_plan(session, ask, fetch=False)
    journal = Journal(ask.options.journal, session.unwritten)
    try:
        found = [_estimate(session, plan, number, journal) for number in range(len(plan.plans))]
        lines = journal.lines()
    finally:
        journal.close()
    estimates = [each.estimate for each in found]
    first = estimates[0]
    messages = [Message("system", first.system, estimate(first.system))] if first.system else []
    unfolded = len(messages)
    messages += [
        Message("user", text, estimate(text), preview)
        for text, preview in zip(first.prompts, first.previews, strict=True)
    ]
    facts = [fact for number, each in enumerate(found) for fact in _facts(plan, number, each)]
    return DryRun(
        _heading(session, plan, estimates, len(first.prompts)),
        tuple(messages),
        tuple(facts),
        (*notices_of(plan), *lines),
        unfolded,
    )


def _estimate(session: Session, plan: MapPlan, number: int, journal: Journal) -> _ModelEstimate:
    requests, options = plan.plans[number], plan.options
    known = session.service.limiter.limits_of(requests.model)
    limits = {kind: limit.limit for kind in _KINDS if (limit := known.get(kind)) is not None}
    usual = RunSettings()
    done = set() if options.again else set(journal.get_all(requests.positions))
    waiting = _in_batch(journal, session.service.base_url()) & requests.positions.keys() - done
    found = map_estimate(
        requests,
        done | waiting,
        in_batch=options.batch,
        limits=RunLimits(
            limits.get("RPM"),
            limits.get("RPD"),
            limits.get("TPM"),
            limits.get("TPD"),
            options.share or usual.share,
            options.concurrency or usual.concurrency,
        ),
    )
    return _ModelEstimate(found, len(done), len(waiting), bool(limits))


def _in_batch(journal: Journal, url: str) -> set[str]:
    """Return the keys of all rows in batch jobs, with fetched rows that were not read yet."""
    # If the journal can't be read, a notice reports it.
    with contextlib.suppress(OptionError):
        answers = (each for each in journal.jobs.answers() if each.answer is not None)
        return {*journal.jobs.waiting(url), *(key for each in answers for key in each.keys)}
    return set()


def _heading(session: Session, plan: MapPlan, estimates: list[MapEstimate], shown: int) -> str:
    host = urlsplit(session.service.base_url()).netloc.rpartition("@")[2]
    where = "in practice mode" if plan.practice else f"at {host}"
    if plan.options.batch:
        where += ", through the batch engine,"
    models = " and ".join(f"`{each.model}`" for each in estimates)
    requests = sum(each.requests for each in estimates)
    if not requests:
        return "Nothing was sent. Without `--dry-run`, nothing would be sent either."
    first = "This is it" if requests == 1 else f"The first {shown}" if shown > 1 else "The first"
    return (
        f"Nothing was sent. Without `--dry-run`, {models} {where} would get "
        f"{count_of(requests, 'request')}. {first}:"
    )


def _facts(plan: MapPlan, number: int, of_model: _ModelEstimate) -> Iterator[str]:
    """Yield lines with the estimate for one model."""
    found = of_model.estimate
    time = f"about {in_words(found.seconds)} with the limits known so far"
    if not of_model.has_limits:
        time = f"at least {in_words(found.seconds)}: limits are known after the first answer"
    if plan.options.batch:
        time = "within a day"
    rows = count_of(len(plan.rows), "row")
    different = len(plan.plans[number].positions)
    if different < len(plan.rows):
        rows += f", {different:,} different"
    if of_model.done:
        rows += f", {of_model.done:,} in the journal"
    if of_model.in_batch:
        rows += f", {of_model.in_batch:,} in a batch job"
    yield f"`{found.model}`: {rows}, {count_of(found.requests, 'request')}"
    tokens = f"{found.prompt_tokens:,} tokens to send and {found.answer_tokens:,} in answers"
    cost = f", {dollars(found.cost)}" if found.cost is not None else "; its price is unknown"
    cost = "; practice costs nothing" if plan.practice else cost
    yield f"About {tokens}{cost}; {time}."
    yield f"Options: {SEPARATOR.join(_options(plan.plans[number]))}"


def _options(requests: RequestPlan) -> Iterator[str]:
    """Yield the options of the requests, and the names of the schema's fields."""
    for name, value in requests.base.items():
        if name not in _NOT_OPTIONS:
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{name} {clip(written, _LONGEST)}"
    if requests.answer_type.schema is not None:
        yield clip(f"schema with {', '.join(requests.answer_type.fields)}", _LONGEST)
    if requests.answer_type.evidence:
        yield "a quote for each field"
