"""Estimate the requests, tokens, time and cost of a map before anything is sent."""

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
_SECONDS_A_REQUEST = 1.0
# A guess of an answer's tokens: a little reasoning, and a text or some fields.
_REASONING, _TEXT, _FIELD, _QUOTE = 40, 60, 12, 30


@dataclass(frozen=True)
class RunLimits:
    """The limits of a run; None for an unknown limit.

    Parameters
    ----------
    requests_a_minute, requests_a_day, tokens_a_minute, tokens_a_day : int or None
    share : float
        The part of the limits that the run may use.
    concurrency : int
        Requests at once.
    """

    requests_a_minute: int | None = None
    requests_a_day: int | None = None
    tokens_a_minute: int | None = None
    tokens_a_day: int | None = None
    share: float = 1.0
    concurrency: int = 10


@dataclass(frozen=True)
class MapEstimate:
    """The estimate for one model.

    Parameters
    ----------
    model : str
    requests : int
    prompt_tokens, answer_tokens : int
    seconds : float
    cost : float or None
        In US dollars, without savings by the service's cache of prompts; None if the price is
        unknown.
    system : str
    prompts : tuple of str
        The first three prompts as they are sent.
    previews : tuple of str
        The values of the first row in each of these.
    """

    model: str
    requests: int
    prompt_tokens: int
    answer_tokens: int
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
    """
    finished = frozenset(done)
    packs = list(plan.packs(finished))
    prompt_tokens = sum(tokens for _, tokens in packs)
    answer_tokens = sum(len(keys) for keys, _ in packs) * _tokens_of_an_answer(plan)
    usage = Usage(prompt_tokens, answer_tokens, prompt_tokens + answer_tokens)
    first = list(islice(plan.requests(finished), _SHOWN))
    messages = [each.request["messages"] for each in first]
    return MapEstimate(
        plan.model,
        len(packs),
        prompt_tokens,
        answer_tokens,
        _seconds(len(packs), usage.total_tokens, limits or RunLimits()),
        cost(plan.model, usage, in_batch=in_batch),
        "\n\n".join(text_in(each) for each in (messages[0][:-1] if messages else ())),
        tuple(text_in(each[-1]) for each in messages),
        tuple(_preview(plan, each.keys) for each in first),
    )


def _preview(plan: RequestPlan, keys: Sequence[str]) -> str:
    texts = plan.prompts.row(plan.positions[keys[0]]).texts
    values = (
        texts[0][1] if len(texts) == 1 else ", ".join(f"{name}: {text}" for name, text in texts)
    )
    values = plan.prompts.secrets.hide(values)
    return values if len(keys) == 1 else f"{len(keys)} rows, the first: {values}"


def _seconds(requests: int, tokens: int, limits: RunLimits) -> float:
    """Return the time that the tightest limit allows; the first quota can be used at once."""
    bounds = [requests * _SECONDS_A_REQUEST / max(1, limits.concurrency)]
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
    """Return a guess for one row, at most `--max-tokens`."""
    kind = plan.answer_type
    fields = len(kind.fields)
    guess = _REASONING + (_TEXT if kind.schema is None else fields * _FIELD)
    guess += fields * _QUOTE if kind.evidence else 0
    most = plan.max_tokens or plan.base.get("max_completion_tokens")
    return min(guess, most) if most else guess
