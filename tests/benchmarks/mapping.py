"""Runs over rows: beside a bare pool, their memory, again from the journal, ■, against limits.

python tests/benchmarks/mapping.py [throughput] [memory] [again] [stop] [limits] [many]
"""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from groq_magic.api import limits
from groq_magic.api.account import account_of
from groq_magic.api.key import ApiKey
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest, Split
from groq_magic.mapping.sending.run import Run
from groq_magic.mapping.sending.run_settings import RunSettings

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.rows_server import USED, started

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 10
MODEL = "openai/gpt-oss-20b"
KEY = "gsk_made_up_for_a_benchmark"
WINDOW = 3.0


def body(number: int, most: int, sentences: int = 4) -> dict[str, Any]:
    """Return the request for one row."""
    content = f"Row {number:06}: is this positive? " + "It was a fine day. " * sentences
    messages = [{"role": "user", "content": content}]
    return {"model": MODEL, "messages": messages, "max_completion_tokens": most}


def requests(count: int, most: int = 64, sentences: int = 4) -> Iterator[RowRequest]:
    """Make the requests one at a time."""
    for number in range(count):
        key = sha256(str(number).encode()).hexdigest()
        made = body(number, most, sentences)
        yield RowRequest((key,), made, len(made["messages"][0]["content"]) // 4)


def single(request: RowRequest, answer: RowAnswer) -> Split:
    """Return the answer to a request for one row."""
    return Split({request.keys[0]: answer})


def seconds(
    url: str, journal: Journal, rows: Iterator[RowRequest], count: int, **settings: Any
) -> float:
    """Return how long a run takes."""
    began = time.perf_counter()
    run = Run(
        rows,
        journal=journal,
        account=lambda: account_of(ApiKey(KEY, "a benchmark"), url),
        settings=RunSettings(concurrency=AT_ONCE, **settings),
        request_for=lambda keys: RowRequest(tuple(keys), {}, 0),
        split=single,
        nearest=str,
        on_sent=lambda _request, _outcome: None,
    )
    answers = 0
    with run:
        while not run.is_over:
            answers += sum(not answer.error for _, answer in run.take(0.05))
    assert answers == count, (answers, run.reason)
    return time.perf_counter() - began


def throughput(folder: Path, rounds: int = 5, count: int = 1_000) -> float:
    """Print the ratio to a bare pool over one SDK client; return the median."""
    import groq

    server, url = started(delay=0.05)
    client = groq.Groq(api_key=KEY, base_url=url, max_retries=0)

    def bare(number: int) -> None:
        answer = client.chat.completions.create(**body(number, 64))
        assert answer.choices[0].message.content

    ratios = []
    for number in range(rounds):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(bare, range(AT_ONCE)))
            began = time.perf_counter()
            list(pool.map(bare, range(count)))
            took = time.perf_counter() - began
        ours = seconds(url, Journal(folder / f"pool-{number}.sqlite"), requests(count), count)
        ratios.append(took / ours)
        print(f"bare {count / took:.1f}, run {count / ours:.1f} rows/s, ratio {ratios[-1]:.3f}")
    server.kill()
    print(f"median ratio {statistics.median(ratios):.3f}")
    return statistics.median(ratios)


