"""How long the kernel's interrupt takes to end an ask, in each state.

    python tests/benchmarks/stopping.py [--times 5]

From the signal to the settled answer, in milliseconds: the median and the worst,
once what answers need has been imported.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

from groq_magic.asking.flow import send_ask
from groq_magic.errors import InterruptedAskError
from groq_magic.options import AskOptions
from groq_magic.rendering import to_html
from groq_magic.session.ask import Ask
from groq_magic.session.session import Session
from groq_magic.settings import Settings
from groq_magic.views.static import StaticView

ROOT = Path(__file__).parents[2]
STATES = (
    ("waiting for headers", "stall-before-headers"),
    ("counting down", "429:retry-after=50"),
    ("a stalled stream", "stall:after=3"),
    ("a stream of 500 tok/s", "ok"),
)
SETTLED = 0.6


def post(url: str, body: object) -> None:
    """Send a command to the practice server."""
    request = urllib.request.Request(url, json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=10).close()


def took(session: Session) -> float:
    """Ask, interrupt once it has begun, and return the seconds until it ended."""
    sent: list[float] = []
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        sent.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    timer = threading.Timer(SETTLED, interrupt)
    timer.start()
    try:
        # Outside of IPython what is displayed is printed.
        with contextlib.redirect_stdout(io.StringIO()):
            send_ask(session, Ask("Count", AskOptions(once=True, timeout=60)), StaticView)
    except InterruptedAskError:
        return time.monotonic() - sent[0]
    raise AssertionError("it ended by itself")


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    command = [sys.executable, "-m", "tests.practice", "--until-eof"]
    command += ["--tokens-per-second", "500"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        post(f"{url}/practice/script", [{"pieces": [f"word{n} " for n in range(20_000)]}])
        os.environ.update(GROQ_BASE_URL=url, GROQ_API_KEY="gsk_made_up")
        shell = SimpleNamespace(user_ns={}, execution_count=1)
        session = Session(shell, Settings(), lambda: None)
        to_html("what a first answer imports")
        took(session)
        for name, fault in STATES:
            seen = []
            for _ in range(times):
                post(f"{url}/practice/faults", {"faults": [fault]})
                seen.append(took(session) * 1000)
            line = f"{name:24} median {statistics.median(seen):4.0f} ms  worst {max(seen):4.0f} ms"
            sys.stdout.write(f"{line}\n")
        session.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
