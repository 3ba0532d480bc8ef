"""The kernel's interrupt, a real signal, in every state of an ask."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Longer than any test waits: without the interrupt a cell would run into it.
LONG = 120
WITHIN = 30.0
PIECES = [f"word{n} " for n in range(2000)]
# The list of models is fetched beside the ask, and may take as long as it likes.
THREADS = """import threading
for each in threading.enumerate():
    if each.name == "groq-magic-models":
        each.join(60)
print([each.name for each in threading.enumerate() if "groq-" in each.name])"""


class Kernel:
    """A kernel whose cells have ids, as JupyterLab sends them."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env=environment, cwd=str(folder))
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)
        self._looked_at: list[dict[str, Any]] = []
        self._token: str | None = None

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def press_stop(self) -> None:
        """Send, on the control channel, what the Stop of the answer that streams sends."""
        until = time.monotonic() + WITHIN
        slot = None
        while not (self._token and slot):
            assert time.monotonic() < until, "no answer streams"
            slot = self._next()["content"].get("data", {}).get("content", {}).get("doc") or slot
        message = self._client.session.msg(f"groq_session_{self._token}", {"stop": slot})
        self._client.control_channel.send(message)

    def until_shown(self, text: str) -> None:
        """Wait until the kernel has sent a text to the page."""
        until = time.monotonic() + WITHIN
        while not self._looked_at or text not in repr(self._looked_at[-1]["content"]):
            assert time.monotonic() < until, f"{text!r} was not shown"
            self._looked_at.append(self._next())

    def send(self, source: str, cell: str) -> str:
        """Send a cell, without waiting for it."""
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        message = self._client.session.msg("execute_request", content)
        message["metadata"]["cellId"] = cell
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def ended(self, sent: str) -> CellOutcome:
        """Wait for a cell's end."""
        until, ran = time.monotonic() + WITHIN, CellOutcome()
        while True:
            assert time.monotonic() < until, "the cell did not end"
            message = self._looked_at.pop(0) if self._looked_at else self._next()
            if message["parent_header"].get("msg_id") != sent:
                continue
            if ran.take(message["msg_type"], message["content"]):
                return ran

    def run(self, source: str, cell: str) -> CellOutcome:
        """Run a cell: once more if the kernel still left out what followed a failure."""
        while True:
            sent = self.send(source, cell)
            ran = self.ended(sent)
            if self._status(sent) != "aborted":
                return ran

    def _next(self) -> dict[str, Any]:
        """Wait for a message; note the session's token, which comes once, beside any cell."""
        message: dict[str, Any] = self._client.get_iopub_msg(timeout=WITHIN)
        state = message["content"].get("data", {}).get("state", {})
        self._token = state.get("token") or self._token
        return message

    def _status(self, sent: str) -> str:
        while True:
            reply = self._client.get_shell_msg(timeout=WITHIN)
            if reply["parent_header"].get("msg_id") == sent:
                return str(reply["content"]["status"])


class CellOutcome:
    """What a cell left."""

    def __init__(self) -> None:
        self.text = ""
        self.errors: list[list[str]] = []
        self.plain = ""

    def take(self, kind: str, content: dict[str, Any]) -> bool:
        """Read a message; return whether it was the last."""
        if kind == "stream":
            self.text += content["text"]
        elif kind == "error":
            self.errors.append(content["traceback"])
        elif kind in {"display_data", "update_display_data"}:
            self.plain = content["data"].get("text/plain", "")
        return kind == "status" and content["execution_state"] == "idle"


