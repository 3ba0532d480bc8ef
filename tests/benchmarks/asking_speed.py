"""The whole ask on a real kernel against a bare SDK loop over the same stream.

    python tests/benchmarks/asking_speed.py [--quick]

For each length and speed it prints the ask's wall time as a ratio of the bare
loop's, the bytes that went to the front end as a ratio of the final HTML and
of what one update a chunk would send, and the kernel's processor time a token.
Both run in one kernel, in turn, against one practice server.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CHARACTERS_A_TOKEN = 4
PARAGRAPH = (
    "## Part {n}\n\nA paragraph with **bold**, *emphasis*, `code` and a "
    "[link](https://example.org/{n}) that goes on for a while, before it ends.\n\n"
    "- first point of {n}\n- second point, with `inline`\n    - nested\n\n"
    "```python\nfor item in range({n}):\n    print(item, item ** 2)\n```\n\n"
    "| a | b |\n|---|--:|\n| {n} | 2 |\n| 3 | 4 |\n\n"
)
SHAPES = ("mixed", "list", "fence")

BARE = """
import time, groq
client = groq.Groq(max_retries=0)
parts = []
for chunk in client.chat.completions.create(model="openai/gpt-oss-120b", stream=True,
        messages=[{"role": "user", "content": %(prompt)r}]):
    if chunk.choices and chunk.choices[0].delta.content:
        parts.append(chunk.choices[0].delta.content)
"""
NAIVE = """
from IPython.display import display, Markdown
shown = display(Markdown(""), display_id=True)
text = ""
for chunk in client.chat.completions.create(model="openai/gpt-oss-120b", stream=True,
        messages=[{"role": "user", "content": %(prompt)r}]):
    if chunk.choices and chunk.choices[0].delta.content:
        text += chunk.choices[0].delta.content
        shown.update(Markdown(text))
"""


def document(tokens: int, shape: str) -> str:
    """Return Markdown of about so many tokens: mixed, or one single list or fence."""
    wanted = tokens * CHARACTERS_A_TOKEN
    if shape == "list":
        item = "- an item with **bold** and `code` in it\n"
        return item * (wanted // len(item))
    if shape == "fence":
        line = "value = compute(value, step=3)  # one line of code\n"
        return "```python\n" + line * (wanted // len(line)) + "```\n"
    parts, size = [], 0
    while size < wanted:
        parts.append(PARAGRAPH.format(n=len(parts)))
        size += len(parts[-1])
    return "".join(parts)


@dataclass
class Run:
    """What one cell took."""

    seconds: float
    processor: float
    bytes: int
    messages: int
    html: int


class Kernel:
    """A kernel whose front end counts."""

    def __init__(self, url: str) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(60)
        self.cells = 0
        self.run(
            "import os, time\nos.environ['GROQ_API_KEY'] = 'gsk_benchmark'\n"
            f"os.environ['GROQ_BASE_URL'] = {url!r}\n%load_ext groq_magic"
        )
        # As a page would: without one, each answer is also sent as growing static updates.
        hello = "{'notebook': 'a.ipynb', 'missing': []}"
        self.run(
            "from groq_magic import get_session, picker\npicker()\n"
            f"get_session().live.pages.receive({hello})"
        )

    def run(self, source: str) -> Run:
        """Run a cell as JupyterLab does and count what it sends."""
        self.cells += 1
        before = self._processor()
        session = self.client.session
        message = session.msg(
            "execute_request",
            {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
            metadata={"cellId": f"cell-{self.cells}"},
        )
        begun = time.perf_counter()
        session.send(self.client.shell_channel.socket, message)
        counted, messages, html = 0, 0, 0
        while True:
            reported = self.client.get_iopub_msg(timeout=600)
            if reported["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, content = reported["msg_type"], reported["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if kind not in {"status", "execute_input"}:
                messages += 1
                counted += len(json.dumps(content))
                html = max(html, len(content.get("data", {}).get("text/html", "")))
        seconds = time.perf_counter() - begun
        return Run(seconds, self._processor() - before, counted, messages, html)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def _processor(self) -> float:
        with open(f"/proc/{self.manager.provisioner.pid}/stat") as stat:  # noqa: PTH123 - a kernel file
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@contextmanager
def practice(rate: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.practice", "--until-eof"]
    command += ["--tokens-per-second", str(rate), "--tokens-per-minute", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.communicate()


def script(url: str, text: str) -> None:
    body = json.dumps([{"match": None, "reply": text}]).encode()
    urllib.request.urlopen(urllib.request.Request(f"{url}/practice/script", body)).close()


def measure(rate: int, tokens: int, shape: str, repeats: int) -> None:
    text = document(tokens, shape)
    prompt = "benchmark"
    with practice(rate) as url:
        script(url, text)
        kernel = Kernel(url)
        try:
            kernel.run(BARE % {"prompt": prompt})
            kernel.run("%%groq --once\n" + prompt)
            bare, asked = [], []
            for _ in range(repeats):
                bare.append(kernel.run(BARE % {"prompt": prompt}))
                asked.append(kernel.run("%%groq --once\n" + prompt))
            naive = kernel.run(NAIVE % {"prompt": prompt}) if tokens <= 8000 else None
        finally:
            kernel.close()
    head = f"{shape:6} {tokens // 1000:3}k {rate or 'full':>5} tok/s"
    print(f"{head} | {_figures(tokens, bare, asked, naive)}", flush=True)


def _figures(tokens: int, bare: list[Run], asked: list[Run], naive: Run | None) -> str:
    base = statistics.median(run.seconds for run in bare)
    ours = statistics.median(run.seconds for run in asked)
    typical = sorted(asked, key=lambda run: run.seconds)[len(asked) // 2]
    extra = statistics.median(r.processor for r in asked) - statistics.median(
        r.processor for r in bare
    )
    against = f"{naive.bytes / typical.bytes:8.0f} ×" if naive else "       –"
    return (
        f"ask/bare {ours / base:5.2f} "
        f"({ours:6.2f} s, {base:6.2f} s) | bytes/html {typical.bytes / typical.html:5.2f} "
        f"in {typical.messages:4} messages | naive/ours bytes {against} | "
        f"processor {typical.processor / tokens * 1e6:6.1f} µs a token, {extra:+.2f} s over bare"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="8k tokens at 5,000 tok/s alone")
    parser.add_argument("--repeats", type=int, default=3)
    options: Any = parser.parse_args()
    if options.quick:
        measure(5000, 8000, "mixed", options.repeats)
        return
    for rate in (1000, 5000, 0):
        for tokens in (2000, 8000, 64000):
            if rate != 1000 or tokens < 64000:  # a minute each way shows no more
                measure(rate, tokens, "mixed", options.repeats)
    for shape in ("list", "fence"):
        for tokens in (8000, 64000):
            measure(0, tokens, shape, options.repeats)


if __name__ == "__main__":
    main()
