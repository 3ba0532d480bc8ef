"""The command line of the practice server."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.practice.chat import Options
from groq_magic.practice.quota import Limits
from groq_magic.practice.script import Script, ScriptError, shipped_entries
from groq_magic.practice.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None, server_type: type[Server] = Server) -> int:
    """Run a practice server until it is interrupted.

    Parameters
    ----------
    argv : sequence of str, optional
        The default is the process's arguments.
    server_type : type of Server, optional
        The tests use a subclass.

    Returns
    -------
    int
        The exit status.
    """
    parser = _parser()
    given = parser.parse_args(argv)
    try:
        own = json.loads(given.script.read_text("utf-8")) if given.script else []
        Script(own)  # refuses a value that is not a list
        script = Script([*own, *shipped_entries()])
    except (ScriptError, OSError, ValueError) as error:
        parser.error(str(error))
    try:
        server = server_type(given.port, _options(given))
    except (OSError, OverflowError) as error:
        parser.exit(1, f"groq-magic practice: {error}\n")
    server.chat.script = script
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    try:
        if given.until_eof:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            # Not sys.stdin: the interpreter locks its buffer at exit.
            while os.read(0, 4096):
                pass
        else:
            server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


def _options(given: argparse.Namespace) -> Options:
    return Options(
        tokens_per_second=given.tokens_per_second,
        first_token_delay=given.first_token_delay,
        has_batch=given.plan == "developer",
        keys=frozenset(key for key in given.keys.split(",") if key),
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
        epilog="A limit of 0 means no limit.",
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="0, the default: any free port")
    add("--tokens-per-second", type=float, default=0, help="0, the default: full speed")
    add("--first-token-delay", type=float, default=0, metavar="SECONDS")
    add("--requests-per-minute", type=int, default=1_000)
    add("--requests-per-day", type=int, default=14_400)
    add("--tokens-per-minute", type=int, default=300_000)
    add("--tokens-per-day", type=int, default=0)
    add("--keys", default="", metavar="K1,K2", help="the keys to accept; any key by default")
    plans = ("developer", "free")
    add("--plan", choices=plans, default=plans[0], help="free has no batch engine")
    add("--script", type=Path, metavar="FILE", help="a JSON list of replies")
    add("--until-eof", action="store_true", help="end when stdin ends")
    return parser
