"""The errors that `tests.practice` documents, as the SDK raises them."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import groq
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "openai/gpt-oss-20b"
MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def failed(practice: Any, client: groq.Groq) -> Callable[[str], groq.APIStatusError]:
    """Ask with a fault, and return the exception."""

    def run(fault: str) -> groq.APIStatusError:
        practice.faults(fault)
        with pytest.raises(groq.APIStatusError) as caught:
            client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        return caught.value

    return run


@pytest.mark.parametrize(
    ("fault", "error", "status", "code"),
    [
        ("400", groq.BadRequestError, 400, None),
        ("401", groq.AuthenticationError, 401, "invalid_api_key"),
        ("403", groq.PermissionDeniedError, 403, None),
        ("404", groq.NotFoundError, 404, "model_not_found"),
        ("408", groq.APIStatusError, 408, None),
        ("409", groq.ConflictError, 409, None),
        ("413", groq.APIStatusError, 413, "rate_limit_exceeded"),
        ("422", groq.UnprocessableEntityError, 422, None),
        ("429", groq.RateLimitError, 429, "rate_limit_exceeded"),
        ("498", groq.APIStatusError, 498, "capacity_exceeded"),
        ("500", groq.InternalServerError, 500, None),
        ("502", groq.InternalServerError, 502, None),
        ("503", groq.InternalServerError, 503, None),
        ("504", groq.InternalServerError, 504, None),
        ("context", groq.BadRequestError, 400, "context_length_exceeded"),
        ("decommissioned", groq.BadRequestError, 400, "model_decommissioned"),
        ("json-validate-failed", groq.BadRequestError, 400, "json_validate_failed"),
        ("spend-cap", groq.BadRequestError, 400, "blocked_api_access"),
        ("tool-use-failed", groq.BadRequestError, 400, "tool_use_failed"),
    ],
)
def test_every_error_has_its_status_and_code(
    failed: Any, fault: Any, error: Any, status: Any, code: Any
) -> None:
    caught = failed(fault)
    assert type(caught) is error
    assert caught.status_code == status
    assert caught.body["error"].get("code") == code
    assert caught.body["error"]["message"]


def test_a_failed_generation_is_reported(failed: Any) -> None:
    assert failed("json-validate-failed").body["error"]["failed_generation"] == ""
    assert failed("tool-use-failed:generation=x(").body["error"]["failed_generation"] == "x("


@pytest.mark.parametrize(
    ("kind", "named", "unit"),
    [
        ("tpm", "tokens per minute (TPM)", "tokens"),
        ("tpd", "tokens per day (TPD)", "tokens"),
        ("rpm", "requests per minute (RPM)", "requests"),
        ("rpd", "requests per day (RPD)", "requests"),
        ("otpm", "output tokens per minute (OTPM)", "tokens"),
    ],
)
def test_a_429_names_its_limit(failed: Any, kind: Any, named: Any, unit: Any) -> None:
    error = failed(f"429:kind={kind}:retry-after=578.016").body["error"]
    assert f" on {named}: Limit " in error["message"]
    assert "Please try again in 9m38.016s." in error["message"]
    assert error["type"] == unit


@pytest.mark.parametrize(
    ("fault", "header"),
    [
        ("429", "2"),
        ("429:retry-after=0.5", "0.5"),
        ("429:retry-after=90", "90"),
        ("429:retry-after=none", None),
        ("503", None),
        ("503:retry-after=1", "1"),
    ],
)
def test_retry_after_has_variants(failed: Any, fault: Any, header: Any) -> None:
    assert failed(fault).response.headers.get("retry-after") == header


def test_retry_after_may_be_a_date_or_milliseconds(failed: Any) -> None:
    dated = failed("429:date=30").response.headers
    assert parsedate_to_datetime(dated["retry-after"]).tzinfo is not None
    timed = failed("429:retry-after-ms=250").response.headers
    assert (timed["retry-after-ms"], timed.get("retry-after")) == ("250", None)


@pytest.mark.parametrize("fault", ["html-502", "text-502", "str-500"])
def test_a_body_may_be_no_object(failed: Any, fault: Any) -> None:
    assert isinstance(failed(fault).body, str)


def test_a_body_may_be_empty(failed: Any) -> None:
    assert failed("empty-500").response.content == b""


def test_errors_carry_the_limits_too(failed: Any) -> None:
    assert "x-ratelimit-remaining-tokens" in failed("429").response.headers
