"""Estimates of a map: requests, tokens, time and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.mapping.data.prompts import row_prompts
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.requests.answer_type import AnswerType
from groq_magic.mapping.requests.estimate import MapEstimate, RunLimits, map_estimate
from groq_magic.mapping.requests.grouping import request_plan, row_options
from groq_magic.options import AskOptions
from groq_magic.prompt.secrets import Secrets
from groq_magic.schemas import schema_of

if TYPE_CHECKING:
    from groq_magic.mapping.requests.request_plan import RequestPlan

MODEL = "openai/gpt-oss-20b"


def plan(data: Any, pack: int = 1, schema: str | None = None, model: str = MODEL) -> RequestPlan:
    prompts = row_prompts("Rate {{row}}.", rows_of(data), {}, system="Be short.")
    options = row_options(AskOptions(model=model), AskOptions(), None)
    kind = AnswerType(None if schema is None else schema_of(schema), is_strict=True)
    return request_plan(prompts, kind, options, None, pack=pack)


def estimated(made: RequestPlan, **limits: Any) -> MapEstimate:
    return map_estimate(made, limits=RunLimits(**limits))


def test_rows_requests_and_tokens_are_counted() -> None:
    made = plan([f"text {number}" for number in range(100)])
    found = estimated(made)
    assert found.requests == 100
    assert found.prompt_tokens == sum(r.tokens for r in made.requests())
    assert found.answer_tokens == 100 * estimated(plan(["x"])).answer_tokens
    assert found.cost == pytest.approx(
        (found.prompt_tokens * 0.075 + found.answer_tokens * 0.30) / 1e6
    )


def test_previews_show_the_first_row_of_each_prompt_without_secrets() -> None:
    secret = "hf_zyxwvuts98765"
    data = rows_of({"x": ["a", f"b {secret}"], secret: [1, 2]})
    prompts = row_prompts("Rate {{row}}.", data, {}, secrets=Secrets({"TOKEN": secret}))
    made = request_plan(prompts, AnswerType(), AskOptions(model=MODEL), None)
    assert estimated(made).previews == ("x: a, [key]: 1", "x: b [key], [key]: 2")


def test_equal_rows_and_finished_rows_cost_nothing() -> None:
    made = plan(["a", "a", "b"])
    assert map_estimate(made, done={made.keys[0]}).requests == 1
    assert map_estimate(made, done=set(made.keys)).cost == 0


def test_packs_take_fewer_requests_and_tokens() -> None:
    rows = [f"text {number}" for number in range(100)]
    alone, packed = estimated(plan(rows)), estimated(plan(rows, pack=20))
    assert (alone.requests, packed.requests) == (100, 5)
    assert packed.prompt_tokens < alone.prompt_tokens


def test_the_tightest_limit_decides_the_time() -> None:
    made = plan([str(number) for number in range(600)])
    free = estimated(made, concurrency=10)
    assert free.seconds == pytest.approx(60)
    assert estimated(made, requests_a_minute=30).seconds == pytest.approx(19 * 60)
    tokens = free.prompt_tokens + free.answer_tokens
    slow = estimated(made, tokens_a_minute=tokens // 10)
    assert slow.seconds == pytest.approx(9 * 60, rel=0.01)
    assert estimated(made, tokens_a_minute=tokens * 2).seconds == pytest.approx(60)
    assert estimated(made, requests_a_day=200).seconds == pytest.approx(2 * 86_400)
    assert estimated(made, requests_a_minute=30, share=0.5).seconds == pytest.approx(39 * 60)


def test_the_price_of_an_unknown_model_is_unknown() -> None:
    assert estimated(plan(["a"], model="other/model")).cost is None


def test_three_prompts_are_shown_as_they_are_sent() -> None:
    found = estimated(plan(["a", "b", "c", "d"]))
    assert len(found.prompts) == 3
    assert found.prompts[0].startswith("Rate `row`.")
    assert "```text\na\n```" in found.prompts[0]
    assert found.system == "Be short."
    assert "Row 2 (data" in estimated(plan(["a", "b", "c"], pack=2)).prompts[0]


def test_no_rows_need_no_requests() -> None:
    found = estimated(plan([]))
    assert (found.requests, found.seconds, found.cost, found.prompts) == (0, 0, 0, ())
