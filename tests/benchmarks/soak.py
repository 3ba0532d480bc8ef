"""A thousand asks in one kernel: what is left behind.

    python tests/benchmarks/soak.py [--asks 1000] [--cells 50] [--static]

Cells are run over and over against a practice server, every tenth ask into a
fault. It prints, over time, the kernel's memory, open handles, sockets,
threads, widgets and comms, and what each ask took; at the end whether any of
them grows. Exit status 1 says that something does.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FAULTS = ("drop:after=3", "401", "eof:after=2", "503:retry-after=0.01", "event-error:after=1")
REPLY = "## An answer\n\n" + "A sentence with **bold** and `code`, and so on. " * 40
MEASURE = """
import gc, json, os, threading
gc.collect()
def _measures():
    from ipywidgets.widgets.widget import _instances
    handles = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
               if os.path.exists(f"/proc/self/fd/{n}")]
    with open("/proc/self/status") as status:
        memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    comms = get_ipython().kernel.comm_manager.comms
    return {"memory_kb": memory, "handles": len(handles),
            "sockets": sum(h.startswith("socket:") for h in handles),
            "threads": threading.active_count(), "widgets": len(_instances), "comms": len(comms)}
print(json.dumps(_measures()))
"""
# What may differ from one look to the next, and mean nothing: widgets that are about to be
# closed, a connection that is kept for the next ask, memory that the allocator holds back.
SLACK = {"memory_kb": 12_000, "handles": 4, "sockets": 2, "threads": 2, "widgets": 12, "comms": 12}


@contextmanager
def practice_server() -> Iterator[str]:
    """Start one that gives the same answer to everything; give its address."""
    command = [sys.executable, "-m", "tests.practice", "--until-eof"]
    command += ["--tokens-per-minute", "0", "--requests-per-minute", "0", "--requests-per-day", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        post(f"{url}/practice/script", [{"reply": REPLY}])
        yield url


def post(url: str, body: object) -> None:
    """Send a command to the practice server."""
    request = urllib.request.Request(url, json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=10).close()


class Kernel:
    """A kernel; its cells have ids unless `static` is asked for."""

    def __init__(self, url: str, *, static: bool) -> None:
        self._static = static
        self._folder = tempfile.TemporaryDirectory()
        environment = {**os.environ, "GROQ_BASE_URL": url, "GROQ_API_KEY": "gsk_made_up_for_soak"}
        environment.pop("JPY_SESSION_NAME", None)
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env=environment, cwd=self._folder.name)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._folder.cleanup()

    def run(self, source: str, cell: str) -> str:
        """Run a cell and return what it printed."""
        content = {"code": source, "silent": False, "store_history": False}
        message: Any = self._client.session.msg(
            "execute_request", {**content, "allow_stdin": False}
        )
        message["metadata"].update({} if self._static else {"cellId": cell})
        self._client.shell_channel.send(message)
        printed = ""
        while True:
            reported = self._client.get_iopub_msg(timeout=60)
            if reported["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reported["msg_type"] == "stream":
                printed += reported["content"]["text"]
            if reported["content"].get("execution_state") == "idle":
                return printed


def soak(kernel: Kernel, url: str, asks: int, cells: int) -> list[dict[str, float]]:
    """Ask, and measure ten times on the way."""
    kernel.run("%load_ext groq_magic", "load")
    faults, seen = itertools.cycle(FAULTS), []
    began = time.monotonic()
    for number in range(1, asks + 1):
        if number % 10 == 0:
            post(f"{url}/practice/faults", {"faults": [next(faults)]})
        kernel.run(f"%%groq\nAsk number {number}, and a little more.", f"cell{number % cells}")
        if number % cells == 0:
            # Without cell ids turns append: the requests would grow, and measure nothing else.
            kernel.run("%groq_reset", "reset")
        if number % max(1, asks // 10) == 0:
            measured = json.loads(kernel.run(MEASURE, "measure"))
            took = (time.monotonic() - began) / max(1, asks // 10)
            seen.append({"asks": number, **measured, "ms_an_ask": round(took * 1000)})
            line = "  ".join(f"{name} {value}" for name, value in seen[-1].items())
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            began = time.monotonic()
    return seen


def grown(seen: list[dict[str, float]]) -> list[str]:
    """Return what is larger at the end than it was once every cell had been run."""
    settled, last = seen[len(seen) // 2], seen[-1]
    return [
        f"{name}: {settled[name]} → {last[name]}"
        for name, slack in SLACK.items()
        if last[name] > settled[name] + slack
    ]


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=50)
    parser.add_argument("--static", action="store_true", help="without cell ids, as nbclient runs")
    given = parser.parse_args()
    with practice_server() as url:
        kernel = Kernel(url, static=given.static)
        try:
            seen = soak(kernel, url, given.asks, given.cells)
        finally:
            kernel.close()
    left = grown(seen)
    sys.stdout.write("".join(f"grows: {line}\n" for line in left) or "nothing grows\n")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
