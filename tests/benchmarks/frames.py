"""The browser's work while an answer streams and settles, through Chromium's own tracing.

    PYTHONPATH=. python tests/benchmarks/frames.py [--tokens 8000] [--rate 1000]

Prints the longest task of the page's main thread and how many took more than
50 ms: while an answer streams in JupyterLab, when it settles, and, as the
baseline of settling, when Lab alone shows the same HTML by `display(HTML(…))`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
LONG = 50  # ms


def loaded(name: str, path: Path) -> Any:
    """Import a file of tests by its path."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


WATCH = """() => {
  const seen = () => document.querySelector(".groq-streaming") !== null;
  let streams = false;
  new MutationObserver(() => {
    if (streams && !seen()) performance.mark("settled");
    streams = seen();
  }).observe(document.body, { childList: true, subtree: true });
}"""
BASELINE = """from IPython.display import HTML, display
from groq_magic.rendering import to_html
display(HTML(to_html(_groq.text)))"""


@dataclass(frozen=True)
class Task:
    """One task of a page's main thread: when it began, how long it took, its processor time."""

    began: int  # µs
    took: int  # µs
    worked: int  # µs


def traced(browser: Any, notebook: Any, index: int) -> tuple[list[Task], int | None]:
    """Run a cell; return the main thread's tasks, and when (µs) an answer settled."""
    notebook.panel(f"panel.content.activeCellIndex = {index}")
    notebook.page.wait_for_timeout(1000)  # what making it active costs is not an answer's
    categories = ["disabled-by-default-devtools.timeline", "blink.user_timing"]
    browser.start_tracing(page=notebook.page, categories=categories)
    notebook.command("notebook:run-cell")
    notebook.page.wait_for_timeout(1000)  # Lab's table of contents reads what is shown
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    by_thread: dict[tuple[int, int], list[Task]] = {}
    for event in events:
        thread = event.get("pid"), event.get("tid")
        if event.get("name") == "RunTask" and event.get("ph") == "X" and thread in threads:
            task = Task(event["ts"], event.get("dur", 0), event.get("tdur", 0))
            by_thread.setdefault(thread, []).append(task)
    settled = [event["ts"] for event in events if event.get("name") == "settled"]
    busiest = max(by_thread.values(), key=lambda tasks: sum(task.worked for task in tasks))
    return busiest, settled[0] if settled else None


def reported(name: str, tasks: list[Task]) -> float:
    """Print what a phase cost; return its longest task, in ms."""
    worked = [task.worked / 1e3 for task in tasks]
    long = [each for each in worked if each > LONG]
    print(
        f"{name}: main thread {sum(worked) / 1e3:.2f} s, longest task {max(worked):.0f} ms, "
        f"{len(long)} over {LONG} ms ({sum(long):.0f} ms in all)"
    )
    return max(worked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=8000)
    parser.add_argument("--rate", type=int, default=1000)
    options = parser.parse_args()
    harness = loaded("browser_harness", HERE.parent / "browser" / "conftest.py")
    chromium = loaded("chromium", HERE.parent / "chromium.py")
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
            executable_path=chromium.find_chromium(playwright), args=list(chromium.FLAGS)
        )
        try:
            begin = f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
            begin += "os.environ['GROQ_API_KEY'] = 'gsk_benchmark'\n%load_ext groq_magic"
            front_end = harness.FrontEnd(server, browser.new_context())
            notebook = front_end.open([begin, "%groq hi", "%groq benchmark", BASELINE])
            notebook.run_cell(0)
            notebook.run_cell(1)
            # The page knows our code by now; its own answer would be one more on it.
            notebook.panel("panel.content.model.sharedModel.getCell(1).setOutputs([])")
            notebook.page.evaluate(WATCH)
            tasks, settled = traced(browser, notebook, 2)
            baseline, _ = traced(browser, notebook, 3)
        finally:
            browser.close()
            server.close()
    assert settled is not None, "the answer never settled"
    print(f"{options.tokens} tokens at {options.rate} tok/s")
    reported("streaming", [task for task in tasks if task.began + task.took < settled])
    ours = reported("settling", [task for task in tasks if task.began + task.took >= settled])
    alone = reported("Lab alone", baseline)
    print(f"settling / Lab alone: {ours / alone:.2f}")


if __name__ == "__main__":
    main()
