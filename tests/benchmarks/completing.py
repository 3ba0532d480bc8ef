"""Many `groq_magic.complete()` at once, beside a bare pool over one shared SDK client.

    python tests/benchmarks/completing.py [--quick]

A server of its own process answers each request after 50 ms. Both pools send
the same prompts, in turn, and the ratio of their throughputs is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 10
MODEL = "openai/gpt-oss-20b"
ANSWER = "A short answer of a few words, as a map over rows asks for."
SERVER = """
import json, selectors, socket, sys, time
ANSWER = sys.argv[1]
choice = {"index": 0, "finish_reason": "stop"}
usage = {"prompt_tokens": 20, "completion_tokens": 14, "total_tokens": 34}
head = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
whole = json.dumps(head | {"choices": [choice | {"message": {"role": "assistant",
    "content": ANSWER}}]}).encode()
pieces = [{"choices": [{"index": 0, "delta": {"content": word + " "}, "finish_reason": None}]}
    for word in ANSWER.split()]
pieces.append({"choices": [choice | {"delta": {}}], "usage": usage})
events = b"".join(b"data: %s\\n\\n" % json.dumps(each).encode() for each in pieces)
events += b"data: [DONE]\\n\\n"
def reply(kind, body):
    return (b"HTTP/1.1 200 OK\\r\\nContent-Type: %s\\r\\nContent-Length: %d\\r\\n\\r\\n"
        % (kind, len(body))) + body
replies = {False: reply(b"application/json", whole), True: reply(b"text/event-stream", events)}
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
waiting, buffers = [], {}
chooser = selectors.DefaultSelector()
chooser.register(listener, selectors.EVENT_READ)
while True:
    left = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
    for key, _ in chooser.select(left):
        if key.fileobj is listener:
            made = listener.accept()[0]
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            chooser.register(made, selectors.EVENT_READ)
            buffers[made] = b""
            continue
        data = key.fileobj.recv(65536)
        if not data:
            chooser.unregister(key.fileobj)
            key.fileobj.close()
            continue
        buffers[key.fileobj] += data
        start, _, body = buffers[key.fileobj].partition(b"\\r\\n\\r\\n")
        size = int(start.lower().partition(b"content-length:")[2].split(b"\\r")[0])
        if len(body) >= size:
            buffers[key.fileobj] = b""
            streams = bool(json.loads(body).get("stream"))
            waiting.append((time.monotonic() + 0.05, key.fileobj, replies[streams]))
    while waiting and waiting[0][0] <= time.monotonic():
        _, to, data = waiting.pop(0)
        to.sendall(data)
"""


def seconds(call: Callable[[str], str], prompts: list[str]) -> float:
    """Return how long a pool takes for all prompts."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(call, prompts[:AT_ONCE]))
        started = time.perf_counter()
        answers = list(pool.map(call, prompts))
        took = time.perf_counter() - started
    assert {answer.strip() for answer in answers} == {ANSWER}
    return took


def main() -> None:
    """Print the throughput of both, and its ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="300 requests instead of 1,000")
    parser.add_argument("--least", type=float, default=0.0, help="fail below this ratio")
    given = parser.parse_args()
    command = [sys.executable, "-c", SERVER, ANSWER]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        os.environ |= {"GROQ_BASE_URL": url, "GROQ_API_KEY": "gsk_made_up_for_a_benchmark"}
        ratio = compared(300 if given.quick else 1_000)
    finally:
        server.kill()
        server.wait()
    sys.exit(ratio < given.least)


def compared(count: int) -> float:
    """Return the ratio of the throughputs, the median of three rounds."""
    import groq

    import groq_magic

    client = groq.Groq(max_retries=0)

    def bare(prompt: str) -> str:
        messages = [{"role": "user", "content": prompt}]
        answer = client.chat.completions.create(model=MODEL, messages=messages)
        return answer.choices[0].message.content or ""

    def ours(prompt: str) -> str:
        return groq_magic.complete(prompt, model=MODEL).text

    prompts = [f"Row {number}: is this positive?" for number in range(count)]
    rounds = []
    for _ in range(3):
        took = {call.__name__: seconds(call, prompts) for call in (bare, ours)}
        rounds.append(took["bare"] / took["ours"])
        rates = {name: f"{count / each:.1f} a second" for name, each in took.items()}
        print(json.dumps({"at_once": AT_ONCE, **rates, "ratio": round(rounds[-1], 3)}))
    ratio = statistics.median(rounds)
    print(f"complete() has {ratio:.3f} of the throughput of a bare pool")
    return ratio


if __name__ == "__main__":
    main()
