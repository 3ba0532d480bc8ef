"""The project's files that one warm ask executes in a terminal.

    python tests/benchmarks/files_per_ask.py

The second of two asks is traced, in all its threads, against a practice server in a process of
its own: the files of the package in which any function runs are printed, and how many they are.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import groq_magic

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(groq_magic.__file__).parent


@contextmanager
def practice_server() -> Iterator[str]:
    """Start a practice server; yield its address."""
    command = [sys.executable, "-m", "groq_magic.practice", "--until-eof"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        yield json.loads(server.stdout.readline())["url"]
        server.stdin.close()


def main() -> None:
    calls: Counter[str] = Counter()

    def count(frame: Any, _event: str, _argument: Any) -> None:
        calls[frame.f_code.co_filename] += 1

    with tempfile.TemporaryDirectory() as folder, practice_server() as url:
        os.environ |= {"IPYTHONDIR": folder, "GROQ_BASE_URL": url, "GROQ_API_KEY": "gsk_made_up"}
        settings = Config({"HistoryManager": {"enabled": False}})
        shell = InteractiveShell.instance(config=settings)
        with redirect_stdout(io.StringIO()):
            shell.run_line_magic("load_ext", "groq_magic")
            shell.run_line_magic("groq", "Say hi")
            threading.settrace(count)
            sys.settrace(count)
            try:
                shell.run_line_magic("groq", "Say hi again")
            finally:
                sys.settrace(None)
                threading.settrace(None)  # type: ignore[arg-type]  # typeshed leaves None out
            shell.run_line_magic("unload_ext", "groq_magic")
    files = {Path(name): count for name, count in calls.items()}
    ours = {file.relative_to(PACKAGE): n for file, n in files.items() if PACKAGE in file.parents}
    for file, n in sorted(ours.items()):
        print(f"{n:>6} calls  {file}")
    print(f"{len(ours)} files of the project in one warm ask")


if __name__ == "__main__":
    main()
