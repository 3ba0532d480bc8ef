"""`--dry-run` of a map: three prompts, and an estimate of requests, tokens, time and cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groq_magic.api.durations import in_words
from groq_magic.conversation import estimate
from groq_magic.ledger.usage import dollars, token_words
from groq_magic.mapping.estimate import RunLimits, map_estimate
from groq_magic.mapping.journal import Journal
from groq_magic.mapping.map_prepare import notices_of, planned
from groq_magic.mapping.run_settings import RunSettings
from groq_magic.views.dry_run import DryRun, Message
from groq_magic.views.phrase import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.mapping.estimate import MapEstimate
    from groq_magic.mapping.map_plan import MapPlan
    from groq_magic.mapping.map_prepare import MapAsk
    from groq_magic.session.session import Session

__all__ = ["map_dry_run"]

_NOT_OPTIONS = frozenset({"messages", "model"})
_LONGEST = 300
_KINDS = ("RPM", "RPD", "TPM", "TPD")


def map_dry_run(session: Session, ask: MapAsk) -> DryRun:
    """Return what a map would send; sends nothing, and asks for no key and no models.

    Raises
    ------
    OptionError, PromptError, ModelError
        As `prepare_map`.
    """
    plan = planned(session, ask, fetch=False)
    journal = Journal(ask.options.journal)
    try:
        found = [_estimate(session, plan, number, journal) for number in range(len(plan.plans))]
        lines = journal.lines()
    finally:
        journal.close()
    estimates = [each for each, _ in found]
    first = estimates[0]
    messages = [Message("system", first.system, estimate(first.system))] if first.system else []
    messages += [Message("user", text, estimate(text)) for text in first.prompts]
    facts = [fact for number, each in enumerate(found) for fact in _facts(plan, number, *each)]
    return DryRun(
        _heading(session, plan, estimates, len(first.prompts)),
        tuple(messages),
        tuple(facts),
        (*notices_of(plan), *lines),
    )


def _estimate(
    session: Session, plan: MapPlan, number: int, journal: Journal
) -> tuple[MapEstimate, int]:
    """Return the estimate for one model, and how many of its answers are in the journal."""
    requests, options = plan.plans[number], plan.options
    known = session.service.limiter.limits_of(requests.model)
    limits = {kind: limit.limit for kind in _KINDS if (limit := known.get(kind)) is not None}
    usual = RunSettings()
    done = set() if options.again else set(journal.get_all(requests.places))
    return map_estimate(
        requests,
        done,
        limits=RunLimits(
            limits.get("RPM"),
            limits.get("RPD"),
            limits.get("TPM"),
            limits.get("TPD"),
            options.share or usual.share,
            options.concurrency or usual.concurrency,
        ),
    ), len(done)


def _heading(session: Session, plan: MapPlan, estimates: list[MapEstimate], shown: int) -> str:
    host = urlsplit(session.service.base_url()).netloc.rpartition("@")[2]
    where = "in practice mode" if plan.practice else f"at {host}"
    models = " and ".join(f"`{each.model}`" for each in estimates)
    requests = sum(each.requests for each in estimates)
    if not requests:
        return "Nothing was sent. Without `--dry-run`, nothing would be sent either."
    these = "request" if requests == 1 else "requests"
    first = "This is it" if requests == 1 else f"The first {shown}" if shown > 1 else "The first"
    return (
        f"Nothing was sent. Without `--dry-run`, {models} {where} would get "
        f"{requests:,} {these}. {first}:"
    )


def _facts(plan: MapPlan, number: int, found: MapEstimate, done: int) -> Iterator[str]:
    """Yield what a map would take of one model, in words."""
    rows = f"{len(plan.rows):,} row{'s' * (len(plan.rows) != 1)}"
    different = len(plan.plans[number].places)
    if different < len(plan.rows):
        rows += f", {different:,} different"
    if done:
        rows += f", {done:,} in the journal"
    yield f"`{found.model}`: {rows}, {found.requests:,} request{'s' * (found.requests != 1)}"
    tokens = token_words(found.prompt_tokens, found.answer_tokens, sent_as="to send")
    cost = f", {dollars(found.cost)}" if found.cost is not None else "; its price is unknown"
    cost = "; practice costs nothing" if plan.practice else cost
    yield f"About {tokens}{cost}; about {in_words(found.seconds)} by the limits known so far."
    options = {
        name: value for name, value in plan.plans[number].base.items() if name not in _NOT_OPTIONS
    }
    written = SEPARATOR.join(
        f"{name} {json.dumps(value, ensure_ascii=False)[:_LONGEST]}"
        for name, value in options.items()
    )
    yield f"Options: {written}"
