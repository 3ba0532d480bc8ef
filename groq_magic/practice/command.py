"""The command line of the practice server."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.practice.fault import FaultError
from groq_magic.practice.practice import Options, Practice
from groq_magic.practice.quota import Limits
from groq_magic.practice.script import Script, ScriptError
from groq_magic.practice.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a practice server until it is interrupted.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if left out.

    Returns
    -------
    int
        The exit status.
    """
    parser = _parser()
    given = parser.parse_args(argv)
    practice = Practice(_options(given))
    try:
        practice.set_faults(_listed(given.faults), _listed(given.models_faults))
        if given.script is not None:
            practice.script = Script.from_json(json.loads(given.script.read_text("utf-8")))
    except (FaultError, ScriptError, OSError, ValueError) as error:
        parser.error(str(error))
    try:
        asyncio.run(_run(practice, given.port, until_eof=given.until_eof))
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError) as error:
        parser.exit(1, f"groq-magic practice: {error}\n")
    return 0


def _listed(text: str) -> list[str]:
    return [entry for entry in text.split(",") if entry]


def _options(given: argparse.Namespace) -> Options:
    return Options(
        tokens_per_second=given.tokens_per_second,
        first_token_delay=given.first_token_delay,
        keys=frozenset(_listed(given.keys)),
        limits=Limits(
            requests_per_minute=given.requests_per_minute,
            requests_per_day=given.requests_per_day,
            tokens_per_minute=given.tokens_per_minute,
            tokens_per_day=given.tokens_per_day,
        ),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groq-magic practice",
        description="Speak Groq's API on this machine, with no model and no key behind it.",
        epilog="Limits of 0 don't hold. The faults are listed in groq_magic.practice's docstring.",
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="0, the default, takes a free one")
    add("--tokens-per-second", type=float, default=0, help="0, the default: as fast as it goes")
    add("--first-token-delay", type=float, default=0, metavar="SECONDS")
    add("--requests-per-minute", type=int, default=1_000)
    add("--requests-per-day", type=int, default=14_400)
    add("--tokens-per-minute", type=int, default=300_000)
    add("--tokens-per-day", type=int, default=0)
    add("--keys", default="", metavar="K1,K2", help="the only keys accepted; any, if left out")
    add("--faults", default="", metavar="A,B", help="what the first chat requests meet")
    add("--models-faults", default="", metavar="A,B", help="the same for the list of models")
    add("--script", type=Path, metavar="FILE", help="a JSON list of replies")
    add("--until-eof", action="store_true", help="end when stdin ends")
    return parser


async def _run(practice: Practice, port: int, *, until_eof: bool) -> None:
    bound = Server(practice).listen(port)
    over = asyncio.Event()
    if until_eof:
        loop = asyncio.get_running_loop()
        threading.Thread(target=_drain, args=(loop, over), daemon=True).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{bound}"}) + "\n")
    sys.stdout.flush()
    await over.wait()


def _drain(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Wait for the end of stdin, which comes when the parent is gone."""
    # Not sys.stdin: a thread that waits in it would upset the interpreter's exit.
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(over.set)
