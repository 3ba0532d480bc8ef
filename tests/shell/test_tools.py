"""`--tools`: functions of the session that the model calls, under limits, with approval."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import (
    InterruptedAskError,
    NotebookError,
    OptionError,
    RequestError,
    ServiceError,
)
from tests.shell.notebook_file import Notebook

if TYPE_CHECKING:
    from pathlib import Path

QWEN = "qwen/qwen3.8-27b"
TOOLS = '''
import time, groq_magic

def price(item: str, count: int = 1) -> float:
    """Return the price of some items.

    Parameters
    ----------
    item : str
        What is bought.
    """
    return {"tea": 2.5, "oil": 7.0}[item] * count

def boom(): raise ValueError("no stock of " + "x" * 5_000)
def leave(): raise SystemExit(3)
def hang(): time.sleep(60)
def spin():
    while True: pass
def talk():
    print("from the tool")
    return "said"
def nested(): return groq_magic.complete("Inner?").text
def asks(): return groq_magic.ask("Inner?")
def odd():
    class Odd:
        def __repr__(self): raise RuntimeError("no repr")
    return Odd()
def binary(): return b"123"
def nothing(): pass
async def later(): return 1
def big():
    import pandas as pd
    return pd.DataFrame({"email": ["a@b.example"] * 1_000_000, "n": range(1_000_000)})
'''


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def script(practice: Any, *rounds: Any, final: str = "Done.") -> None:
    """Call tools round by round, then answer."""
    replies = [
        {"tool_calls": each, "round": number}
        for number, each in enumerate(rounds)
        if isinstance(each, list)
    ]
    practice.script([{"match": "^Inner", "reply": "inner"}, *replies, {"reply": final}])


def results(practice: Any) -> list[str]:
    """What the model got in the last request, of all tools of this ask."""
    messages = practice.requests()[-1]["body"]["messages"]
    asked = max(n for n, each in enumerate(messages) if each["role"] == "user")
    return [each["content"] for each in messages[asked:] if each["role"] == "tool"]


@pytest.fixture
def tools(served: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    cells = served(confirm_tools=False)
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    cells.fine(TOOLS, "t")
    return cells


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reply to the questions at `input()`."""
    asked: list[str] = []

    def set_replies(*given: Any) -> list[str]:
        left = list(given)

        def reply(question: str) -> str:
            asked.append(question)
            found = left.pop(0)
            return str(found(question) if callable(found) else found)

        monkeypatch.setattr("builtins.input", reply)
        for module in ("groq_magic.tools.question", "groq_magic.asking.tool_approval"):
            monkeypatch.setattr(f"{module}.has_input", lambda _shell: True)
        return asked

    return set_replies