@pytest.fixture
def kernel(practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:

    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    environment = {
        **os.environ,
        "GROQ_API_KEY": "gsk_made_up_for_tests_0123456789",
        "GROQ_BASE_URL": practice.url,
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    environment.pop("JPY_SESSION_NAME", None)
    made = Kernel(environment, tmp_path)
    made.run("%load_ext groq_magic", "load")
    yield made
    made.close()


def until_sent(practice: Any, count: int = 1) -> None:
    until = time.monotonic() + WITHIN
    while len(practice.requests(running=True)) < count and time.monotonic() < until:
        time.sleep(0.02)


def test_an_interrupt_in_any_state_keeps_the_text_and_the_kernel(
    kernel: Any, practice: Any
) -> None:
    practice.script([{"match": "Count", "pieces": PIECES, "tokens_per_second": 200}])
    for number, (fault, text) in enumerate(
        (
            ("stall-before-headers", ""),
            ("429:retry-after=50", ""),
            ("stall:after=3", "word0 word1 word2 "),
            ("ok", "word0 "),
        ),
        1,
    ):
        cell = f"cell{number}"
        practice.forget_requests()
        practice.faults(fault)
        sent = kernel.send(f"%%groq --timeout {LONG}\nCount", cell)
        until_sent(practice)
        if text:
            kernel.until_shown(text.split()[-1])
        elif fault.startswith("429"):
            practice.requests()  # until it is answered
        kernel.interrupt()
        ran = kernel.ended(sent)

        # One line, a real error output, so that Run All stops.
        assert len(ran.errors) == 1, fault
        assert len(ran.errors[0]) == 1, ran.errors
        assert "InterruptedAskError: Stopped" in ran.errors[0][0]
        assert ran.plain.startswith(text), fault
        assert bool(ran.plain) == bool(text), fault
        assert kernel.run("print(_groq.finish_reason, end='')", "b").text == "interrupted"
        if fault != "429:retry-after=50":
            assert practice.requests()[0]["closed_early"], fault
        assert kernel.run(THREADS, "c").text == "[]\n", fault

    practice.script([{"reply": "Well."}])
    assert kernel.run("%%groq\nAnd now?", "last").plain == "Well."


def test_a_second_interrupt_while_settling_breaks_nothing(
    kernel: Any, practice: Any, tmp_path: Path
) -> None:
    practice.script([{"pieces": PIECES, "tokens_per_second": 200}])
    kernel.run(
        "import groq_magic.views.static as static, pathlib, time\n"
        "bundle = static.bundle\n"
        "def slowly(settled):\n"
        "    pathlib.Path('settling').touch()\n"
        "    while not pathlib.Path('interrupted').exists(): time.sleep(0.01)\n"
        "    return bundle(settled)\n"
        "static.bundle = slowly\n"
        "import groq_magic.views.answer as answer; answer.bundle = slowly",
        "a",
    )
    sent = kernel.send("%%groq\nCount", "b")
    kernel.until_shown("word0")
    kernel.interrupt()
    until = time.monotonic() + WITHIN
    while not (tmp_path / "settling").exists() and time.monotonic() < until:
        time.sleep(0.02)
    kernel.interrupt()
    (tmp_path / "interrupted").touch()
    ran = kernel.ended(sent)
    assert [len(lines) for lines in ran.errors] == [1]
    assert ran.plain.startswith("word0 ")
    history = "print([(t.prompt, t.finish_reason) for t in "
    history += "__import__('groq_magic').get_session().conversations.get('main').turns])"
    assert kernel.run(history, "c").text == "[('Count', 'interrupted')]\n"


def test_an_interrupt_stops_what_was_to_run_after_it(kernel: Any, practice: Any) -> None:
    practice.faults("stall-before-headers")
    sent = kernel.send(f"%%groq --timeout {LONG}\nCount", "a")
    after = kernel.send("print('ran')", "b")
    until_sent(practice)
    kernel.interrupt()
    assert kernel.ended(sent).errors
    assert kernel.ended(after).text == ""


def test_stop_on_the_control_channel_is_received_while_the_cell_blocks(
    kernel: Any, practice: Any
) -> None:
    practice.script([{"match": "Count", "pieces": PIECES, "tokens_per_second": 200}])
    # Ours may be there already: the session's widget is made beside the cells.
    names = "{name for name in get_ipython().kernel.control_handlers if 'groq' not in name}"
    kernel.run(f"handlers = {names}", "a")
    sent = kernel.send("%%groq\nCount", "b")
    after = kernel.send("print('ran')", "c")
    kernel.press_stop()
    ran = kernel.ended(sent)

    assert [len(lines) for lines in ran.errors] == [1]
    assert "InterruptedAskError: Stopped" in ran.errors[0][0]
    assert kernel.ended(after).text == ""
    assert kernel.run("print(_groq.finish_reason, end='')", "d").text == "interrupted"
    kernel.run("get_ipython().run_line_magic('unload_ext', 'groq_magic')", "e")
    left = "print(set(get_ipython().kernel.control_handlers) == handlers)"
    assert kernel.run(left, "f").text == "True\n"


IN_A_TASK = """
import asyncio, signal, groq_magic, groq_magic.asking.flow as asking
def hangs(*_given):
    for _ in range(3):
        signal.raise_signal(signal.SIGINT)
finish, asking.finish = asking.finish, hangs
async def later():
    await asyncio.sleep(0)
    groq_magic.ask("From the task")
task = asyncio.create_task(later())
"""


def test_three_interrupts_of_a_task_that_asks_leave_the_kernel_alive(
    kernel: Any, practice: Any
) -> None:
    kernel.run(IN_A_TASK, "a")
    until_sent(practice)
    ended = "await asyncio.wait([task])\nprint(repr(task.exception())[:28], end='')"
    assert kernel.run(ended, "b").text == "InterruptedAskError('Stopped"
    assert kernel.run("asking.finish = finish\n%groq And now?", "c").plain
