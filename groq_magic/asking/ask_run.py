"""One running ask: a thread reads its exchanges, and this one draws them meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from groq_magic.api.send import send
from groq_magic.asking.reader import Reader
from groq_magic.asking.stored_answer import StoredAnswer
from groq_magic.ledger.request_log import record_of
from groq_magic.ledger.usage import usage_of
from groq_magic.views.answer_facts import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from groq_magic.asking.plan import Plan
    from groq_magic.asking.prepare import PreparedAsk
    from groq_magic.interrupts import Interrupts
    from groq_magic.session.session import Session
    from groq_magic.views.guarded_view import GuardedView

__all__ = ["AskRun"]

_FRAME = 0.05


@dataclass(frozen=True)
class AskRun:
    """One running ask.

    Parameters
    ----------
    session : Session
    prepared : PreparedAsk
    view : GuardedView
    interrupts : Interrupts
    started : float
        When it began, on the clock of `time.monotonic`.
    """

    session: Session
    prepared: PreparedAsk
    view: GuardedView
    interrupts: Interrupts
    started: float = field(default_factory=time.monotonic)

    @property
    def plan(self) -> Plan:
        """The plan of the ask."""
        return self.prepared.plan

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped it, with ■ or Stop."""
        return self.interrupts.came or self.view.stopped.is_set()

    def reader(self, request: Mapping[str, Any] | None = None) -> Reader:
        """Return a reader of the stored answer, or of the answer to a request (the plan's)."""
        source, session = self.prepared.source, self.session
        if isinstance(source, StoredAnswer):
            return Reader(source.read, source.source)
        settings, request = session.settings, request or self.plan.request
        return Reader(
            partial(
                send,
                request,
                client=source,
                limiter=session.service.limiter,
                nearest=session.service.nearest,
                tokens=session.estimate.of_request(request),
                urgent=True,
                timeout=self.plan.draft.options.timeout or settings.timeout,
                tries=settings.tries,
                max_wait=settings.max_wait,
            )
        )

    def watch(self, reader: Reader, patience: float | None = None) -> bool:
        """Draw the answer as it arrives, at most 20 times a second; always draw the last frame.

        Returns
        -------
        bool
            Whether it gave up, because no token arrived within `patience` seconds.
        """
        shown, next_frame, is_late = [0, 0], 0.0, False
        try:
            reader.start()
            while not (reader.ended.is_set() or is_late or self.is_stopped):
                # Returns at once if something arrived while the last frame was drawn.
                reader.wait(_FRAME, sum(shown))
                reader.ended.wait(max(0.0, next_frame - time.monotonic()))
                next_frame = time.monotonic() + _FRAME
                late = patience is not None and time.monotonic() - self.started > patience
                is_late = late and reader.first_token is None and not reader.ended.is_set()
                if not (is_late or reader.ended.is_set()):
                    self._draw(reader, shown)
        finally:
            if not reader.ended.is_set():
                reader.stop()
            reader.close()
        if not is_late:
            self._draw(reader, shown)
        return is_late

    def log(self, reader: Reader) -> None:
        """Write an exchange into the request log, if it was sent at all."""
        client, tries = self.prepared.source, reader.outcome.tries
        is_sent = reader.exchange.is_sent or tries > 1
        if isinstance(client, StoredAnswer) or not is_sent:
            return
        plan, usage = self.plan, usage_of(reader.outcome.usage)
        included = (*plan.included, *plan.included_earlier)
        record = record_of(client.base_url, plan.model, included, usage, tries=tries)
        self.session.request_log.write(record)

    def _draw(self, reader: Reader, shown: list[int]) -> None:
        counts = len(reader.texts), len(reader.reasonings)
        text = "".join(reader.texts[shown[0] : counts[0]])
        reasoning = "".join(reader.reasonings[shown[1] : counts[1]])
        shown[:] = counts
        if text or reasoning:
            self.view.feed(text, reasoning)
        first, wait = reader.first_token, reader.waiting
        self.view.progress(
            Progress(
                sum(counts),
                time.monotonic() - self.started,
                first - self.started if first is not None else None,
                wait.line if wait is not None else "",
            )
        )
