"""`groq_magic.complete`: a plain Python script, many threads, beside a streaming ask."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import groq_magic
from groq_magic.api.exchange import Connection
from groq_magic.asking.complete import complete_checked
from groq_magic.errors import (
    ApiKeyError,
    ConnectionLostError,
    GroqMagicError,
    InterruptedAskError,
    ModelError,
    OptionError,
    PromptError,
)
from groq_magic.options import AskOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "gsk_made_up_for_tests_0123456789"
BLOCKED = """
import importlib.abc, sys
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"IPython", "ipywidgets", "anywidget", "ipykernel"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
"""
PLAIN = "import groq_magic; reply = groq_magic.complete('Say {{x}}'); print(repr(reply))"


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a plain Python script in a folder of its own, without IPython."""

    def run(source: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {n: v for n, v in os.environ.items() if not n.startswith("GROQ_")}
        return subprocess.run(
            [sys.executable, "-c", BLOCKED + source],
            cwd=tmp_path,
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def served(practice: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The practice server as the environment of this process names it."""
    from groq_magic.api.account import account_of
    from groq_magic.api.key import ApiKey

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    yield practice
    account_of(ApiKey(KEY, "a test"), practice.url).close()


def test_it_works_in_a_plain_script(script: Any, practice: Any) -> None:
    practice.script([{"match": "Say {{x}}", "reply": "Fine."}])
    ran = script(PLAIN, GROQ_API_KEY=KEY, GROQ_BASE_URL=practice.url)
    assert ran.stdout.startswith("Reply('Fine.', openai/gpt-oss-120b, stop, ")
    assert ran.stderr == ""
    (record,) = practice.requests()
    # Braces stay as they are.
    assert record["body"]["messages"] == [{"role": "user", "content": "Say {{x}}"}]


def test_the_key_may_stand_in_a_dotenv(script: Any, practice: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={KEY}\n")
    ran = script(PLAIN, GROQ_BASE_URL=practice.url)
    assert ran.stdout.startswith("Reply(")


def test_without_a_key_it_is_one_line(script: Any, practice: Any) -> None:
    source = (
        "import groq_magic\n"
        "try: groq_magic.complete('hi')\n"
        "except groq_magic.errors.ApiKeyError as error: print(error)\n"
    )
    ran = script("import groq_magic.errors\n" + source, GROQ_BASE_URL=practice.url)
    assert ran.stdout == (
        "There is no key. Set GROQ_API_KEY or write it into a .env file; "
        "https://console.groq.com/keys gives one.\n"
    )
    assert practice.requests() == []


def test_the_reply_is_as_an_asks(served: Any) -> None:
    served.script([{"reasoning": "Hm.", "reply": 'So:\n```json\n{"a": 1}\n```'}])
    reply = groq_magic.complete("Count", system="Be brief.", temperature=0.5, max_tokens=50)
    assert (reply.code, reply.data, reply.reasoning) == ('{"a": 1}', {"a": 1}, "Hm.")
    assert (reply.finish_reason, reply.error, reply.source) == ("stop", None, "service")
    assert reply.usage.total_tokens > 0
    assert 0 < reply.timing.first_token <= reply.timing.total
    assert reply.request["temperature"] == 0.5
    assert [m["role"] for m in reply.request["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    "name", ["out", "cell", "once", "conversation", "dry_run", "raw", "cache", "reasoning"]
)
def test_options_about_cells_and_conversations_are_refused(served: Any, name: str) -> None:
    value = {"out": "x", "conversation": "x", "reasoning": "show"}.get(name, True)
    with pytest.raises(OptionError, match=rf"complete\(\) does not take `{name}`"):
        groq_magic.complete("hi", **{name: value})
    assert served.requests() == []


def test_nothing_to_send_is_refused(served: Any) -> None:
    with pytest.raises(PromptError):
        groq_magic.complete("  ")
    with pytest.raises(OptionError, match=r"complete\(\) takes the prompt as text"):
        groq_magic.complete(3)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="Did you mean `temperature`"):
        groq_magic.complete("hi", temprature=0.2)
    assert served.requests() == []


def test_a_task_stands_for_a_model_of_the_key(served: Any) -> None:
    assert groq_magic.complete("hi", model="fast").model == "openai/gpt-oss-20b"
    groq_magic.complete("hi", model="vision")
    assert len(served.requests("/openai/v1/models")) == 1


def test_secrets_are_replaced(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_TOKEN", "tok_0123456789abcdef")
    prompt = f"Why does {KEY} fail with tok_0123456789abcdef?"
    reply = groq_magic.complete(prompt, system=KEY, stop=[KEY])
    (record,) = served.requests()
    contents = [m["content"] for m in record["body"]["messages"]]
    assert contents == ["[key]", "Why does [key] fail with [key]?"]
    assert KEY not in repr(vars(reply)) + repr(record["body"])


def test_it_is_tried_again_and_then_given_up_in_one_line(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.api.send.backoff", lambda _tried: 0.01)
    served.faults("503:retry-after=none", "ok")
    assert groq_magic.complete("hi").finish_reason == "stop"
    served.faults("429:retry-after=3600:kind=rpd")
    with pytest.raises(GroqMagicError, match="requests a day are used up") as caught:
        groq_magic.complete("hi")
    # There may be no notebook here.
    assert "%groq" not in str(caught.value)
    assert "More are available in" in str(caught.value)


def test_what_had_come_is_kept_with_the_error(served: Any) -> None:
    served.script([{"pieces": [f"word{n} " for n in range(400)]}])
    served.faults("cut:bytes=3000")
    with pytest.raises(ConnectionLostError) as caught:
        groq_magic.complete("hi")
    reply = caught.value.reply
    assert reply.text.startswith("word0 word1 ")
    assert reply.finish_reason == "error"


def test_a_model_that_is_not_there_names_another(served: Any) -> None:
    with pytest.raises(ModelError, match=r"Use `model=openai/gpt-oss-20b`\.$"):
        groq_magic.complete("hi", model="gpt-oss-20")
    assert len(served.requests()) == 1


def test_an_interrupt_ends_its_request_and_is_one_line(served: Any) -> None:
    served.script([{"pieces": [f"word{n} " for n in range(400)]}])
    served.faults("stall:after=3")
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.5, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(InterruptedAskError) as caught:
            groq_magic.complete("hi", timeout=30)
    finally:
        timer.join()
    assert str(caught.value) == "Stopped."
    assert caught.value.__context__ is None
    assert caught.value.reply.text.startswith("word0 word1 ")
    assert caught.value.reply.finish_reason == "interrupted"
    (record,) = served.requests()
    assert record["closed_early"]


def test_a_session_gives_its_settings_key_and_practice_mode(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = notebook.session
    session.settings.temperature = 0.25
    complete_checked("hi", AskOptions(), session)
    assert practice.requests()[-1]["body"]["temperature"] == 0.25
    assert notebook.turns == []
    assert "_groq" not in notebook.shell.user_ns
    # An ask and a call in Python know of the same limits.
    assert session.service.limiter is session.service.account().limiter
    monkeypatch.delenv("GROQ_API_KEY")
    with pytest.raises(ApiKeyError, match="There is no key"):
        complete_checked("hi", AskOptions(), session)
    session.service.set_practice(on=True)
    reply = complete_checked("hi", AskOptions(), session)
    assert reply.text.startswith("Practice mode")


def test_24_calls_in_6_threads_beside_a_streaming_ask(
    notebook_factory: Any, practice_factory: Any
) -> None:
    server = practice_factory(tokens_per_second=400)
    long = [f"long{n} " for n in range(300)]
    numbers = [
        {"match": f"number {n}\\b", "pieces": [f"{n}-{i} " for i in range(20)]} for n in range(24)
    ]
    server.script([{"match": "long", "pieces": long}, *numbers])
    notebook = notebook_factory(server.url)
    started = threading.Event()
    chance = random.Random(3)  # noqa: S311 - an order of events, no secret
    pauses = [chance.random() * 0.03 for _ in range(24)]

    def call(n: int) -> str:
        assert started.wait(20)
        time.sleep(pauses[n])
        return complete_checked(f"The number {n} please", AskOptions(), notebook.session).text

    def begun(view: Any) -> bool:
        if view.fed:
            started.set()
        return False

    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(call, n) for n in range(24)]
        asked = notebook.ask("long", stop_when=begun)
        texts = [future.result(60) for future in futures]
    assert asked.reply.text == asked.view.fed == "".join(long)
    assert texts == ["".join(f"{n}-{i} " for i in range(20)) for n in range(24)]
    assert notebook.turns == [("long", "".join(long), "stop")]


@pytest.mark.parametrize("step", ["receive_response_body.started", "response_closed.started"])
def test_after_an_interrupt_the_next_call_has_a_sound_connection(
    served: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    served.script([{"pieces": ["pong"]}])
    trace = Connection._trace

    def interrupted(connection: Connection, event: str, info: Any) -> None:
        trace(connection, event, info)
        if event.endswith(step):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "_trace", interrupted)
        with pytest.raises(InterruptedAskError):
            groq_magic.complete("hi")
    assert groq_magic.complete("hi", timeout=2).text == "pong"


def test_threads_that_need_the_models_at_once_fetch_them_once(served: Any) -> None:
    served.script([{"pieces": ["pong"]}])
    together = threading.Barrier(6)

    def asked(_number: int) -> str:
        together.wait()
        return groq_magic.complete("hi", model="fast").text

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(asked, range(6))) == {"pong"}
    assert len(served.requests("/openai/v1/models")) == 1
