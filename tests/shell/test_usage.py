"""What was used and what is left: in bars, panel, warnings and %groq_usage."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import OptionError, RateLimitError

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "openai/gpt-oss-120b"


@pytest.fixture
def limited(
    shell_factory: Callable[..., Any],
    practice_factory: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., tuple[Any, Any]]:
    """Make a shell, and a practice server with the limits that are given."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")

    def make(**limits: int) -> tuple[Any, Any]:
        server = practice_factory(**limits)
        cells = shell_factory(load=False)
        monkeypatch.setenv("GROQ_BASE_URL", server.url)
        monkeypatch.setenv("GROQ_API_KEY", "gsk_any")
        cells.fine("%load_ext groq_magic")
        return cells, server

    return make


@pytest.fixture
def limits_sent_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[dict[str, Any]]]:
    """Give a shell its live views, and return the list of the limits that pages receive."""

    def limits_sent_by(cells: Any) -> list[dict[str, Any]]:
        from groq_magic.magics.display import live_of

        reported: list[dict[str, Any]] = []

        def send(message: dict[str, Any]) -> None:
            if "quota" in message:
                reported.append({**message["quota"], "received": time.time()})

        monkeypatch.setattr(live_of(cells.session)._session, "send", send)
        return reported

    return limits_sent_by


def test_bars_and_panel_agree_with_the_servers_bucket(
    limited: Callable[..., tuple[Any, Any]], limits_sent_by: Callable[[Any], list[dict[str, Any]]]
) -> None:
    cells, server = limited(tokens_per_minute=6_000, requests_per_day=1_000)
    reported = limits_sent_by(cells)
    for options in ("", "--max-tokens 500", "--no-stream", "-f text"):
        cells.fine(f"%%groq {options}\nTell me about the mean and the median.", "a")
        server.requests()
        page, buckets = reported[-1], server.quota()
        limits = cells.session.service.limiter.limits_of(MODEL)
        for kind, row, name in (
            ("TPM", "minute", "tokens per minute (TPM)"),
            ("RPD", "day", "requests per day (RPD)"),
        ):
            bucket, seen = buckets[name], limits.get(kind)
            second = seen.limit / seen.window
            assert page["model"] == MODEL
            assert seen.limit == page[row]["limit"] == bucket["limit"]
            assert abs(seen.left() - bucket["remaining"]) <= second + 1
            assert abs(seen.full_in() - bucket["reset"]) <= 1 + 1 / second
            # The page received it a while ago, and counts on from there.
            received = page["received"]
            assert abs(page[row]["left"] - seen.left(received)) <= second + 1
            assert abs(page[row]["full_in"] - seen.full_in(received)) <= 1 + 1 / second
    # One message an ask, whatever the number of answers.
    assert len(reported) == 4


def test_an_ask_that_fails_and_a_change_of_the_key_are_reported_to_the_bars(
    limited: Callable[..., tuple[Any, Any]], limits_sent_by: Callable[[Any], list[dict[str, Any]]]
) -> None:
    cells, _ = limited(tokens_per_minute=6_000, requests_per_day=1)
    reported = limits_sent_by(cells)
    cells.fine("%%groq\nHi", "a")
    assert isinstance(cells.run("%%groq\nHi", "b").error, RateLimitError)
    assert len(reported) == 2
    assert reported[-1]["day"]["left"] == 0
    cells.fine("%groq_practice on")
    assert (reported[-1]["minute"], reported[-1]["day"]) == (None, None)