def memory(folder: Path, count: int = 10_000) -> None:
    """Print what memory grows by from the first tenth of the rows to the last."""
    server, url = started(delay=0.0)
    journal = Journal(folder / f"memory-{count}.sqlite")
    took, grown, before = 0.0, [], 0
    for rows in (count // 10, count):
        took = seconds(url, journal, requests(rows), rows)
        now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown.append(now - before)
        before = now
    server.kill()
    journal.close()
    size = journal.size()
    print(
        f"{count:,} rows: {took:.1f} s, memory +{grown[-1] / 1024:.1f} MB after the first tenth;"
        f" the journal's file {size / 1e6:.1f} MB, {size / count:.0f} bytes a row"
    )


def map_of(folder: Path, url: str, count: int) -> tuple[Any, Any]:
    """Return a map as a function, and rows for it."""
    import pandas as pd

    import groq_magic

    os.environ.update(GROQ_API_KEY=KEY, GROQ_BASE_URL=url, XDG_STATE_HOME=str(folder))
    ask = groq_magic.rows(
        "Is {{text}} positive?", model=MODEL, journal=folder / f"map-{count}.sqlite"
    )
    texts = [f"Row {number:06}. " + "It was a fine day. " * 4 for number in range(count)]
    return ask, pd.DataFrame({"text": texts})


def again(folder: Path, count: int = 10_000) -> float:
    """Print how long a map takes whose answers are all in the journal, with its frame."""
    server, url = started(delay=0.0)
    ask, data = map_of(folder / "again", url, count)
    began = time.perf_counter()
    ask(data)
    took = time.perf_counter() - began
    server.kill()
    times = []
    for _ in range(3):
        began = time.perf_counter()
        frame = ask(data)
        times.append(time.perf_counter() - began)
        assert frame["error"].isna().all()
    print(
        f"{count:,} rows to a frame: {took:.1f} s; again from the journal {min(times):.2f} to"
        f" {max(times):.2f} s, at most 2"
    )
    return min(times)


def stop(folder: Path, count: int = 10_000, rounds: int = 5) -> float:
    """Print how long a map of many rows takes to end after ■; return the longest."""
    from groq_magic.errors import InterruptedAskError

    server, url = started(delay=0.05)
    ask, data = map_of(folder / "stop", url, count)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pressed: list[float] = []
    took = []

    def press() -> None:
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    for number in range(rounds):
        timer = threading.Timer(3.0 + number / 2, press)
        timer.start()
        try:
            ask(data)
        except InterruptedAskError:
            took.append(time.perf_counter() - pressed[-1])
        finally:
            timer.cancel()
    server.kill()
    assert len(took) == len(pressed) == rounds, took
    listed = ", ".join(f"{each:.3f}" for each in took)
    print(f"{count:,} rows, from \N{BLACK SQUARE} to the end: {listed} s, at most 0.2")
    return max(took)


def against_limits(
    folder: Path, count: int = 150, most: int = 200, sentences: int = 4
) -> tuple[float, list[float]]:
    """Print a run's time over the least possible; return it, and when requests were refused.

    A minute of the limits takes three seconds.
    """
    import groq  # noqa: F401 - its import is not timed

    windows = dict(limits._WINDOWS)
    limits._WINDOWS.update(RPM=WINDOW, TPM=WINDOW, OTPM=WINDOW)
    server, url = started(delay=0.02, window=WINDOW, requests=30, tokens=8_000)
    try:
        rows = requests(count, most, sentences)
        journal = Journal(folder / f"limits-{most}-{sentences}.sqlite")
        took = seconds(url, journal, rows, count, share=1.0)
        with urlopen(f"{url}/counts") as reply:
            refused = json.load(reply)["refused"]
    finally:
        server.kill()
        limits._WINDOWS.update(windows)
    sent = next(requests(1, most, sentences)).tokens
    by_requests = (count - 30) / 30
    # The last one has to fit with all it might answer, the others with what they did.
    by_tokens = ((count - 1) * (sent + USED) + sent + most - 8_000) / 8_000
    least = max(0.0, by_requests, by_tokens) * WINDOW + 0.02
    print(
        f"{count} rows of {sent} tokens, {most} to answer: {took:.2f} s, the least {least:.2f} s,"
        f" ratio {took / least:.3f}; {len(refused)} refused, the last after"
        f" {max(refused, default=0):.2f} s"
    )
    return took / least, refused


def main() -> None:
    """Print what is asked for, everything by default."""
    parts = {
        "throughput": throughput,
        "memory": memory,
        "again": again,
        "stop": stop,
        "limits": lambda folder: [
            against_limits(folder, *given) for given in ((150,), (150, 1_000), (60, 200, 80))
        ],
        "many": lambda folder: memory(folder, 100_000),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or parts:
            parts[name](Path(folder))


if __name__ == "__main__":
    main()
