"""The practice server as a subprocess: no key, no network, no model."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

from groq_magic.errors import ServiceError

__all__ = ["SWITCH", "UNPACED", "PracticeServer"]

# The environment variable that turns practice mode on as the extension is loaded.
SWITCH = "GROQ_MAGIC_PRACTICE"
UNPACED = "unpaced"

_END_WITHIN = 2.0
# Slower than a model, to leave time to watch an answer, or to stop it.
# The limits are those of a paid plan, the defaults of the command.
_PACE = ("--tokens-per-second", "60", "--first-token-delay", "0.4")


class PracticeServer:
    """Starts `python -m groq_magic.practice` and ends it.

    It has its own process group, so that the notebook's ■ does not interrupt
    it, and ends with its standard input, even if the kernel is killed.

    Raises
    ------
    ServiceError
        When it does not start.
    """

    def __init__(self, *options: str) -> None:
        # In tests and conversions, answers come at once.
        pace = () if os.environ.get(SWITCH) == UNPACED else _PACE
        command = [sys.executable, "-m", "groq_magic.practice", "--until-eof"]
        command += [*pace, *options]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own options
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as failure:
            raise ServiceError(
                f"The practice server can't be started: {failure.strerror or failure}.",
                "Without it, `%groq_key` connects you to Groq.",
            ) from None
        try:
            self.url = self._ready()
        except BaseException:
            # Such as an interrupt: the process must not stay.
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and wait for its end."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ready(self) -> str:
        out = self._process.stdout
        line = out.readline() if out is not None else b""
        try:
            return str(json.loads(line)["url"])
        except (ValueError, KeyError, TypeError):
            pass
        raise ServiceError("The practice server did not start.", "`groq-magic practice` shows why.")