def test_bars_panel_and_page_show_the_same_figures(
    limited: Callable[..., tuple[Any, Any]], limits_sent_by: Callable[[Any], list[dict[str, Any]]]
) -> None:
    from groq_magic.magics.display import panel_facts

    cells, _ = limited(tokens_per_minute=60, requests_per_day=1_000, requests_per_minute=0)
    reported = limits_sent_by(cells)
    cells.run("%%groq --max-tokens 10\nHi", "a")
    panel = panel_facts(cells.session)
    assert panel.key == "from GROQ_API_KEY"
    page = cells.fine("%groq_usage").plain
    used = int(re.search(rf"{MODEL}  tokens a minute .* (\d+) of 60 tokens used", page)[1])
    at_first = 60 - reported[-1]["minute"]["left"]
    # A token comes back each second.
    since = time.time() - reported[-1]["received"]
    for one in (panel.minute.used, used):
        assert at_first - since - 2 <= one <= at_first + 2
    assert f"{MODEL}  requests a day" in page
    assert "1 of 1,000 requests used" in page
    assert panel.day.label.startswith("1 of 1,000 requests used · back to 0 in 86 s")


def test_a_day_nearly_used_up_is_warned_of_above_the_answer_once_each(
    limited: Callable[..., tuple[Any, Any]],
) -> None:
    cells, _ = limited(requests_per_day=20)
    warned = {}
    for number in range(1, 21):
        html = cells.fine("%%groq --once\nHi", f"c{number}").data["text/html"]
        found = re.search(r"(\d+) of 20 requests a day are used", html)
        if found:
            warned[number] = int(found[1])
    assert warned == {16: 16, 19: 19}


def test_a_day_that_is_used_up_says_when_it_is_free_again(
    limited: Callable[..., tuple[Any, Any]],
) -> None:
    cells, _ = limited(requests_per_day=1)
    cells.fine("%%groq\nHi", "a")
    ran = cells.run("%%groq\nHi", "b")
    assert isinstance(ran.error, RateLimitError)
    # All of the one request comes back in a day, less what has passed: tomorrow, by the clock.
    assert re.search(r"1 requests a day.*24 h, at \w+ \d\d:\d\d\.", str(ran.error))


def test_limits_that_a_429_reports_join_the_page(limited: Callable[..., tuple[Any, Any]]) -> None:
    cells, _ = limited(tokens_per_day=200)
    cells.fine("%%groq --max-tokens 100\nHi", "a")
    assert "tokens a day" not in cells.fine("%groq_usage").plain
    ran = cells.run("%%groq --max-tokens 190\nHi", "b")
    assert isinstance(ran.error, RateLimitError)
    assert re.search(rf"{MODEL}  tokens a day .* of 200 tokens", cells.fine("%groq_usage").plain)


def test_the_page_counts_every_answered_ask(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "One two three.", "reasoning": "Hm."}])
    cells.fine("%%groq\nHi", "a")
    cells.fine("%%groq -m openai/gpt-oss-20b\nHi", "b")
    practice.faults("400")
    assert cells.run("%%groq\nHi", "c").error is not None
    data = cells.fine("%groq_usage").data
    plain = data["text/plain"]
    first, second = cells.session.ledger.entries[:2]
    asks = plain[plain.index("tok/s") :]
    row = next(line for line in asks.splitlines() if line.startswith(f"{MODEL}  "))
    cost = (first.usage.prompt_tokens * 0.15 + first.usage.completion_tokens * 0.60) / 1e6
    assert row.split()[1:6] == [
        "1",
        str(first.usage.prompt_tokens),
        str(first.usage.completion_tokens),
        f"({first.usage.reasoning_tokens}",
        "reasoning)",
    ]
    assert first.cost == pytest.approx(cost)
    assert second.model == "openai/gpt-oss-20b"
    assert "\ntotal  " in plain
    assert "1 ask was refused, stopped or cut off unanswered, and is not counted." in plain
    assert "Tokens received, asks 1 to 3:" in plain
    assert "<script" not in data["text/html"]
    assert "2026-10-01" in plain


def test_a_refused_model_is_not_listed_as_used(cells: Any) -> None:
    for cell in ("a", "b"):
        assert cells.run("%%groq -m no/such-model\nHi", cell).error is not None
    data = cells.fine("%groq_usage").data
    assert "no/such-model" not in str(data)
    assert "2 asks were refused, stopped or cut off" in data["text/plain"]
    assert "Nothing was asked" not in data["text/plain"]
    cells.fine("frame = %groq_usage --as dataframe")
    assert list(cells.shell.user_ns["frame"]["finish_reason"]) == ["error", "error"]
    cells.fine("%%groq\nHi", "c")
    assert "no/such-model" not in str(cells.fine("%groq_usage").data)


