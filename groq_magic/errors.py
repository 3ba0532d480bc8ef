"""The errors that groq_magic raises, as one tree.

GroqMagicError
├── OptionError          a magic's line can't be read
├── PromptError          the prompt can't be sent as it stands
│   └── TooLargeError    it exceeds the window or the tokens a minute
├── ApiKeyError          the key is missing, malformed or refused
├── ModelError           the model is retired, unknown or can't do this
├── RequestError         the service refuses the request
├── RateLimitError       the quota is used up for longer than we may wait
├── SchemaError          the answer does not match the schema
├── ServiceError         the service fails
├── ConnectionLostError  the service can't be reached, or the connection broke
├── InterruptedAskError  the user stopped the ask
└── NotebookError        the notebook or the session lacks what is needed
"""

from __future__ import annotations

import re
import sys
from typing import Any

from groq_magic.printable import encodable, printable

__all__ = [
    "ApiKeyError",
    "ConnectionLostError",
    "GroqMagicError",
    "InterruptedAskError",
    "ModelError",
    "NotebookError",
    "OptionError",
    "PromptError",
    "RateLimitError",
    "RequestError",
    "SchemaError",
    "ServiceError",
    "TooLargeError",
]


# A message quotes what the user typed, which may be a key or very long.
_KEY = re.compile(r"\bgsk_\w{4,}")
_LONGEST = 1_000


class GroqMagicError(Exception):
    """Base of every error that groq_magic raises.

    Parameters
    ----------
    happened : str
        What happened, a sentence.
    remedy : str
        What to do next, a sentence; empty only where nothing can be done.

    Attributes
    ----------
    reply : Reply or None
        The partial reply, if `groq_magic.complete` was stopped or failed.

    Notes
    -----
    IPython shows it as one line (`_render_traceback_`): a real error output,
    so that Run All stops, without a traceback.
    """

    reply: Any = None

    def __init__(self, happened: str, remedy: str = "") -> None:
        self.happened = _one_line(happened)
        self.remedy = _one_line(remedy)
        super().__init__(f"{self.happened} {self.remedy}".strip())

    def _render_traceback_(self) -> list[str]:
        return [encodable(f"{type(self).__name__}: {self}", getattr(sys.stdout, "encoding", None))]


def _one_line(text: str) -> str:
    line = _KEY.sub("[key]", printable(" ".join(text.split())))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


class OptionError(GroqMagicError):
    """A magic's line can't be read."""


class PromptError(GroqMagicError):
    """The prompt can't be sent as it stands."""


class TooLargeError(PromptError):
    """The prompt exceeds the model's window or the tokens a minute."""


class ApiKeyError(GroqMagicError):
    """The key is missing, malformed or refused."""


class ModelError(GroqMagicError):
    """The model is retired, unknown or can't do this."""


class RequestError(GroqMagicError):
    """The service refuses the request."""


class RateLimitError(GroqMagicError):
    """The quota is used up for longer than an ask may wait."""


class SchemaError(GroqMagicError):
    """The answer does not match the schema."""


class ServiceError(GroqMagicError):
    """The service fails."""


class ConnectionLostError(GroqMagicError):
    """The service can't be reached, or the connection broke."""


class InterruptedAskError(GroqMagicError):
    """The user stopped the ask."""


class NotebookError(GroqMagicError):
    """The notebook or the session lacks what is needed."""
