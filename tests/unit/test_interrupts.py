"""An interrupt is noticed when it suits."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from groq_magic.interrupts import Interrupts, uninterrupted


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    # Python runs the handler at its next step.
    time.sleep(0.01)


def test_an_interrupt_is_remembered_and_breaks_nothing_off() -> None:
    with Interrupts() as interrupts:
        assert not interrupts.came
        _interrupt()
        _interrupt()
        assert interrupts.came


def test_afterwards_interrupts_are_what_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        _interrupt()


def test_they_come_back_after_a_failure_too() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), Interrupts():
        _ = 1 / 0
    assert signal.getsignal(signal.SIGINT) is before


def test_the_third_gets_through_and_so_does_each_that_follows() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        _interrupt()
        _interrupt()
        with pytest.raises(KeyboardInterrupt):
            _interrupt()
        assert interrupts.came
        # Cleaning up may hang as well.
        with pytest.raises(KeyboardInterrupt):
            _interrupt()
    assert signal.getsignal(signal.SIGINT) is before


def test_each_ask_counts_its_own() -> None:
    for _ in range(3):
        with Interrupts() as interrupts:
            _interrupt()
            assert interrupts.came


def test_in_another_thread_nothing_changes() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def run() -> None:
        with Interrupts() as interrupts:
            seen.extend((signal.getsignal(signal.SIGINT), interrupts.came))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before, False]


def test_an_interrupt_of_an_import_stays_one() -> None:
    class Field:
        def __set_name__(self, owner: type, name: str) -> None:
            _interrupt()

    def defined() -> type:
        # Up to Python 3.11 a RuntimeError comes out of it.
        return type("Step", (), {"field": Field()})

    with pytest.raises(KeyboardInterrupt):
        uninterrupted(defined)
    assert uninterrupted(lambda: 1) == 1
