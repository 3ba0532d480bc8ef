"""`api.send` alone: any thread, no session, no view, no IPython."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.client import Client
from groq_magic.api.exchange import Exchange
from groq_magic.api.key import ApiKey
from groq_magic.api.limiter import Limiter
from groq_magic.api.limits import Limit, Limits
from groq_magic.api.send import Outcome, Wait, send
from groq_magic.errors import RateLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = "openai/gpt-oss-20b"
WITHOUT_IPYTHON = """
import importlib.abc, sys
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"IPython", "ipywidgets", "anywidget", "ipykernel"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
from groq_magic.api.client import Client
from groq_magic.api.key import ApiKey
from groq_magic.api.send import send
client = Client(ApiKey("gsk_made_up", "a test"), sys.argv[1], 5.0)
messages = [{"role": "user", "content": "hi"}]
given = []
request = {"model": "openai/gpt-oss-20b", "messages": messages, "stream": True}
outcome = send(request, client=client, on_delta=lambda text, _: given.append(text))
print("".join(given), outcome.finish_reason, outcome.tries)
assert "groq_magic.session" not in sys.modules and "groq_magic.views" not in sys.modules
client.close()
"""


def request(prompt: str = "hi", **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": prompt}]
    return {"model": MODEL, "messages": messages, "stream": True} | more


@pytest.fixture
def client(practice: Any) -> Iterator[Client]:
    made = Client(ApiKey("gsk_made_up", "a test"), practice.url, 5.0)
    yield made
    made.close()


@pytest.fixture
def sending(client: Client) -> Callable[..., tuple[Outcome, list[Any]]]:
    """Send a request; return how it ended, and what the callbacks got, in order."""

    def run(**options: Any) -> tuple[Outcome, list[Any]]:
        events: list[Any] = []
        here = threading.current_thread()

        def note(event: Any) -> None:
            assert threading.current_thread() is here
            events.append(event)

        outcome = send(
            request(),
            client=client,
            on_delta=lambda text, reasoning: note((text, reasoning)),
            on_wait=note,
            **options,
        )
        return outcome, events

    return run


def test_it_needs_no_ipython(practice: Any) -> None:
    practice.script([{"reply": "Hello there."}])
    command = [sys.executable, "-c", WITHOUT_IPYTHON, practice.url]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.stdout, ran.stderr) == ("Hello there. stop 1\n", "")


def test_text_and_reasoning_come_in_the_callers_thread(practice: Any, sending: Any) -> None:
    practice.script([{"reasoning": "Let me think", "pieces": ["<think>", "no</think>Y", "es."]}])
    threads = set(threading.enumerate())
    outcome, events = sending()
    assert "".join(text for text, _ in events) == "Yes."
    assert "".join(thought for _, thought in events) == "Let me thinkno"
    assert (outcome.finish_reason, outcome.fault, outcome.tries) == ("stop", None, 1)
    assert outcome.usage["total_tokens"] > 0
    assert outcome.request_id
    # No thread is started for it.
    assert set(threading.enumerate()) <= threads


def test_a_wait_is_reported_when_it_begins_and_when_it_is_over(practice: Any, sending: Any) -> None:
    practice.faults("503:retry-after=0.3", "ok")
    before = time.monotonic()
    outcome, events = sending()
    wait, over = events[:2]
    assert isinstance(wait, Wait)
    assert over is None
    assert (wait.reason, wait.next_try, wait.tries) == (
        "The model is over capacity (503).",
        2,
        4,
    )
    assert before + 0.25 < wait.until < time.monotonic()
    assert (outcome.finish_reason, outcome.tries) == ("stop", 2)


@pytest.mark.parametrize(("options", "requests"), [({"tries": 2}, 2), ({"max_wait": 0.2}, 1)])
def test_the_caller_bounds_the_tries_and_the_wait(
    practice: Any, sending: Any, options: Any, requests: int
) -> None:
    practice.faults("503:retry-after=0.3:times=9")
    outcome, _ = sending(**options)
    assert outcome.fault is not None
    assert outcome.finish_reason is None
    assert len(practice.requests()) == outcome.tries == requests


def test_what_a_callback_raises_gets_through_and_ends_the_request(
    practice: Any, client: Client
) -> None:
    practice.script([{"pieces": [f"word{n} " for n in range(400)]}])
    practice.faults("stall:after=3")

    def breaks(_text: str, _reasoning: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(request(), client=client, on_delta=breaks)
    (record,) = practice.requests()
    assert record["closed_early"]


@pytest.mark.parametrize("fault", ["stall-before-headers", "stall:after=3"])
def test_a_cancel_ends_the_request_at_once_and_raises_nothing(
    practice: Any, client: Client, fault: str
) -> None:
    practice.script([{"pieces": [f"word{n} " for n in range(400)]}])
    practice.faults(fault)
    exchange, given = Exchange(), []
    timer = threading.Timer(0.3, exchange.cancel)
    timer.start()
    started = time.monotonic()
    outcome = send(
        request(),
        client=client,
        cancel=exchange,
        on_delta=lambda text, _: given.append(text),
        timeout=60,
    )
    assert time.monotonic() - started < 20
    assert (outcome.finish_reason, outcome.fault) == (None, None)
    assert "".join(given) == ("" if "headers" in fault else "word0 word1 word2 ")
    timer.join()


@pytest.mark.parametrize("limited", [False, True], ids=["fault", "limiter"])
def test_a_cancel_ends_a_wait_at_once(practice: Any, client: Client, *, limited: bool) -> None:
    limiter, exchange = Limiter(), Exchange()
    if limited:
        limiter.note(MODEL, Limits((Limit("RPM", 2, 0, None, time.time()),)))
    else:
        practice.faults("503:retry-after=30:times=9")
    waits: list[Wait | None] = []

    def note(wait: Wait | None) -> None:
        waits.append(wait)
        exchange.cancel()

    started = time.monotonic()
    outcome = send(request(), client=client, limiter=limiter, cancel=exchange, on_wait=note)
    assert time.monotonic() - started < 20
    assert (outcome.finish_reason, outcome.fault) == (None, None)
    assert waits[0] is not None
    assert waits[-1] is None
    assert len(practice.requests()) == (not limited)
    # What never left is not counted, and holds nobody.
    assert limiter.reserve("other", 1).take() is None


def test_a_limit_that_is_used_up_is_waited_for(client: Client) -> None:
    limiter = Limiter()
    limiter.note(MODEL, Limits((Limit("RPM", 120, 0, None, time.time()),)))
    waits: list[Wait | None] = []
    outcome = send(request(), client=client, limiter=limiter, on_wait=waits.append)
    assert outcome.finish_reason == "stop"
    first = waits[0]
    assert first is not None
    assert first.reason == "Rate limit: 120 requests a minute are used up."
    assert first.next_try == 1
    assert "Trying in 1 s (try 1 of 4)" in first.line
    assert waits[-1] is None


def test_where_the_wait_would_be_too_long_the_service_decides(client: Client) -> None:
    limiter = Limiter()
    limiter.note(MODEL, Limits((Limit("RPD", 100, 0, None, time.time()),)))
    waits: list[Wait | None] = []
    outcome = send(request(), client=client, limiter=limiter, on_wait=waits.append)
    assert outcome.finish_reason == "stop"
    assert waits == []


def test_what_the_service_refuses_teaches_the_limiter(practice: Any, client: Client) -> None:
    practice.faults("429:retry-after=3600:kind=rpm")
    limiter = Limiter()
    outcome = send(request(), client=client, limiter=limiter)
    assert outcome.fault is not None
    assert isinstance(outcome.fault.error, RateLimitError)
    known = limiter.limits_of(MODEL).get("RPM")
    assert known is not None
    assert known.limit == 30


def test_a_model_that_is_not_there_teaches_nothing(client: Client) -> None:
    limiter = Limiter()
    outcome = send(request(model="gone"), client=client, limiter=limiter, nearest=lambda _: MODEL)
    assert outcome.fault is not None
    assert MODEL in outcome.fault.error.remedy
    assert limiter.known() == {}


@pytest.mark.slow
def test_many_threads_meet_few_refusals(practice_factory: Any) -> None:
    # Each request may go out half a second after the one before it.
    server = practice_factory(requests_per_minute=120, tokens_per_minute=0)
    server.script([{"reply": "ok"}])
    made = Client(ApiKey("gsk_made_up", "a test"), server.url, 5.0)
    limiter = Limiter()
    limiter.note(MODEL, Limits((Limit("RPM", 120, 120, None, time.time()),)))
    left = list(range(126))
    outcomes: list[Outcome] = []

    def work() -> None:
        while left:
            left.pop()
            outcomes.append(send(request(), client=made, limiter=limiter))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made.close()
    assert [outcome.finish_reason for outcome in outcomes] == ["stop"] * 126
    # The first 120 fit; of the others hardly any is refused.
    assert len(server.requests()) <= 127


@pytest.mark.parametrize("how", ["ok", "tool-fragments"])
@pytest.mark.parametrize("stream", [True, False])
def test_the_calls_of_tools_are_collected(
    practice: Any, client: Client, how: str, *, stream: bool
) -> None:
    practice.script([{"tool_calls": [{"name": "add", "arguments": {"a": 1, "b": 2}}]}])
    practice.faults(how)
    outcome = send(request(stream=stream), client=client)
    (call,) = outcome.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("add", {"a": 1, "b": 2})
    assert (outcome.finish_reason, outcome.fault) == ("tool_calls", None)