def test_a_call_is_made_and_its_result_sent(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea", count=2)], final="It costs 5.")
    ran = tools.fine("%groq --tools price What do two teas cost?", "a")
    first, second = (record["body"] for record in practice.requests())
    (offered,) = first["tools"]
    assert offered["function"]["name"] == "price"
    assert offered["function"]["description"] == "Return the price of some items."
    assert offered["function"]["parameters"]["required"] == ["item"]
    assert first["parallel_tool_calls"] is False
    asked, called, result = second["messages"]
    assert asked == first["messages"][0]
    assert json.loads(called["tool_calls"][0]["function"]["arguments"])["count"] == 2
    assert "content" not in called
    assert result["content"] == "5.0"
    assert result["tool_call_id"] == called["tool_calls"][0]["id"]
    reply = tools.reply
    assert reply.text == "It costs 5."
    (made,) = reply.tool_calls
    assert (made.name, made.result, made.state) == ("price", "5.0", "returned")
    assert made.seconds < 1
    assert 'price(item="tea", count=2)' in ran.data["text/html"].replace("&quot;", '"')
    assert "→ <code>5.0</code>" in ran.data["text/html"]
    # The values of a session are never saved in metadata.
    assert ran.record["options"] == {"tools": ["price"]}
    assert "5.0" not in json.dumps(ran.record)


def test_the_tokens_of_all_exchanges_count(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")])
    tools.fine("%groq --tools price Cost?", "a")
    assert tools.reply.usage.prompt_tokens > 100
    assert len(tools.session.ledger) == 1


def test_calls_in_parallel_are_made_in_order(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea"), call("price", item="oil", count=3)])
    tools.fine(f"%groq -m {QWEN} --tools price,talk Cost?", "a")
    assert results(practice) == ["2.5", "21.0"]
    body = practice.requests()[0]["body"]
    assert "parallel_tool_calls" not in body
    assert body["reasoning_format"] == "parsed"


def test_ids_that_repeat_and_odd_characters_are_sent_well(tools: Any, practice: Any) -> None:
    same = {"id": "same", "function": {"name": "price", "arguments": '{"item": "tea"}'}}
    odd = {"id": "same", "function": {"name": "pr\ud83d", "arguments": '{"item": "\ud83d"}'}}
    practice.script(
        [
            {"tool_calls": [same, odd], "round": 0},
            {"tool_calls": [same], "round": 1},
            {"reply": "Done."},
        ]
    )
    tools.fine(f"%groq -m {QWEN} --tools price Cost?", "a")
    assert [each.state for each in tools.reply.tool_calls] == ["returned", "failed", "returned"]
    practice.script([{"reply": "Yes."}])
    tools.fine("%groq Next", "b")


def test_rounds_follow_one_another(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")], [call("price", item="oil")])
    tools.fine("%groq --tools price Cost?", "a")
    assert results(practice) == ["2.5", "7.0"]
    assert [each.result for each in tools.reply.tool_calls] == ["2.5", "7.0"]


@pytest.mark.parametrize(
    ("called", "result"),
    [
        (call("prize", item="tea"), "There is no tool prize. The tools are: price, boom"),
        (call("price"), "The arguments don't fit: item"),
        (call("price", item="tea", colour="red"), "The arguments don't fit"),
        ({"name": "price", "arguments": "{broken"}, "The arguments don't fit"),
        (call("price", item="jam"), "KeyError: 'jam'"),
        (call("boom"), "ValueError: no stock of x"),
        (call("leave"), "SystemExit: 3"),
        (call("binary"), "The result can't be sent: It is binary."),
    ],
)
def test_the_model_gets_the_errors_of_calls(
    tools: Any, practice: Any, called: Any, result: str
) -> None:
    script(practice, [called])
    tools.fine("%groq --tools price,boom,leave,binary Cost?", "a")
    (sent,) = results(practice)
    assert sent.startswith(result)
    assert len(sent) < 1_100
    assert tools.reply.tool_calls[0].state == "failed"
    assert tools.reply.text == "Done."


@pytest.mark.parametrize("name", ["hang", "spin"])
def test_a_call_that_hangs_ends_at_its_time_limit(tools: Any, practice: Any, name: str) -> None:
    tools.fine("%config GroqMagics.tool_timeout = 0.1")
    script(practice, [call(name)])
    tools.fine(f"%groq --tools {name} Go", "a")
    assert results(practice) == ["The call took longer than 0.1 s."]
    assert tools.reply.tool_calls[0].seconds < 10


def test_an_endless_loop_ends_after_eight_rounds(tools: Any, practice: Any) -> None:
    practice.script([{"tool_calls": [call("price", item="tea")]}])
    ran = tools.run("%groq --tools price Cost?", "a")
    assert isinstance(ran.error, ServiceError)
    assert "8 rounds" in str(ran.error)
    bodies = [record["body"] for record in practice.requests()]
    assert [each.get("tool_choice") for each in bodies] == [None] * 8 + ["none"]
    assert len(tools.reply.tool_calls) == 8


def test_after_eight_rounds_the_model_answers_with_what_it_has(tools: Any, practice: Any) -> None:
    script(practice, *([call("price", item="tea")] for _ in range(8)), final="Enough.")
    tools.fine("%groq --tools price Cost?", "a")
    assert tools.reply.text == "Enough."


def test_what_a_tool_prints_is_shown_and_not_sent(tools: Any, practice: Any) -> None:
    script(practice, [call("talk")])
    ran = tools.fine("%groq --tools talk Go", "a")
    assert results(practice) == ["said"]
    assert "from the tool" in ran.text


def test_a_large_frame_is_summarised_and_private_columns_stay(tools: Any, practice: Any) -> None:
    tools.fine("%config GroqMagics.private = ['email']")
    script(practice, [call("big")])
    tools.fine("%groq --tools big Go", "a")
    (sent,) = results(practice)
    assert "1,000,000 rows" in sent
    assert "a@b.example" not in sent
    assert len(sent) < 4_200


def test_at_no_rows_no_value_of_a_frame_is_sent(tools: Any, practice: Any) -> None:
    tools.fine("%config GroqMagics.rows_sent = 0")
    tools.fine(
        "import pandas as pd\nframe = pd.DataFrame({'who': ['Wilhelmina']})\n"
        "def rows(): return frame\ndef text(): return frame.to_string()\n"
        "def fails(): raise KeyError('Wilhelmina')"
    )
    script(practice, [call("rows"), call("text"), call("fails")])
    tools.fine(f"%groq -m {QWEN} --tools rows,text,fails Go", "a")
    assert len(results(practice)) == 3
    assert "Wilhelmina" not in json.dumps(practice.requests()[-1]["body"])


def test_secrets_are_replaced(
    tools: Any, practice: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2-hunter2")
    tools.fine(
        "import os\ndef leak(): return {'k': os.environ['GROQ_API_KEY'], "
        "'p': os.environ['SHOP_PASSWORD']}\n"
        "def fails(): raise ValueError(os.environ['SHOP_PASSWORD'])"
    )
    script(practice, [call("leak"), call("fails")])
    ran = tools.fine(f"%groq -m {QWEN} --tools leak,fails Go", "a")
    seen = json.dumps([record["body"] for record in practice.requests()]) + ran.everything
    assert "hunter2" not in seen
    assert key not in seen
    assert len([each for each in results(practice) if "[key]" in each]) == 2


def test_a_tool_may_complete_but_not_ask(tools: Any, practice: Any) -> None:
    script(practice, [call("nested")], [call("asks")])
    tools.fine("%groq --tools nested,asks Go", "a")
    inner, refused = results(practice)
    assert inner == "inner"
    assert refused.startswith("NotebookError: A function that the model calls can't ask")
    assert tools.turns == [("Go", "Done.")]


@pytest.mark.parametrize(("name", "text"), [("nothing", "None"), ("odd", "Odd")])
def test_any_value_becomes_a_text(tools: Any, practice: Any, name: str, text: str) -> None:
    script(practice, [call(name)])
    tools.fine(f"%groq --tools {name} Go", "a")
    assert text in results(practice)[0]


def test_later_turns_send_the_calls_and_their_results(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")], final="It costs 2.5.")
    tools.fine("%groq --tools price Cost?", "a")
    practice.script([{"reply": "Yes."}])
    tools.fine("%groq Really?", "b")
    sent = practice.requests()[-1]["body"]["messages"]
    assert [each["role"] for each in sent] == ["user", "assistant", "tool", "assistant", "user"]
    assert sent[2]["content"] == "2.5"
    assert tools.session.conversations.get("main", practice=False).turns[0].answer
    # Once less may be sent, neither the results nor the answer are.
    tools.fine("%config GroqMagics.rows_sent = 0")
    tools.fine("%groq And now?", "c")
    again = json.dumps(practice.requests()[-1]["body"]["messages"])
    assert "2.5" not in again
    assert "tool_calls" not in again


def test_asking_again_with_the_same_calls_makes_no_answer_stale(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")])
    tools.fine("%groq --tools price Cost?", "a")
    tools.fine("%groq Next", "b")
    before = tools.session.conversations.get("main", practice=False).turns[0].as_earlier
    tools.fine("%groq --tools price Cost?", "a")
    assert (
        tools.session.conversations.get("main", practice=False).turns[0].as_earlier.content
        == before.content
    )


def test_text_beside_calls_is_part_of_the_answer(tools: Any, practice: Any) -> None:
    practice.script(
        [
            {"reply": "I look it up.", "tool_calls": [call("price", item="tea")], "round": 0},
            {"reply": "It costs 2.5."},
        ]
    )
    tools.fine("%groq --tools price Cost?", "a")
    assert tools.reply.text == "I look it up.\n\nIt costs 2.5."
    sent = practice.requests()[-1]["body"]["messages"]
    assert sent[1]["content"] == "I look it up."
    # A restored turn has the same answer as this one.
    assert tools.turns == [("Cost?", tools.reply.text)]


def test_an_export_contains_the_results(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")])
    tools.fine("%groq --tools price Cost?", "a")
    for kind in ("python", "openai", "curl", "node"):
        code = tools.fine(f"%groq_export --as {kind}").plain
        assert "tool_call_id" in code
        assert "2.5" in code
        if kind in {"python", "openai"}:
            compile(code, "export", "exec")


def test_tools_and_a_schema_go_together(tools: Any, practice: Any) -> None:
    practice.script(
        [
            {"tool_calls": [call("price", item="tea")], "round": 0, "times": 1},
            {"reply": "About 2.5", "times": 1},
            {"reply": '{"cost": 2.5}'},
        ]
    )
    tools.fine("%groq --tools price --schema 'cost float' Cost?", "a")
    assert tools.reply.data == {"cost": 2.5}
    bodies = [record["body"] for record in practice.requests()]
    assert len(bodies) == 3
    # The service takes no strict schema beside tools.
    assert not any("response_format" in each for each in bodies)
    assert "JSON schema" in bodies[0]["messages"][0]["content"]


def test_a_call_that_the_service_refuses_is_quoted_once(tools: Any, practice: Any) -> None:
    script(practice)
    practice.faults("tool-use-failed:generation=price(tea)")
    tools.fine("%groq --tools price Cost?", "a")
    sent = practice.requests()[-1]["body"]["messages"]
    assert sent[1] == {"role": "assistant", "content": "price(tea)"}
    assert "The tools are: price." in sent[2]["content"]
    practice.faults("tool-use-failed:generation=x:times=2")
    assert isinstance(tools.run("%groq --tools price Cost?", "a").error, RequestError)


def test_functions_may_be_given_in_python(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")], [call("own")])
    tools.fine(
        "def f():\n"
        "    def own(): return 'own'\n"
        "    return groq_magic.ask('Cost?', tools=[price, own])\n"
        "assert [each.result for each in f().tool_calls] == ['2.5', 'own']",
        "a",
    )
    script(practice, [call("own")])
    tools.fine(
        "def g():\n    def own(): return 'own'\n    return groq_magic.ask('Go', tools='own')\n"
        "assert g().tool_calls[0].result == 'own'",
        "b",
    )
    tools.fine("%groq_retry")
    assert tools.reply.tool_calls[0].result == "own"


@pytest.mark.parametrize(
    ("tools_given", "said"),
    [
        ("prize", "Did you mean `price`?"),
        ("nowhere_at_all", "Define the function"),
        ("later", "is async"),
        ("time", "isn't a function"),
        ("browser_searches", "Did you mean `browser_search`?"),
    ],
)
def test_a_name_that_is_no_tool_is_refused_unsent(
    tools: Any, practice: Any, tools_given: str, said: str
) -> None:
    ran = tools.run(f"%groq --tools {tools_given} Go", "a")
    assert isinstance(ran.error, OptionError)
    assert said in str(ran.error)
    assert not practice.requests()


def test_complete_takes_no_tools(tools: Any) -> None:
    assert isinstance(tools.run("groq_magic.complete('Hi', tools=[price])").error, OptionError)


def test_a_dry_run_lists_the_tools(tools: Any, practice: Any) -> None:
    ran = tools.fine("%groq --dry-run --tools price,browser_search Cost?", "a")
    assert "Tools that it may call: price, browser_search" in ran.plain
    assert "parameters" not in ran.plain
    assert not practice.requests()


def test_tools_at_groq_are_shown_with_sources_and_images(tools: Any, practice: Any) -> None:
    png = base64.b64encode(b"\x89PNG made up").decode()
    pages = [
        {"title": "A <b>page</b>", "url": "https://example.com/?a=1&b=2"},
        {"title": "evil", "url": "javascript:alert(1)"},
    ]
    executed = [
        {
            "index": 0,
            "type": "browser_search",
            "arguments": '{"query": "tea"}',
            "output": "found",
            "search_results": {"results": pages},
        },
        {
            "index": 1,
            "type": "code_interpreter",
            "arguments": "{}",
            "code_results": [{"png": png, "text": "3"}, {"png": "x' onerror='1"}],
        },
    ]
    practice.script([{"reply": "Found.", "executed_tools": executed}])
    ran = tools.fine("%groq --tools browser_search,code_interpreter Look", "a")
    assert practice.requests()[0]["body"]["tools"] == [
        {"type": "browser_search"},
        {"type": "code_interpreter"},
    ]
    html = ran.data["text/html"]
    assert "ran at Groq, billed separately" in html
    assert 'href="https://example.com/?a=1&amp;b=2"' in html
    assert "A &lt;b&gt;page" in html
    assert 'href="javascript' not in html
    assert f"data:image/png;base64,{png}" in html
    assert "onerror" not in html
    search, code = tools.reply.tool_calls
    assert (search.state, code.result) == ("at service", "3")


def test_each_call_needs_approval(tools: Any, practice: Any, replies: Any) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    asked = replies("", "y", "run", "no too dear")
    script(practice, [call("price", item="tea")], [call("price", item="oil")])
    tools.fine("%groq --tools price Cost?", "a")
    assert len(asked) == 4
    assert asked[0].startswith("Run price?")
    assert results(practice) == ["2.5", "The user refused this call. Their reason: too dear"]
    assert [each.state for each in tools.reply.tool_calls] == ["returned", "refused"]


def test_all_with_its_code_runs_the_rest_of_this_ask_alone(
    tools: Any, practice: Any, replies: Any
) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    asked = replies(lambda q: "all " + q.partition("all ")[2][:4], "run", "run")
    script(practice, [call("price", item="tea")], [call("price", item="oil")])
    tools.fine("%groq --tools price Cost?", "a")
    assert len(asked) == 1
    tools.fine("%groq --tools price Cost?", "a")
    assert len(asked) == 3


def test_stop_ends_the_ask_and_keeps_the_calls(tools: Any, practice: Any, replies: Any) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    replies("run", "stop")
    script(practice, [call("price", item="tea")], [call("price", item="oil"), call("talk")])
    ran = tools.run(f"%groq -m {QWEN} --tools price,talk Cost?", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert [each.state for each in tools.reply.tool_calls] == ["returned", "stopped", "stopped"]
    assert tools.reply.finish_reason == "interrupted"
    # A later turn is sent whole: each call has its result.
    practice.script([{"reply": "Yes."}])
    tools.fine("%groq Next", "b")
    messages = practice.requests()[-1]["body"]["messages"]
    roles = [each["role"] for each in messages]
    assert roles == ["user", "assistant", "tool", "assistant", "tool", "tool", "user"]


def test_a_stopped_call_is_labelled_once(tools: Any, practice: Any, replies: Any) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    replies("stop")
    script(practice, [call("price", item="oil"), call("talk")])
    ran = tools.run(f"%groq -m {QWEN} --tools price,talk Cost?", "a")
    html = ran.outputs[-1]["data"]["text/html"]
    marks = re.findall(r'<small class="groq-call-mark">(.*?)</small>', html)
    assert marks == ["Stopped by the user", "Not run: the user stopped"]
    assert html.lower().count("stopped") == 2


def test_a_reason_contains_no_secret(tools: Any, practice: Any, replies: Any, key: str) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    replies(f"no {key}")
    script(practice, [call("price", item="tea")])
    tools.fine("%groq --tools price Cost?", "a")
    assert results(practice) == ["The user refused this call. Their reason: [key]"]


def test_if_nobody_can_approve_nothing_is_sent(tools: Any, practice: Any) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    ran = tools.run("%groq --tools price Cost?", "a")
    assert isinstance(ran.error, NotebookError)
    assert not practice.requests()
    # Tools at Groq run nothing here.
    practice.script([{"reply": "Found."}])
    tools.fine("%groq --tools browser_search Look", "a")


def test_an_interrupt_in_a_tool_ends_the_ask(tools: Any, practice: Any) -> None:
    tools.fine(
        "import os, signal\ndef press():\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(60)"
    )
    script(practice, [call("press")])
    ran = tools.run("%groq --tools press Go", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert tools.reply.tool_calls[0].state == "stopped"
    assert len(practice.requests()) == 1


def test_an_interrupt_before_a_call_makes_none(
    tools: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(practice, [call("talk")])
    note = tools.session.note
    monkeypatch.setattr(
        tools.session, "note", lambda *given: (note(*given), os.kill(os.getpid(), signal.SIGINT))
    )
    ran = tools.run("%groq --tools talk Go", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert "before any text" in str(ran.error)
    assert "from the tool" not in ran.text
    assert tools.turns == []


def test_the_terminal_lists_the_calls(served: Any, practice: Any, replies: Any) -> None:
    cells = served()
    cells.fine(TOOLS)
    replies("run")
    script(practice, [call("price", item="tea")], final="It costs 2.5.")
    ran = cells.fine("%groq --tools price Cost?")
    assert 'price(item="tea") · waits for your reply\n' in ran.text
    assert 'price(item="tea") · under 0.1 s\n  2.5\n' in ran.text
    assert ran.text.index("  2.5") < ran.text.index("It costs 2.5.")


def test_a_cached_answer_is_never_used(tools: Any, practice: Any) -> None:
    script(practice, [call("price", item="tea")])
    for _ in range(2):
        tools.fine("%groq --cache --tools price Cost?", "a")
    assert len(practice.requests()) == 4


def test_a_saved_answer_is_replayed_and_calls_nothing(
    tools: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(practice, [call("price", item="tea"), call("talk")], final="It *costs* 2.5.")
    path = tmp_path / "notebooks" / "shop.ipynb"
    notebook = Notebook(path, {"a": f"%groq -m {QWEN} --tools price,talk Cost?"})
    notebook.run(tools)
    notebook.save()
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    practice.forget_requests()
    tools.fine("%config GroqMagics.confirm_tools = True")
    tools.fine("%groq_replay on")
    ran = tools.fine(notebook.cells["a"], "a")
    assert tools.reply.source == "replay"
    assert ran.plain == "It *costs* 2.5."
    # The calls above the saved text are no part of it.
    assert "The saved text differs" not in ran.data["text/html"]
    assert not tools.reply.tool_calls
    # Where nobody can approve a call, the saved answer is used at once.
    tools.fine("%groq_replay auto")
    assert tools.fine(notebook.cells["a"], "a").plain == "It *costs* 2.5."
    assert not practice.requests()


def test_a_call_that_is_not_shown_is_not_approved(
    tools: Any, practice: Any, replies: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> str:
        raise OSError("page gone")

    tools.fine("%config GroqMagics.confirm_tools = True")
    asked = replies("run")
    monkeypatch.setattr("groq_magic.views.static.StaticView.calls", fails)
    script(practice, [call("talk")])
    ran = tools.run("%groq --tools talk Go", "a")
    assert isinstance(ran.error, NotebookError)
    assert "could not be drawn (OSError: page gone)" in str(ran.error)
    assert not asked
    assert "from the tool" not in ran.text
    assert [each.state for each in tools.reply.tool_calls] == ["stopped"]
    assert len(practice.requests()) == 1


VALIDATED = """
import os, time
from typing import Annotated
from pydantic import AfterValidator, BeforeValidator, FilePath
checked = []
who = "Wilhelmina"
def fails(value): raise ZeroDivisionError(who)
def leaves(value): raise SystemExit(who)
def odd(value): raise ValueError(who + " 4711")
def key(value): raise ValueError(os.environ["GROQ_API_KEY"])
def hangs(value): time.sleep(60)
def exits(x: Annotated[int, AfterValidator(leaves)]): return x
def divides(x: Annotated[int, AfterValidator(fails)]): return x
def refuses(x: Annotated[int, AfterValidator(odd)]): return x
def leaks(x: Annotated[int, AfterValidator(key)]): return x
def waits(x: Annotated[int, AfterValidator(hangs)]): return x
def looks(x: Annotated[str, BeforeValidator(lambda v: checked.append(v) or v)]): return x
def opens(x: FilePath): return "there"
"""


def test_validators_run_once_the_call_is_approved(tools: Any, practice: Any, replies: Any) -> None:
    tools.fine(VALIDATED)
    tools.fine("%config GroqMagics.confirm_tools = True")
    replies("no", "no", "run")
    absent = call("opens", x="/nowhere/at/all")
    script(practice, [call("looks", x="a")], [absent], [absent])
    tools.fine("%groq --tools looks,opens Go", "a")
    refused = "The user refused this call."
    assert results(practice)[:2] == [refused, refused]
    assert results(practice)[2].startswith("The arguments don't fit: x: Path does not point")
    tools.fine("assert not checked")


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("divides", "The arguments don't fit: ZeroDivisionError: Wilhelmina"),
        ("exits", "The arguments don't fit: SystemExit: Wilhelmina"),
        ("refuses", "The arguments don't fit: x: Value error, Wilhelmina 4711 (it is 12)"),
        ("leaks", "The arguments don't fit: x: Value error, [key] (it is 12)"),
        ("waits", "The call took longer than 0.1 s."),
    ],
)
def test_what_a_validator_raises_becomes_a_text(
    tools: Any, practice: Any, name: str, result: str
) -> None:
    tools.fine(VALIDATED)
    tools.fine("%config GroqMagics.tool_timeout = 0.1")
    script(practice, [call(name, x=12)])
    tools.fine(f"%groq --tools {name} Go", "a")
    assert results(practice) == [result]
    assert tools.reply.tool_calls[0].state == "failed"


def test_at_no_rows_a_fault_of_arguments_quotes_only_what_the_model_knows(
    tools: Any, practice: Any
) -> None:
    tools.fine(VALIDATED)
    tools.fine("import pandas as pd\nframe = pd.DataFrame({'who': ['Wilhelmina']})")
    tools.fine("%config GroqMagics.rows_sent = 0")
    script(practice, [call("refuses", x=12)], [call("price", item="tea", count="many")])
    tools.fine("%groq --tools refuses,price Go", "a")
    refused, number = results(practice)
    assert refused.startswith("The arguments don't fit: x: Value error")
    assert "Wilhelmina" not in refused
    assert "4711" not in refused
    assert refused.endswith("(it is 12)")
    assert '(it is "many")' in number


def test_a_secret_that_a_call_sets_is_replaced(
    tools: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2-hunter2")
    tools.fine(
        "import os\ndef load():\n"
        "    before = os.environ['SHOP_PASSWORD']\n"
        "    os.environ['SHOP_PASSWORD'] = 'swordfish-9-swordfish'\n"
        "    return before + ' ' + os.environ['SHOP_PASSWORD']"
    )
    script(practice, [call("load")])
    ran = tools.fine("%groq --tools load Go", "a")
    assert results(practice) == ["[key] [key]"]
    assert "swordfish-9" not in ran.everything
    assert "hunter2" not in ran.everything


def test_without_widgets_a_call_is_shown_before_its_question(
    tools: Any, practice: Any, replies: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("groq_magic.views.static.publish", lambda data, *_: shown.append(data))
    tools.fine("%config GroqMagics.confirm_tools = True")
    seen_at_question: list[Any] = []
    replies(lambda _: seen_at_question.extend(shown) or "run")
    script(practice, [call("price", item="tea")])
    tools.run("%groq --tools price Cost?", "a")
    (data,) = seen_at_question
    assert data == {"text/plain": 'price(item="tea") · waits for your reply'}


def test_no_default_is_sent_where_some_values_may_not_be(tools: Any, practice: Any) -> None:
    tools.fine("def find(email: str = 'ada@b.example', rows=['Wilhelmina']): return 1")
    script(practice, [call("find")])
    tools.fine("%groq --tools find Go", "a")
    assert "ada@b.example" in json.dumps(practice.requests()[0]["body"])
    for limit in ("private = ['email']", "rows_sent = 0"):
        tools.fine(f"%config GroqMagics.{limit}")
        before = len(practice.requests())
        tools.fine("%groq --once --tools find Go", "b")
        sent = json.dumps([each["body"] for each in practice.requests()[before:]])
        assert "ada@b.example" not in sent
        assert "Wilhelmina" not in sent


def test_a_tool_cannot_approve_the_next_call(tools: Any, practice: Any, replies: Any) -> None:
    tools.fine("%config GroqMagics.confirm_tools = True")
    tools.fine(
        "def loosens():\n"
        "    import builtins\n"
        "    builtins.input = lambda _='': 'run'\n"
        "    get_ipython().run_line_magic('config', 'GroqMagics.confirm_tools = False')\n"
    )
    script(practice, [call("loosens"), call("talk")])
    asked = replies("run", "no")
    tools.fine(f"%groq -m {QWEN} --tools loosens,talk Go", "a")
    assert len(asked) == 2
    assert [each.state for each in tools.reply.tool_calls] == ["returned", "refused"]


def test_no_function_runs_once_the_user_has_pressed_stop(
    tools: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(_self: Any, _name: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("groq_magic.asking.tool_approval.ToolApproval.refusal_of", press)
    tools.fine("made = []\ndef note(): made.append(1)")
    script(practice, [call("note")])
    ran = tools.run("%groq --tools note Go", "a")
    assert isinstance(ran.error, InterruptedAskError)
    assert tools.shell.user_ns["made"] == []
    assert [each.state for each in tools.reply.tool_calls] == ["stopped"]
