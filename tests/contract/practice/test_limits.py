from __future__ import annotations

import re
from typing import Any

from groq_magic.practice.quota import Bucket, go_duration


def test_durations_are_written_as_go_does() -> None:
    written = [go_duration(seconds) for seconds in (0, 0.547, 7.66, 179.56, 3723, 578.016, 60)]
    assert written == ["0s", "547ms", "7.66s", "2m59.56s", "1h2m3s", "9m38.016s", "1m0s"]


def test_a_bucket_refills_all_the_time() -> None:
    now = [0.0]
    bucket = Bucket("tokens per minute (TPM)", 6000, 60.0, lambda: now[0])
    bucket.charge(3000)
    assert (bucket.remaining, bucket.reset) == (3000, 30.0)
    now[0] = 10.0
    assert (bucket.remaining, bucket.reset) == (4000, 20.0)
    assert bucket.wait(5000) == 10.0
    now[0] = 100.0
    assert (bucket.remaining, bucket.reset, bucket.wait(6000)) == (6000, 0.0, 0.0)


def test_headers_report_requests_a_day_and_tokens_a_minute(ask: Any) -> None:
    headers = ask(max_completion_tokens=1000).headers
    assert headers["x-ratelimit-limit-requests"] == "14400"
    assert headers["x-ratelimit-limit-tokens"] == "300000"
    assert headers["x-ratelimit-remaining-requests"] == "14399"
    assert 298_900 <= int(headers["x-ratelimit-remaining-tokens"]) <= 299_100
    assert re.fullmatch(r"\d\.\d+s|6s", headers["x-ratelimit-reset-requests"])
    assert re.fullmatch(r"\d+ms", headers["x-ratelimit-reset-tokens"])


def test_admission_counts_the_completion_asked_for(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(tokens_per_minute=8000)
    answer = ask(server=server, max_completion_tokens=8192)
    assert answer.status == 413
    assert answer.error["type"] == "tokens"
    assert answer.error["code"] == "rate_limit_exceeded"
    assert re.search(r"\(TPM\): Limit 8000, Requested 82\d\d, please", answer.error["message"])


def test_tokens_a_minute_run_out(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(tokens_per_minute=3000)
    server.script([{"reply": "word " * 2000}])
    assert ask(server=server).status == 200
    answer = ask(server=server, max_completion_tokens=2900)
    assert answer.status == 429
    assert "tokens per minute (TPM): Limit 3000, Used" in answer.error["message"]
    assert int(answer.headers["retry-after"]) > 0


def test_tokens_admitted_but_not_sent_are_given_back(practice: Any, ask: Any) -> None:
    assert ask(max_completion_tokens=60_000).status == 200
    assert practice.quota()["tokens per minute (TPM)"]["used"] < 1000


def test_requests_a_day_and_a_minute_run_out_for_all_keys_and_models(
    practice_factory: Any, ask: Any
) -> None:
    day = practice_factory(requests_per_day=1)
    assert ask(server=day, key="a").status == 200
    answer = ask(server=day, key="b", model="openai/gpt-oss-120b")
    assert "requests per day (RPD): Limit 1, Used 1, Requested 1." in answer.error["message"]
    assert answer.error["type"] == "requests"
    minute = practice_factory(requests_per_minute=1)
    assert ask(server=minute).status == 200
    assert "(RPM)" in ask(server=minute).error["message"]


def test_tokens_a_day_run_out(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(tokens_per_day=100)
    assert ask(server=server).status == 200
    assert "(TPD)" in ask(server=server).error["message"]


def test_a_limit_of_0_has_no_headers(practice_factory: Any, ask: Any) -> None:
    headers = ask(server=practice_factory(tokens_per_minute=0)).headers
    assert "x-ratelimit-limit-tokens" not in headers
    assert "x-ratelimit-limit-requests" in headers
