"""From a cell to a settled answer: what is sent, what is kept, what is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groq_magic.errors import (
    ConnectionLostError,
    GroqMagicError,
    ModelError,
    RateLimitError,
    ServiceError,
)

PLAIN = {
    "model": "openai/gpt-oss-120b",
    "messages": [{"role": "user", "content": "Say hi"}],
    "stream": True,
}


def sent(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def test_an_ask_sends_the_prompt_and_nothing_else(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    ran = cells.fine("%%groq\n\n  Say hi  \n\n", "a")
    assert sent(practice) == [PLAIN]
    assert ran.plain == "Hi."


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ("-m openai/gpt-oss-20b", {"model": "openai/gpt-oss-20b"}),
        ("--model=openai/gpt-oss-20b", {"model": "openai/gpt-oss-20b"}),
        ("-t 0", {"temperature": 0.0}),
        ("--temperature 0.7", {"temperature": 0.7}),
        ("-t0.25", {"temperature": 0.25}),
        ("--max-tokens 50", {"max_completion_tokens": 50}),
        ("--top-p 0.9", {"top_p": 0.9}),
        ("--frequency-penalty -1.5", {"frequency_penalty": -1.5}),
        ("--presence-penalty 2", {"presence_penalty": 2.0}),
        ("--seed 7", {"seed": 7}),
        ("--stop END", {"stop": ["END"]}),
        ("--stop END --stop 'the end'", {"stop": ["END", "the end"]}),
        ("--reasoning-effort low", {"reasoning_effort": "low"}),
        ("--service-tier flex", {"service_tier": "flex"}),
        ("--reasoning show", {}),
        ("--timeout 30", {}),
        ("--raw", {}),
        ("-f text", {}),
        ("-f code", {}),
        ("--once", {}),
        ("-c other", {}),
        ("-o answer", {}),
    ],
)
def test_an_option_goes_out_as_the_apis_parameter(
    cells: Any, practice: Any, options: Any, parameters: Any
) -> None:
    cells.fine(f"%%groq {options}\nSay hi", "a")
    cells.fine(f"%groq {options} Say hi", "a")
    assert sent(practice) == [{**PLAIN, **parameters}] * 2


@pytest.mark.parametrize("options", ["-s 'Be brief'", '--system "Be brief"', "--system='Be brief'"])
def test_a_system_prompt_goes_first(cells: Any, practice: Any, options: Any) -> None:
    cells.fine(f"%groq {options} Say hi", "a")
    assert sent(practice)[0]["messages"] == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "Say hi"},
    ]


def test_without_streaming_the_whole_answer_comes_at_once(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "All of it."}])
    ran = cells.fine("%groq --no-stream Say hi", "a")
    assert "stream" not in sent(practice)[0]
    assert ran.plain == "All of it."
    assert cells.reply.usage.completion_tokens > 0


def test_an_option_holds_for_its_ask_only(cells: Any, practice: Any) -> None:
    cells.fine("%groq --once -t 0 -m openai/gpt-oss-20b -s Brief Say hi", "a")
    cells.fine("%groq --once Say hi", "b")
    assert sent(practice)[1] == PLAIN


@pytest.mark.parametrize(
    ("task", "model"),
    [
        ("fast", "openai/gpt-oss-20b"),
        ("balanced", "openai/gpt-oss-120b"),
        ("reasoning", "openai/gpt-oss-120b"),
        ("vision", "qwen/qwen3.8-27b"),
    ],
)
def test_a_task_names_a_model(cells: Any, practice: Any, task: Any, model: Any) -> None:
    cells.fine(f"%groq -m {task} Say hi", "a")
    assert sent(practice)[0]["model"] == model


def test_a_dry_run_shows_the_request_and_sends_nothing(cells: Any, practice: Any) -> None:
    cells.fine("%groq My name is Ada.", "a")
    practice.forget_requests()
    before = cells.turns
    ran = cells.fine("%%groq --dry-run -t 0.5 -s Brief\nWhat is my name?", "b")
    shown = json.loads(ran.plain)
    assert practice.requests() == []
    assert cells.turns == before
    assert "groq_magic" not in ran.outputs[0]["metadata"]
    cells.fine("%%groq -t 0.5 -s Brief\nWhat is my name?", "b")
    assert sent(practice) == [shown]


def test_a_dry_run_needs_no_key(bare: Any) -> None:
    ran = bare.fine("%groq --dry-run Say hi")
    assert json.loads(ran.plain)["messages"] == [{"role": "user", "content": "Say hi"}]


def test_the_reply_is_a_value(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hello there.", "reasoning": "Short."}])
    ran = cells.fine("%%groq -o answer\nSay hi", "a")
    reply = cells.reply
    assert cells.shell.user_ns["answer"] is reply
    assert (reply.text, reply.code, reply.data) == ("Hello there.", "", None)
    assert (reply.model, reply.finish_reason) == ("openai/gpt-oss-120b", "stop")
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.timing.total >= reply.timing.first_token > 0
    assert reply.request == PLAIN
    assert reply.reasoning == "Short."
    assert reply.error is None
    assert str(reply) == "Hello there."
    assert "Short." not in ran.everything


def test_a_magic_returns_nothing(cells: Any) -> None:
    cells.fine("found = get_ipython().run_line_magic('groq', 'Say hi')", "a")
    assert cells.shell.user_ns["found"] is None


def test_code_is_taken_out_of_its_fences(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "So:\n\n```python\nx = 1\n```\n\nand\n\n```\ny = 2\n```\nDone."}])
    ran = cells.fine("%groq -f code Two lines", "a")
    assert cells.reply.code == "x = 1\n\ny = 2"
    assert "Done." not in ran.data["text/html"]
    assert "Done." in ran.plain


def test_json_is_asked_for_and_parsed(cells: Any, practice: Any) -> None:
    practice.script([{"reply": '{"a": [1, 2]}'}])
    cells.fine("%groq -f json Give me JSON", "a")
    (body,) = sent(practice)
    assert body["response_format"] == {"type": "json_object"}
    assert body["messages"] == [{"role": "user", "content": "Give me JSON"}]
    assert cells.reply.data == {"a": [1, 2]}


def test_json_mode_is_wished_for_in_words_where_the_prompt_does_not(
    cells: Any, practice: Any
) -> None:
    cells.fine("%groq -f json Two numbers", "a")
    first, second = sent(practice)[0]["messages"]
    assert first["role"] == "system"
    assert "JSON" in first["content"]
    assert second == {"role": "user", "content": "Two numbers"}


@pytest.mark.parametrize("answer", ["no JSON at all", '{"a": 1', "[" * 200_000])
def test_an_answer_that_is_no_json_is_kept_and_marked(
    cells: Any, practice: Any, answer: Any
) -> None:
    practice.script([{"pieces": [answer]}])
    ran = cells.fine("%groq -f json Give me JSON", "a")
    assert ran.plain == answer
    assert cells.reply.data is None
    assert "no valid JSON" in ran.data["text/html"]


def test_text_is_shown_as_it_is(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "*not* emphasised"}])
    ran = cells.fine("%groq -f text Say hi", "a")
    assert "*not* emphasised" in ran.data["text/html"]
    assert "<em>" not in ran.data["text/html"]


def test_the_next_cell_gets_the_code_alone(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(cells.shell, "set_next_input", given.append)
    practice.script([{"reply": "Here you are:\n\n```python\nprint(1)\n```\n\nRun it."}])
    cells.fine("%groq --cell Print one", "a")
    assert given == ["print(1)"]


def test_no_code_for_the_next_cell_is_said(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(cells.shell, "set_next_input", given.append)
    practice.script([{"reply": "I have no code."}])
    ran = cells.fine("%groq --cell Print one", "a")
    assert given == []
    assert "no next cell: the answer holds no code" in ran.data["text/html"]
    assert cells.turns == [("Print one", "I have no code.")]


def test_reasoning_is_shown_only_when_asked_for(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Four.", "reasoning": "Two and two."}])
    hidden = cells.fine("%groq Two plus two", "a")
    shown = cells.fine("%groq --reasoning show Two plus two", "b")
    assert "Two and two." not in hidden.everything
    assert "Two and two." in shown.data["text/html"]
    assert "<details" in shown.data["text/html"]
    assert shown.plain == "Four."
    assert sent(practice)[1]["messages"][1] == {"role": "assistant", "content": "Four."}


@pytest.mark.parametrize(
    "pieces",
    [
        ["<think>Two and two.</think>\n\nFour."],
        ["<th", "ink>Two ", "and two.</", "thi", "nk>\n", "Four."],
        ["\n", "<think>\n", "Two and two.", "</think>", "Four."],
    ],
)
def test_thinking_in_the_answer_is_reasoning(cells: Any, practice: Any, pieces: Any) -> None:
    practice.script([{"pieces": pieces}])
    ran = cells.fine("%groq -m qwen/qwen3.8-27b Two plus two", "a")
    assert cells.reply.reasoning.strip() == "Two and two."
    assert ran.plain.strip() == "Four."
    assert "think" not in ran.data["text/html"]


def test_a_terminal_shows_text_and_the_bar(terminal: Any, practice: Any) -> None:
    practice.script([{"reply": "Hello **there**."}])
    ran = terminal.fine("%groq Say hi")
    assert ran.outputs == []
    first, bar = ran.text.strip().splitlines()
    assert first == "Hello **there**."
    assert bar.startswith("openai/gpt-oss-120b · ")


METADATA = {
    "version",
    "conversation",
    "turn",
    "cell",
    "ask",
    "model",
    "options",
    "finish_reason",
    "usage",
    "system",
    "inserted",
    "prompt_sha",
    "request_sha",
    "replaces",
    "once",
}


def test_the_metadata_of_a_cells_answer(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    cells.fine("role = 'a pirate'\n%groq Hello", "a")
    ran = cells.fine("%%groq -t 0.5 -s 'You are {{role}}'\nSay hi", "b")
    record = ran.record
    assert record.keys() == METADATA
    assert record["version"] == 1
    assert (record["conversation"], record["turn"]) == ("main", 2)
    assert (record["cell"], record["ask"]) == ("b", 1)
    assert record["model"] == "openai/gpt-oss-120b"
    assert record["options"] == {"temperature": 0.5, "system": "You are {{role}}"}
    assert record["finish_reason"] == "stop"
    assert record["usage"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert record["system"] == "You are {{role}}"
    assert "pirate" not in json.dumps(record)
    assert record["inserted"] == ["role"]
    assert (record["replaces"], record["once"]) == (None, False)
    json.dumps(record)


def test_a_line_records_its_prompt_as_typed(cells: Any) -> None:
    cells.fine("n = 3", "z")
    ran = cells.fine("%groq Count to {{n}}", "a")
    assert ran.record.keys() == METADATA | {"prompt"}
    assert ran.record["prompt"] == "Count to {{n}}"


def test_store_none_writes_nothing_of_the_turn(served: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("groq_magic.magics.face.front_end", lambda _shell: "static")
    cells = served(store="none")
    (output,) = cells.fine("%groq Say hi", "a").outputs
    assert output["metadata"] == {}


def test_two_runs_of_a_notebook_leave_the_same_outputs(served: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("groq_magic.magics.face.front_end", lambda _shell: "static")

    def run() -> list[Any]:
        cells = served()
        sources = ("%%groq\nOne", "%groq -s Brief Two", "%groq_history", "%groq_models", "%groq")
        return [cells.fine(source, str(at)).outputs for at, source in enumerate(sources)]

    assert run() == run()


def test_a_retired_model_is_one_line_with_the_nearest(cells: Any) -> None:
    ran = cells.run("%groq -m mixtral-8x7b-32768 Say hi", "a")
    assert isinstance(ran.error, ModelError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "mixtral-8x7b-32768" in ran.text
    assert "-m openai/gpt-oss-120b" in ran.text
    assert "%groq_models" in ran.text
    assert cells.turns == []


def test_an_unknown_model_is_one_line_with_the_nearest(cells: Any) -> None:
    ran = cells.run("%groq -m gpt-oss-20 Say hi", "a")
    assert isinstance(ran.error, ModelError)
    assert "-m openai/gpt-oss-20b" in ran.text


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groq_magic.asking.backoff", lambda _tried: 0.01)


@pytest.mark.usefixtures("_hasty")
def test_a_wait_ends_and_the_ask_goes_on(cells: Any, practice: Any) -> None:
    practice.faults("429:retry-after=0.05", "503", "drop-before-headers")
    practice.script([{"reply": "At last."}])
    ran = cells.fine("%groq Say hi", "a")
    assert ran.plain == "At last."
    assert len(practice.requests()) == 4
    assert len(cells.turns) == 1


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("fault", ["drop:after=0", "eof:after=0"])
def test_a_reply_that_ends_before_any_text_is_tried_again(
    cells: Any, practice: Any, fault: Any
) -> None:
    practice.faults(fault)
    practice.script([{"pieces": ["At last."]}])
    assert cells.fine("%groq Say hi", "a").plain == "At last."


def test_a_long_wait_is_not_waited_for(cells: Any, practice: Any) -> None:
    practice.faults("429:retry-after=900")
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, RateLimitError)
    assert "15 min" in ran.text
    assert len(practice.requests()) == 1


def test_tries_come_to_an_end(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.tries = 2")
    practice.faults("503:retry-after=0.01:times=9")
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, ServiceError)
    assert len(practice.requests()) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("drop:after=2", "error"),
        ("reset:after=2", "error"),
        ("malformed-json:after=2", "error"),
        ("event-error:after=2", "error"),
        ("event-error-bare:after=2", "error"),
        ("data-error:after=2", "error"),
    ],
)
def test_what_came_before_a_fault_is_kept_and_the_cell_fails(
    cells: Any, practice: Any, fault: Any, reason: Any
) -> None:
    practice.script([{"pieces": ["One ", "two ", "three ", "four"]}])
    practice.faults(fault)
    ran = cells.run("%groq -o answer Count", "a")
    assert isinstance(ran.error, GroqMagicError)
    assert len(ran.text.strip().splitlines()) == 1
    # A second output holds, folded, what the service refused.
    assert ran.outputs[0]["data"]["text/plain"] == "One two "
    assert ran.outputs[0]["metadata"]["groq_magic"]["finish_reason"] == reason
    assert cells.reply.text == "One two "
    assert cells.reply.error is ran.error
    assert cells.shell.user_ns["answer"] is cells.reply
    assert cells.turns == [("Count", "One two ")]


@pytest.mark.parametrize("fault", ["eof:after=2", "no-finish-reason", "x-groq-error:after=2"])
def test_an_answer_cut_off_is_marked_and_the_cell_succeeds(
    cells: Any, practice: Any, fault: Any
) -> None:
    practice.script([{"pieces": ["One ", "two ", "three"]}])
    practice.faults(fault)
    ran = cells.fine("%groq Count", "a")
    assert ran.record["finish_reason"] == "truncated"
    assert "cut off" in ran.data["text/html"]
    assert ran.plain.startswith("One two ")


@pytest.mark.parametrize(
    "fault", ["no-done", "no-blank-line", "crlf", "bytes", "comments", "ping:every=1", "old-usage"]
)
def test_an_odd_stream_is_read_whole(cells: Any, practice: Any, fault: Any) -> None:
    practice.script([{"pieces": ["Grüße ", "两 ", "three"]}])
    practice.faults(fault)
    ran = cells.fine("%groq Count", "a")
    assert ran.plain == "Grüße 两 three"
    assert ran.record["finish_reason"] == "stop"


def test_an_answer_at_the_token_limit_says_how_to_get_more(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "One two", "finish_reason": "length"}])
    ran = cells.fine("%groq Count", "a")
    assert ran.record["finish_reason"] == "length"
    assert "--max-tokens" in ran.data["text/html"]


def test_the_first_text_failing_leaves_no_output(cells: Any, practice: Any) -> None:
    practice.faults("500:times=9")
    cells.fine("%config GroqMagics.tries = 1")
    ran = cells.run("%groq Say hi", "a")
    assert ran.outputs == []
    assert cells.reply.error is ran.error
    assert cells.reply.text == ""


def test_a_wire_that_is_silent_is_given_up(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.tries = 1")
    practice.faults("stall-before-headers")
    ran = cells.run("%groq --timeout 0.2 Say hi", "a")
    assert isinstance(ran.error, ConnectionLostError)
    assert "0.2 s" in ran.text


def test_a_failing_list_of_models_fails_no_ask(cells: Any, practice: Any) -> None:
    practice.faults(models=("500", "html-200", "wrong-json"))
    for cell in "abc":
        cells.fine("%groq -m fast Say hi", cell)
    assert len(practice.requests()) == 3


def test_a_loop_of_asks_is_several_turns_of_one_cell(cells: Any) -> None:
    cells.fine("for n in (1, 2):\n    %groq Count to {{n}}", "a")
    assert [prompt for prompt, _ in cells.turns] == ["Count to 1", "Count to 2"]
