"""When what has come is drawn: soon, seldom enough, and always at the end."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.asking import ask_run
from groq_magic.asking.ask_run import AskRun
from groq_magic.interrupts import Interrupts

FRAME = 0.05


@dataclass
class Stream:
    """An answer whose pieces come by a clock of its own, which waiting moves on."""

    arrivals: list[float]
    end: float
    now: float = 0.0
    texts: list[str] = field(default_factory=list)
    reasonings: tuple[str, ...] = ()
    first_token: float | None = None
    waiting: None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.ended = SimpleNamespace(is_set=lambda: self.now >= self.end, wait=self.rest)

    def monotonic(self) -> float:
        return self.now

    def start(self) -> None:
        self.advance(0.0)

    def advance(self, until: float) -> None:
        self.now = max(self.now, until)
        self.texts += [str(at) for at in self.arrivals[len(self.texts) :] if at <= self.now]

    def rest(self, seconds: float) -> None:
        self.advance(min(self.now + seconds, max(self.end, self.now)))

    def wait(self, seconds: float, seen: int) -> None:
        pending = self.arrivals[seen : seen + 1]
        self.advance(min([self.now + seconds, self.end, *pending]))

    def stop(self) -> None:
        raise AssertionError

    def close(self) -> None:
        self.closed = True


def drawn(stream: Stream, takes: float, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """Return what was drawn when; drawing takes its time."""
    frames: list[tuple[float, str]] = []

    def feed(text: str, _reasoning: str) -> None:
        frames.append((stream.now, text))

    def progress(_progress: Any) -> None:
        if not frames or frames[-1][0] != stream.now:
            frames.append((stream.now, ""))
        stream.advance(stream.now + takes)

    view = SimpleNamespace(stopped=threading.Event(), feed=feed, progress=progress)
    monkeypatch.setattr(ask_run, "time", stream)
    run = AskRun(None, None, view, Interrupts(), 0.0)  # type: ignore[arg-type]  # all that it asks of them
    run.watch(stream)  # type: ignore[arg-type]  # as above
    return frames


TIMES = st.lists(st.integers(0, 600), max_size=40).map(lambda ms: sorted(n / 1000 for n in ms))


@given(TIMES, st.integers(0, 400), st.sampled_from([0.0, 0.004, 0.03, 0.12]))
def test_no_text_waits_longer_than_a_frame(arrivals: list[float], more: int, takes: float) -> None:
    end = max(arrivals, default=0.0) + more / 1000
    with pytest.MonkeyPatch.context() as monkeypatch:
        frames = drawn(Stream(arrivals, end), takes, monkeypatch)
    text = "".join(each for _, each in frames)
    assert text == "".join(map(str, arrivals))
    # Whatever drawing itself takes, comes on top.
    shown = 0
    for at, each in frames:
        while each:
            arrived = arrivals[shown]
            assert at - arrived <= max(FRAME, takes) + 1e-9
            each = each.removeprefix(str(arrived))  # noqa: PLW2901 - what is left of it
            shown += 1
    starts = [at for at, _ in frames]
    # The last frame comes when the answer has ended, however soon that is.
    gaps = [b - a for a, b in pairwise(starts[:-1])]
    assert all(gap >= FRAME - 1e-9 for gap in gaps)


def test_a_piece_that_comes_while_a_frame_is_drawn_is_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = drawn(Stream([0.0, 0.001], 0.3), 0.0, monkeypatch)
    assert [(round(at, 3), text) for at, text in frames[:2]] == [(0.0, "0.0"), (0.05, "0.001")]
