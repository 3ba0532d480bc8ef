"""From a cell to a settled answer: what is sent, what is kept, what is shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shell.dry_runs import messages_in

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
    shown = messages_in(ran.outputs[0])
    assert practice.requests() == []
    assert cells.turns == before
    assert "groq_magic" not in ran.outputs[0]["metadata"]
    assert "Options: temperature 0.5 · stream true" in ran.plain
    cells.fine("%%groq -t 0.5 -s Brief\nWhat is my name?", "b")
    (request,) = sent(practice)
    assert [(each["role"], each["content"]) for each in request["messages"]] == shown
    assert [role for role, _ in shown] == ["system", "user", "assistant", "user"]


def test_a_dry_run_needs_no_key(bare: Any) -> None:
    ran = bare.fine("%groq --dry-run Say hi")
    assert messages_in(ran.outputs[0]) == [("user", "Say hi")]


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


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("json", "module"),
        ("Kind", "class"),
        ("sqrt", "function"),
        ("half", "callable object"),
        ("cached", "callable object"),
    ],
)
def test_a_reply_replaces_no_code(cells: Any, practice: Any, name: str, kind: str) -> None:
    cells.fine("import json\nfrom math import sqrt\nclass Kind: ...")
    cells.fine("from functools import cache, partial\nhalf, cached = partial(pow, 2), cache(sqrt)")
    before = cells.shell.user_ns[name]
    ran = cells.run(f"%%groq -o {name}\nSay hi", "a")
    assert f"`{name}` is a {kind}. Choose another name: `-o answer`." in str(ran.error)
    assert cells.shell.user_ns[name] is before
    assert practice.requests() == []


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


def test_json_mode_is_asked_for_in_words_where_the_prompt_does_not(
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
    assert "is not valid JSON." in ran.data["text/html"]


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
    assert "No cell added: the answer has no code block." in ran.data["text/html"]
    assert cells.turns == [("Print one", "I have no code.")]


def test_code_that_can_not_run_is_no_next_cell(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(cells.shell, "set_next_input", given.append)
    practice.script([{"reply": "```python\nprint(1\n```"}])
    ran = cells.fine("%groq --cell Print one", "a")
    assert given == []
    assert "No cell added: its code is not valid Python (line 1:" in ran.data["text/html"]


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


def test_a_loop_of_asks_is_several_turns_of_one_cell(cells: Any) -> None:
    cells.fine("for n in (1, 2):\n    %groq Count to {{n}}", "a")
    assert [prompt for prompt, _ in cells.turns] == ["Count to 1", "Count to 2"]