def test_what_is_from_the_cache_is_marked_and_costs_nothing(
    cells: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for _ in range(3):
        cells.fine("%%groq --once --cache\nHi", "a")
    plain = cells.fine("%groq_usage").plain
    row = next(line for line in plain.splitlines() if "· from the cache" in line)
    assert row.split()[5] == "2"
    assert row.endswith("none")
    (whole,) = (line for line in plain.splitlines() if line.startswith("total without cached"))
    assert whole.split()[5] == "1"
    assert [entry.cost for entry in cells.session.ledger.entries][1:] == [0, 0]


def test_an_unknown_price_stays_unknown(cells: Any) -> None:
    cells.fine("%%groq -m openai/gpt-oss-safeguard-20b\nHi", "a")
    plain = cells.fine("%groq_usage").plain
    row = next(r for r in plain[plain.index("tok/s") :].splitlines() if "safeguard-20b " in r)
    assert row.endswith("unknown")


def test_nothing_asked_yet(bare: Any) -> None:
    data = bare.fine("%groq_usage").data
    assert "Nothing was asked" in data["text/plain"]
    assert "Limits appear after the next answer." in data["text/plain"]


def test_as_a_data_frame(cells: Any) -> None:
    cells.fine("%%groq\nHi", "a")
    cells.fine("%%groq\nHo", "b")
    cells.fine("frame = %groq_usage --as dataframe")
    frame = cells.shell.user_ns["frame"]
    assert list(frame["ask"]) == [1, 2]
    assert frame["total_tokens"].sum() == sum(e.spent for e in cells.session.ledger.entries)
    assert str(frame["at"].dt.tz) != "None"
    assert isinstance(cells.run("%groq_usage --as csv").error, OptionError)


def test_without_pandas_it_is_one_line(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    ran = cells.run("%groq_usage --as dataframe")
    assert isinstance(ran.error, OptionError)
    assert "pandas" in str(ran.error)


def test_practice_costs_nothing(cells: Any) -> None:
    cells.fine("%groq_practice on")
    cells.fine("%%groq\nHi", "a")
    plain = cells.fine("%groq_usage").plain
    apart = plain[plain.index("Practice mode: no model") :]
    row = next(r for r in apart.splitlines() if r.startswith(MODEL))
    assert row.endswith("none")
    assert cells.session.ledger.entries[0].cost == 0


def test_the_frame_has_its_columns_without_an_ask_and_whole_numbers_without_usage(
    cells: Any, practice: Any
) -> None:
    cells.fine("frame = %groq_usage --as dataframe")
    assert cells.shell.user_ns["frame"].total_tokens.sum() == 0
    practice.faults("400", "ok")
    cells.run("%groq one", "a")
    cells.fine("%groq two", "b")
    cells.fine("frame = %groq_usage --as dataframe")
    tokens = cells.shell.user_ns["frame"].total_tokens
    assert str(tokens.dtype) == "Int64"
    assert tokens.isna().tolist() == [True, False]


def test_an_answer_cut_short_has_unknown_cost_and_refused_asks_are_in_no_sum(
    cells: Any, practice: Any
) -> None:
    practice.faults("400", "drop", "ok")
    cells.run("%groq one", "a")
    cells.run("%groq two", "b")
    cells.fine("%groq -m openai/gpt-oss-20b three", "c")
    plain = cells.fine("%groq_usage").plain
    assert "1 ask was refused, stopped or cut off unanswered, and is not counted." in plain
    assert "1 ask ended before its tokens were counted: the sums leave them out." in plain
    (whole,) = (line for line in plain.splitlines() if line.startswith("total  "))
    assert whole.split()[1] == "2"
    assert whole.endswith("unknown")
