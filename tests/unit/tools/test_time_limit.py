"""A time limit interrupts Python code in the main thread, and ■ still gets through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from groq_magic.interrupts import Interrupts
from groq_magic.tools.time_limit import TimeLimitError, call_within

SOON = 0.05
FOREVER = 60.0


def _spin() -> None:
    while True:
        pass


def _swallow() -> None:
    for _ in range(2):
        try:
            time.sleep(FOREVER)
        except KeyboardInterrupt:
            continue


def _translate() -> None:
    try:
        time.sleep(FOREVER)
    except KeyboardInterrupt as interrupt:
        raise ValueError("stopped") from interrupt


@pytest.mark.parametrize("hang", [lambda: time.sleep(FOREVER), _spin, _translate])
def test_what_hangs_ends_when_its_time_is_over(hang: object) -> None:
    assert callable(hang)
    began = time.monotonic()
    with pytest.raises(TimeLimitError) as error:
        call_within(SOON, hang)
    assert time.monotonic() - began < FOREVER / 2
    assert error.value.__context__ is None


def test_code_that_goes_on_is_interrupted_again() -> None:
    assert call_within(SOON, _swallow) is None


def test_a_value_and_an_exception_pass_through() -> None:
    assert call_within(FOREVER, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        call_within(FOREVER, lambda: 1 / 0)


def _pressed() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(FOREVER)


def test_an_interrupt_gets_through_though_interrupts_are_deferred() -> None:
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            call_within(FOREVER, _pressed)
        assert interrupts.came


def test_the_timer_is_no_interrupt_of_the_user() -> None:
    with Interrupts() as interrupts:
        with pytest.raises(TimeLimitError):
            call_within(SOON, lambda: time.sleep(FOREVER))
        assert not interrupts.came


def test_limits_nest() -> None:
    def outer() -> str:
        with pytest.raises(TimeLimitError):
            call_within(SOON, lambda: time.sleep(FOREVER))
        return "went on"

    assert call_within(FOREVER, outer) == "went on"


def test_another_thread_has_no_limit() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(call_within(SOON, lambda: 3)))
    thread.start()
    thread.join()
    assert found == [3]


def test_no_signal_arrives_after_a_call_that_ends_as_its_time_does() -> None:
    for _ in range(50):
        try:
            call_within(0.002, lambda: time.sleep(0.002))
        except TimeLimitError:
            continue


def test_stop_in_another_thread_interrupts_the_call() -> None:
    stopped = threading.Event()
    threading.Timer(SOON, stopped.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        call_within(FOREVER, lambda: time.sleep(FOREVER), stopped)
    assert time.monotonic() - began < FOREVER / 2


GIVES_INTERRUPTS_BACK = """
import signal, time
from groq_magic.tools.time_limit import call_within

def call():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    time.sleep(0.5)
    return "went on"

signal.signal(signal.SIGINT, signal.default_int_handler)
print(call_within(0.05, call), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


def test_no_signal_ends_the_process_where_a_call_gives_interrupts_back() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", GIVES_INTERRUPTS_BACK], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "went on True\n"), ran.stderr
