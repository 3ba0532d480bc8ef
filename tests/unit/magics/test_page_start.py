"""The page's part of a session, made when the cell that loads the extension is over."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from groq_magic.magics.page_start import start_page_later


def test_nothing_is_made_if_the_extension_was_unloaded() -> None:
    looks = 0
    made: list[Any] = []

    def is_loaded() -> bool:
        nonlocal looks
        looks += 1
        return looks == 1  # it is when the imports begin, and no longer when they are done

    async def life() -> None:
        start_page_later(lambda: made.append(None), is_loaded)  # type: ignore[func-returns-value, arg-type]  # it must not be called
        until = time.monotonic() + 60
        while looks < 2:
            await asyncio.sleep(0.01)
            assert time.monotonic() < until

    before = sys.getswitchinterval()
    asyncio.run(life())
    assert made == []
    assert sys.getswitchinterval() == before


def test_without_a_loop_there_is_no_page() -> None:
    start_page_later(lambda: None, lambda: True)  # type: ignore[arg-type, return-value]  # it must not be called
