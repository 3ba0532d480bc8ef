"""Large data in prompts: a part of it is looked at, whatever its size."""

from __future__ import annotations

import pathlib
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.prompt.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Callable


def resident(path: pathlib.Path) -> int:
    """How many kilobytes of a mapped file are in this process's memory."""
    total, inside = 0, False
    for line in pathlib.Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ")[0] and ":" not in line.split(" ")[0]:
            inside = line.endswith(str(path))
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


def mapped(path: pathlib.Path, order: Any = "C") -> Any:
    """A sparse file of 8 GB as an array."""
    with path.open("wb") as file:
        file.truncate(8 * 10**9)
    return np.memmap(path, dtype="float64", mode="r", shape=(10**6, 1000), order=order)


def seconds(work: Callable[[], object], tries: int = 3) -> float:
    """The CPU seconds of the fastest of some tries."""
    took = []
    for _ in range(tries):
        start = time.thread_time()
        work()
        took.append(time.thread_time() - start)
    return min(took)


@pytest.mark.slow
@pytest.mark.skipif(
    not pathlib.Path("/proc/self/smaps").exists(), reason="reads Linux's page counts"
)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["array", "frame", "column"])
def test_of_a_file_mapped_into_memory_a_small_part_is_read(
    tmp_path: pathlib.Path, order: str, kind: str
) -> None:
    array = mapped(tmp_path / "big", order)
    value = {
        "array": lambda: array,
        "frame": lambda: pd.DataFrame(array[:, :3], copy=False),
        "column": lambda: pd.Series(array.reshape(-1, order=order), copy=False),
    }[kind]()
    assert resident(tmp_path / "big") < 10_000
    text = summarise(value)
    assert resident(tmp_path / "big") < 100_000
    assert "(of a sample of " in text or (kind, order) == ("frame", "F")


def test_a_huge_array_takes_about_as_long_as_a_large_one() -> None:
    large = np.broadcast_to(np.float64(1), (2_000_000,))
    huge = np.broadcast_to(np.float64(1), (10**6, 10**6))
    assert seconds(lambda: summarise(huge)) < 20 * seconds(lambda: summarise(large))


@pytest.mark.slow
@pytest.mark.parametrize(
    "column",
    [
        pytest.param(lambda: pd.RangeIndex(10**12), id="range"),
        pytest.param(lambda: pd.Series(range(40_000_000)), id="numbers"),
        pytest.param(lambda: pd.Series(np.zeros(40_000_000, "int8")), id="bytes"),
    ],
)
def test_a_huge_column_takes_about_as_long_as_a_large_one(column: Callable[[], Any]) -> None:
    huge, large = column(), pd.Series(range(2_000_000))
    assert seconds(lambda: summarise(huge)) < 20 * seconds(lambda: summarise(large))
    assert "(of a sample of 500,000)" in summarise(huge)


def test_a_sample_reaches_from_the_first_value_to_the_last() -> None:
    text = summarise(np.arange(10_000_000))
    assert "min 0," in text
    assert "max 1e+07" in text or "max 9999999" in text
    assert "mean 5e+06" in text or "mean 5000000" in text or "mean 4999999" in text
