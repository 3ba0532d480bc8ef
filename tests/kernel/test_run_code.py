"""`--run-code` on a real kernel: questions by input(), ■, errors, figures, and a second run."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pytest
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WITHIN = 60.0
KEY = "gsk_made_up_for_tests_0123456789"
VISION = "qwen/qwen3.8-27b"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


def proposal(number: int, code: str) -> dict[str, Any]:
    """A reply that calls the tool, after so many rounds."""
    return {"round": number, "tool_calls": [{"name": "run_code", "arguments": {"code": code}}]}


class Kernel:
    """A kernel that asks for input, as JupyterLab's do."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=environment, cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.asked: list[str] = []

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(
        self,
        source: str,
        *replies: str,
        cell: str = "a",
        on_output: Callable[[dict[str, Any]], object] = lambda _message: None,
    ) -> list[dict[str, Any]]:
        """Run a cell with replies to its questions; return its messages, the reply's last."""
        message = self.client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "user_expressions": {},
             "allow_stdin": True, "stop_on_error": True},
            metadata={"cellId": cell},
        )  # fmt: skip
        left, until, found = list(replies), time.monotonic() + WITHIN, []
        self.client.shell_channel.send(message)
        is_idle = False
        while not is_idle:
            assert time.monotonic() < until, found
            if self.client.stdin_channel.msg_ready():
                question = self.client.get_stdin_msg(timeout=1)["content"]["prompt"]
                self.asked.append(question)
                assert left, question
                reply, word = left.pop(0), re.search(r"all (\w{4})", question)
                self.client.input(word[0] if reply == "ALL" and word else reply)
            if not self.client.iopub_channel.msg_ready():
                time.sleep(0.01)
                continue
            each = self.client.get_iopub_msg(timeout=1)
            if each["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            found.append(each)
            on_output(each)
            state = each["content"].get("execution_state")
            is_idle = each["msg_type"] == "status" and state == "idle"
        answer: dict[str, Any] = {"parent_header": {}}
        # The replies of earlier questions about the kernel may come first.
        while answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            answer = self.client.get_shell_msg(timeout=WITHIN)
        found.append(answer)
        assert not left
        return found


@pytest.fixture
def kernel(tmp_path: Path, practice: Any) -> Iterator[Kernel]:
    environment = {
        **os.environ,
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "GROQ_API_KEY": KEY,
        "GROQ_BASE_URL": practice.url,
    }
    environment.pop("JPY_SESSION_NAME", None)
    kernel = Kernel(environment, tmp_path)
    try:
        kernel.run("%load_ext groq_magic", cell="load")
        yield kernel
    finally:
        kernel.close()


def texts(messages: list[dict[str, Any]]) -> str:
    """All that a cell showed as plain text."""
    found = []
    for each in messages:
        content = each["content"]
        found += [content.get("text", ""), str(content.get("data", {}).get("text/plain", ""))]
        found += [content.get("evalue", ""), *content.get("traceback", ())]
    return "\n".join(map(str, found))


def value(kernel: Kernel, expression: str) -> str:
    messages = kernel.run(expression, cell="look")
    return next(each["content"]["data"]["text/plain"] for each in messages
                if each["msg_type"] == "execute_result")  # fmt: skip


def payload(messages: list[dict[str, Any]]) -> list[str]:
    """The code of the cells that are inserted below."""
    return [each["text"] for each in messages[-1]["content"].get("payload", ())]


def bodies(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def test_approve_edit_refuse_and_an_error_that_the_model_fixes(
    kernel: Kernel, practice: Any
) -> None:
    practice.script(
        [
            proposal(0, "n = 4\nn / 0"),
            proposal(1, "n / 2"),
            proposal(2, "m = 1"),
            proposal(3, "print('end')"),
            {"round": 4, "pieces": ["Half of it ", "is 3."]},
        ]
    )
    replies = ("run", "send", "edit", "1 n / 2 + 1", "done", "run", "send", "no not that", "ALL")
    shown = kernel.run("%%groq --run-code\nHalve it", *replies)
    assert shown[-1]["content"]["status"] == "ok", texts(shown)
    assert "ZeroDivisionError" in texts(shown)
    assert "Half of it is 3." in texts(shown)
    assert value(kernel, "n, 'm' in dir()") == "(4, False)"
    last = bodies(practice)[-1]["messages"]
    results = [each["content"] for each in last if each["role"] == "tool"]
    assert "ZeroDivisionError: division by zero" in results[0]
    assert results[1].startswith("The user edited the code. This ran:\nn / 2 + 1")
    assert results[1].endswith("Value:\n3.0")
    assert results[2] == "The user refused to run this code. The reason: not that"
    assert results[3] == "Printed:\nend"
    assert payload(shown) == [
        "n = 4\n# Failed with ZeroDivisionError:\n# n / 0\n\nn / 2 + 1\n\nprint('end')"
    ]
    # Neither the history nor the counters have anything of it.
    assert value(kernel, "sorted(Out), '1 / 0' in str(In)").startswith("([3")


def test_an_interrupt_ends_running_code_and_the_ask(kernel: Kernel, practice: Any) -> None:
    practice.script([proposal(0, "print('begun')\nwhile True: pass"), {"pieces": ["never"]}])

    def interrupt(message: dict[str, Any]) -> None:
        if "begun" in message["content"].get("text", ""):
            kernel.manager.interrupt_kernel()

    shown = kernel.run("%%groq --run-code\nLoop", "run", on_output=interrupt)
    assert shown[-1]["content"]["status"] == "error"
    assert "KeyboardInterrupt" in texts(shown)
    assert shown[-1]["content"]["ename"] == "InterruptedAskError"
    assert len(bodies(practice)) == 1
    assert value(kernel, "1 + 1") == "2"


def test_stop_as_a_reply_runs_nothing(kernel: Kernel, practice: Any) -> None:
    practice.script([proposal(0, "ran = True")])
    shown = kernel.run("%%groq --run-code\nDo it", "stop")
    assert shown[-1]["content"]["ename"] == "InterruptedAskError"
    assert value(kernel, "'ran' in dir()") == "False"


def test_a_plot_is_shown_and_goes_to_a_model_that_sees(kernel: Kernel, practice: Any) -> None:
    practice.script([{**proposal(0, PLOT), "times": 1}, {"pieces": ["It rises."]}])
    shown = kernel.run(f"%%groq --run-code -m {VISION}\nPlot it", "run", "send")
    assert shown[-1]["content"]["status"] == "ok", texts(shown)
    assert any("image/png" in each["content"].get("data", {}) for each in shown)
    assert "and 1 figure)" in kernel.asked[-1]
    *_, last = bodies(practice)[-1]["messages"]
    assert last["role"] == "user"
    kinds = [part["type"] for part in last["content"]]
    assert kinds == ["text", "image_url"]


def test_widgets_of_ours_and_hooks_see_one_cell(kernel: Kernel, practice: Any) -> None:
    practice.script([proposal(0, "1 / 0"), {"round": 1, "reply": "Done."}])
    kernel.run("ran = []\nget_ipython().events.register('pre_run_cell', lambda i: ran.append(i))")
    kernel.run("%%groq --run-code\nDo it", "run", "no", cell="b")
    assert value(kernel, "len(ran)") == "2"
    # The answer is no failed cell.
    failed = kernel.run("%groq_fix", cell="c")
    assert "No cell of this session has failed" in texts(failed)


def test_in_a_terminal(tmp_path: Path, practice: Any) -> None:
    practice.script([proposal(0, "n = 6\nn * 2"), {"round": 1, "pieces": ["Twelve."]}])
    environment = {
        **os.environ,
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "GROQ_API_KEY": KEY,
        "GROQ_BASE_URL": practice.url,
        "TERM": "dumb",
    }
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=nocolor"],
        env=environment,  # type: ignore[arg-type]  # a dict of texts
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=WITHIN,
    )
    try:
        for line, then in (
            ("%load_ext groq_magic", "groq_help"),
            ("%groq --run-code Double six", "Run it[?] Type"),
            ("", "Unknown reply. Run it"),
            ("run", "Send this output .*characters.*no: "),
            ("send", "Twelve"),
            ("n + 1", "7"),
        ):
            terminal.sendline(line)
            terminal.expect(then)
        assert len(bodies(practice)) == 2
    finally:
        terminal.close(force=True)


def test_where_nobody_can_reply_it_is_refused_in_one_line(
    run_notebook: Callable[..., Any], practice: Any
) -> None:
    environment = {
        "GROQ_API_KEY": KEY,
        "GROQ_BASE_URL": practice.url,
    }
    notebook = run_notebook(
        ["%load_ext groq_magic", "%%groq --run-code\nDo it"],
        environment=environment,
        allow_errors=True,
    )
    (error,) = notebook.cells[1].outputs
    assert error["output_type"] == "error"
    assert "\n".join(error["traceback"]).count("\n") == 0
    assert "nobody can approve code here" in error["traceback"][0]
    assert not practice.requests()
