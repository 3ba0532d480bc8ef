"""The browser's work while an answer streams, through Chromium's own tracing.

    PYTHONPATH=. python tests/benchmarks/frames.py [--tokens 8000] [--rate 1000]

Prints the longest task of the page's main thread, how many took more than
50 ms and how long those took in all, from the first to the last frame of an
answer in JupyterLab.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
LONG = 50_000  # µs


def loaded(name: str, path: Path) -> Any:
    """Import a file of tests by its path."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def tasks_of(trace: bytes) -> list[int]:
    """Return the processor time (µs) of the tasks of the busiest renderer's main thread."""
    events = json.loads(trace)["traceEvents"]
    names = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    by_thread: dict[tuple[int, int], list[int]] = {}
    for event in events:
        thread = event.get("pid"), event.get("tid")
        if event.get("name") == "RunTask" and event.get("ph") == "X" and thread in names:
            by_thread.setdefault(thread, []).append(event.get("tdur", 0))
    return max(by_thread.values(), key=sum)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=8000)
    parser.add_argument("--rate", type=int, default=1000)
    options = parser.parse_args()
    harness = loaded("browser_harness", HERE.parent / "browser" / "conftest.py")
    speed = loaded("asking_speed", HERE / "asking_speed.py")
    text = speed.document(options.tokens, "mixed")
    with (
        tempfile.TemporaryDirectory() as folder,
        speed.practice(options.rate) as url,
        sync_playwright() as playwright,
    ):
        speed.script(url, text)
        server = harness.Server("lab", Path(folder) / "home")
        browser = playwright.chromium.launch(
            executable_path=harness.a_browser(), args=list(harness.FLAGS)
        )
        try:
            begin = f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
            begin += "os.environ['GROQ_API_KEY'] = 'gsk_benchmark'\n%load_ext groq_magic"
            front_end = harness.FrontEnd(server, browser.new_context())
            notebook = front_end.open([begin, "%%groq\nwarm up", "%%groq\nbenchmark"])
            notebook.run_cell(0)
            notebook.run_cell(1)
            browser.start_tracing(
                page=notebook.page, categories=["toplevel", "disabled-by-default-devtools.timeline"]
            )
            notebook.run_cell(2)
            tasks = tasks_of(browser.stop_tracing())
            finally:
            browser.close()
            server.close()
    long = [task for task in tasks if task > LONG]
    whole, longest, over = sum(tasks) / 1e6, max(tasks) / 1e3, sum(long) / 1e3
    print(f"{options.tokens} tokens at {options.rate} tok/s: main thread {whole:.2f} s,")
    print(f"longest task {longest:.1f} ms, {len(long)} over 50 ms ({over:.0f} ms in all)")


if __name__ == "__main__":
    main()
