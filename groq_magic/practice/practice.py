"""What one practice server knows while it runs."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.practice.error_faults import ERROR_SETTINGS
from groq_magic.practice.fault import Fault, parse
from groq_magic.practice.quota import Limits, Quota
from groq_magic.practice.record import Record, masked
from groq_magic.practice.script import Script
from groq_magic.practice.stream_faults import STREAM_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Options", "Practice"]

_KEPT = 1_000


@dataclass(frozen=True)
class Options:
    """How a practice server is started.

    Parameters
    ----------
    tokens_per_second : float
        0 is as fast as it goes.
    first_token_delay : float
        Seconds before the headers of a chat answer.
    keys : frozenset of str
        The only keys that are accepted; empty for any.
    limits : Limits
    """

    tokens_per_second: float = 0.0
    first_token_delay: float = 0.0
    keys: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)


class Practice:
    """The state that all requests share.

    Parameters
    ----------
    options : Options
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.records: deque[Record] = deque(maxlen=_KEPT)
        self.reset()

    def reset(self) -> None:
        """Forget faults, script, records and what is used up, as if just started without them."""
        self.quota = Quota(self.options.limits, time.monotonic)
        self.script = Script()
        self.records.clear()
        self._chat_faults: deque[Fault] = deque()
        self._model_faults: deque[Fault] = deque()
        self._seen: deque[int] = deque(maxlen=_KEPT)
        self._count = 0

    def set_faults(self, chat: Iterable[str], models: Iterable[str] = ()) -> None:
        """Replace both queues of faults.

        Raises
        ------
        FaultError
            If one isn't known; then nothing changes.
        """
        known = {**ERROR_SETTINGS, **STREAM_SETTINGS}
        chat_faults = [fault for written in chat for fault in parse(written, known)]
        model_faults = [fault for written in models for fault in parse(written, known)]
        self._chat_faults = deque(chat_faults)
        self._model_faults = deque(model_faults)

    def next_fault(self, *, chat: bool) -> Fault | None:
        """Take the fault that the next request meets."""
        queue = self._chat_faults if chat else self._model_faults
        return queue.popleft() if queue else None

    def recorded(self, method: str, path: str, headers: Mapping[str, str]) -> Record:
        """Begin the record of a request."""
        self._count += 1
        record = Record(self._count, method, path, masked(headers))
        self.records.append(record)
        return record

    def cached_messages(self, messages: tuple[Mapping[str, object], ...]) -> int:
        """Tell how many of the first messages were sent before, and remember all of them."""
        prefixes = [hash(repr(messages[: end + 1])) for end in range(len(messages))]
        known = [end for end, prefix in enumerate(prefixes, 1) if prefix in self._seen]
        self._seen.append(prefixes[-1])
        return known[-1] if known else 0
