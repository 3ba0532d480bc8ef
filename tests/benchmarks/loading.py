"""What `%load_ext groq_magic` costs, beside `import ipywidgets`.

    python tests/benchmarks/loading.py [--runs N]

In a terminal's shell it prints the processor time of both, each in fresh processes in turn, and
their ratio. In a kernel it prints how long a `1+1` takes that follows the loading, at the worst
moment of the next seconds, beside one in a kernel without the extension.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from jupyter_client.manager import KernelManager

MEASURED = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
shell.run_cell("pass")
begun = time.process_time()
shell.run_cell(sys.argv[1])
took = time.process_time() - begun
print(json.dumps([took, sum(name.split(".")[0] == "groq_magic" for name in sys.modules)]))
"""
LOAD = "%load_ext groq_magic"
BESIDE = "import ipywidgets"
SECONDS = 3.0


def measured(source: str, folder: str) -> tuple[float, int]:
    """Return the processor seconds of a cell in a fresh shell, and how many of our modules."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, source],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, modules = json.loads(done.stdout.splitlines()[-1])
    return seconds, modules


def answered(client: Any, source: str, cell: str) -> float:
    """Return the seconds from a request to its reply; the request has a cell's id."""
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
    content |= {"allow_stdin": False, "stop_on_error": True}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    begun = time.perf_counter()
    client.shell_channel.send(message)
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            assert reply["content"]["status"] == "ok", reply["content"]
            return time.perf_counter() - begun


def worst_sum(first: str) -> float:
    """Return the longest time that a `1+1` took in the seconds after a first cell."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for n in range(20):
            answered(client, "1+1", f"warm-{n}")
        answered(client, first, "first")
        longest, until = 0.0, time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            longest = max(longest, answered(client, "1+1", "next"))
        return longest
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = range(parser.parse_args().runs)
    os.environ.pop("GROQ_API_KEY", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        # Bytecode is at hand, as after an installation.
        os.environ |= {"IPYTHONDIR": folder, "PYTHONPYCACHEPREFIX": folder}
        for source in (LOAD, BESIDE):
            measured(source, folder)
        pairs = [(measured(LOAD, folder), measured(BESIDE, folder)[0]) for _ in runs]
        loading = statistics.median(load for (load, _), _ in pairs)
        beside = statistics.median(widgets for _, widgets in pairs)
        print(f"terminal: {LOAD} {loading * 1e3:.0f} ms, {pairs[0][0][1]} of our modules")
        print(f"terminal: {BESIDE} {beside * 1e3:.0f} ms; ratio {loading / beside:.2f}")
        sums = [(worst_sum(LOAD), worst_sum("pass")) for _ in runs]
        # What else the machine does only adds to the worst: the least is the kernel's own.
        with_it = min(one for one, _ in sums)
        without = min(other for _, other in sums)
        delay = with_it - without
        print(
            f"kernel: a following 1+1 at worst {with_it * 1e3:.0f} ms, else {without * 1e3:.0f} ms"
        )
        print(f"kernel: delayed by {delay * 1e3:.0f} ms, {delay / beside:.2f} of {BESIDE}")


if __name__ == "__main__":
    main()
