"""An estimate before anything is sent: requests, tokens, time and cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.conversation import text_in
from groq_magic.ledger.usage import Usage, cost

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from groq_magic.mapping.requests.request_plan import RequestPlan

__all__ = ["MapEstimate", "RunLimits", "map_estimate"]

_SHOWN = 3
_MINUTE, _DAY = 60.0, 86_400.0
# Guessed tokens of an answer: a little reasoning, and a text or some fields.
_REASONING, _TEXT, _FIELD, _QUOTE = 40, 60, 12, 30


@dataclass(frozen=True)
class RunLimits:
    """The limits of a run; None where a limit is not known.

    Parameters
    ----------
    requests_a_minute, requests_a_day, tokens_a_minute, tokens_a_day : int or None
    share : float
        The part of the limits that the run may use.
    concurrency : int
        Requests at once.
    seconds_a_request : float
        How long one takes.
    """

    requests_a_minute: int | None = None
    requests_a_day: int | None = None
    tokens_a_minute: int | None = None
    tokens_a_day: int | None = None
    share: float = 1.0
    concurrency: int = 10
    seconds_a_request: float = 1.0


@dataclass(frozen=True)
class MapEstimate:
    """The estimate for one model.

    Parameters
    ----------
    model : str
    rows, requests : int
        Different rows to ask, and the requests that they take.
    prompt_tokens, answer_tokens, tokens_an_answer : int
        Totals, and the tokens of one row's answer.
    seconds : float
    cost : float or None
        In US dollars, without what the service's cache of prompts saves; None where the price is
        not known.
    system : str
    prompts : tuple of str
        The first three as they are sent.
    previews : tuple of str
        The values of the first row in each.
    """

    model: str
    rows: int
    requests: int
    prompt_tokens: int
    answer_tokens: int
    tokens_an_answer: int
    seconds: float
    cost: float | None
    system: str = field(default="", repr=False)
    prompts: tuple[str, ...] = field(default=(), repr=False)
    previews: tuple[str, ...] = field(default=(), repr=False)


def map_estimate(
    plan: RequestPlan,
    done: Collection[str] = (),
    *,
    limits: RunLimits | None = None,
    in_batch: bool = False,
    tokens_an_answer: int | None = None,
) -> MapEstimate:
    """Return an estimate for the rows that have no answer yet.

    Parameters
    ----------
    plan : RequestPlan
    done : collection of str
        The keys of the rows that have an answer.
    limits : RunLimits, optional
    in_batch : bool
        Whether the batch engine answers, at its price.
    tokens_an_answer : int, optional
        Of one row, its reasoning included; without it a guess by the type of the answer.
    """
    limits = limits or RunLimits()
    finished = frozenset(done)
    each = _tokens_of_an_answer(plan) if tokens_an_answer is None else tokens_an_answer
    rows = requests = prompt_tokens = 0
    for keys, tokens in plan.batches(finished):
        rows += len(keys)
        requests += 1
        prompt_tokens += tokens
    answer_tokens = rows * each
    total = prompt_tokens + answer_tokens
    requests_shown = list(islice(plan.requests(finished), _SHOWN))
    shown = [sent.request["messages"] for sent in requests_shown]
    usage = Usage(prompt_tokens, answer_tokens, total)
    return MapEstimate(
        plan.model,
        rows,
        requests,
        prompt_tokens,
        answer_tokens,
        each,
        _seconds(requests, total, limits),
        cost(plan.model, usage, in_batch=in_batch),
        "\n\n".join(text_in(one) for one in (shown[0][:-1] if shown else ())),
        tuple(text_in(messages[-1]) for messages in shown),
        tuple(_preview(plan, sent.keys) for sent in requests_shown),
    )


def _preview(plan: RequestPlan, keys: Sequence[str]) -> str:
    texts = plan.prompts.row(plan.positions[keys[0]]).texts
    values = (
        texts[0][1] if len(texts) == 1 else ", ".join(f"{name}: {text}" for name, text in texts)
    )
    values = plan.prompts.secrets.hidden(values)
    return values if len(keys) == 1 else f"{len(keys)} rows, the first: {values}"


def _seconds(requests: int, tokens: int, limits: RunLimits) -> float:
    """Return the time by the tightest limit; the first minute's or day's quota is free at once."""
    bounds = [requests * limits.seconds_a_request / max(1, limits.concurrency)]
    for amount, limit, window in (
        (requests, limits.requests_a_minute, _MINUTE),
        (tokens, limits.tokens_a_minute, _MINUTE),
        (requests, limits.requests_a_day, _DAY),
        (tokens, limits.tokens_a_day, _DAY),
    ):
        if limit:
            bounds.append((amount / (limit * limits.share) - 1) * window)
    return max(0.0, *bounds) if requests else 0.0


def _tokens_of_an_answer(plan: RequestPlan) -> int:
    """Return a guess, bounded by `--max-tokens`."""
    kind = plan.answer_type
    fields = len(kind.fields)
    guess = _REASONING + (_TEXT if kind.schema is None else fields * _FIELD)
    guess += fields * _QUOTE if kind.evidence else 0
    most = plan.max_tokens or plan.base.get("max_completion_tokens")
    return min(guess, most) if most else guess
