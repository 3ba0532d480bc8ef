"""A quick server for runs over rows: a fixed delay, limits that refill in any window, counts.

    python -m tests.rows_server [--delay 0.05] [--requests 30 --tokens 8000 --window 3]

It prints its port. `GET /counts` returns how often it answered each prompt, and its refusals;
`POST /limits` with {"requests": …, "tokens": …} sets other limits, `POST /options` all options
again, and forgets the counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from groq_magic.practice.quota import Bucket, go_duration

USED = 14
ANSWER = "A short answer of a few words, as a map over rows asks for."


class Server:
    """Its limits, and what it has answered.

    Parameters
    ----------
    delay, window : float
        Seconds until each answer, and in which the limits refill.
    requests, tokens : int
        In a window; 0 is no limit.
    """

    def __init__(self, **options: Any) -> None:
        self.set(**options)

    def set(
        self, delay: float = 0.05, window: float = 60.0, requests: int = 0, tokens: int = 0
    ) -> None:
        self.delay, self.window = delay, window
        self.answered: Counter[str] = Counter()
        self.refused: list[float] = []
        self.began = time.monotonic()
        self.limit(requests, tokens)

    def limit(self, requests: int, tokens: int) -> None:
        kinds = {"requests per minute (RPM)": requests, "tokens per minute (TPM)": tokens}
        self.requests, self.tokens = (
            Bucket(kind, limit, self.window, time.monotonic) for kind, limit in kinds.items()
        )

    async def reply(self, path: str, body: bytes) -> bytes:
        """Return the whole reply to one request."""
        if path == "/counts":
            return response(200, {"answered": self.answered, "refused": self.refused})
        given = json.loads(body)
        if path == "/options":
            self.set(**given)
            return response(200, {})
        if path == "/limits":
            self.limit(given["requests"], given["tokens"])
            return response(200, {})
        prompt = given["messages"][-1]["content"]
        sent = len(prompt) // 4
        asked = sent + (given.get("max_completion_tokens") or 0)
        for bucket, amount in ((self.requests, 1), (self.tokens, asked)):
            if wait := bucket.wait(amount):
                self.refused.append(time.monotonic() - self.began)
                return refusal(bucket, amount, wait, self.headers())
        self.requests.charge(1)
        self.tokens.charge(asked)
        headers, bucket, answered = self.headers(), self.tokens, self.answered
        await asyncio.sleep(self.delay)
        bucket.charge(sent + USED - asked)
        answered[prompt] += 1
        usage = {"prompt_tokens": sent, "completion_tokens": USED, "total_tokens": sent + USED}
        message = {"role": "assistant", "content": ANSWER}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        whole = {"id": "c", "object": "chat.completion", "created": 1, "model": given["model"]}
        return response(200, whole | {"usage": usage, "choices": [choice]}, headers)

    def headers(self) -> dict[str, str]:
        bucket = self.tokens
        if not bucket.limit:
            return {}
        return {
            "x-ratelimit-limit-tokens": str(bucket.limit),
            "x-ratelimit-remaining-tokens": str(bucket.remaining),
            "x-ratelimit-reset-tokens": go_duration(bucket.reset),
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while start := await reader.readuntil(b"\r\n\r\n"):
                size = start.lower().partition(b"content-length:")[2].split(b"\r")[0]
                body = await reader.readexactly(int(size or 0))
                writer.write(await self.reply(start.split()[1].decode(), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def response(status: int, body: Any, headers: dict[str, str] | None = None) -> bytes:
    data = json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    lines = [f"{name}: {value}" for name, value in (given | (headers or {})).items()]
    return "\r\n".join((f"HTTP/1.1 {status} OK", *lines, "", "")).encode() + data


def refusal(bucket: Bucket, amount: int, wait: float, headers: dict[str, str]) -> bytes:
    message = (
        f"Rate limit reached for model `m` in organization `org_x` service tier `on_demand` on"
        f" {bucket.kind}: Limit {bucket.limit}, Used {round(bucket.used)}, Requested {amount}."
        f" Please try again in {go_duration(wait)}."
    )
    error = {"message": message, "type": "requests", "code": "rate_limit_exceeded"}
    return response(429, {"error": error}, headers | {"retry-after": f"{wait:.3f}"})


def started(**options: float) -> tuple[subprocess.Popen[str], str]:
    """Start one in a process of its own; return it and its address."""
    command = [sys.executable, "-m", "tests.rows_server"]
    command += [f"--{name}={value}" for name, value in options.items()]
    root = Path(__file__).parent.parent
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{process.stdout.readline().strip()}"


async def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--window", type=float, default=60.0)
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=0)
    given = parser.parse_args()
    server = Server(**vars(given))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - who started it reads this
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
