"""What a run leaves out: markers by folder, and how many examples hypothesis tries.

    pytest                                               all but nightly
    pytest -m "not browser and not kernel and not slow"  in about two minutes, on two cores, with a
                                                         quarter of the examples of each property
    pytest -m nightly                                    long walks, other versions of Jupyter, and
                                                         ten times the examples of each property

`slow` stands at the tests that take more than a second each, or a few seconds for all cases.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

__all__ = [
    "examples",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
]

FOLDERS = {"browser", "kernel"}
HERE = Path(__file__).parent
NIGHTLY = re.compile(r"(?<!not )\bnightly\b")


def pytest_configure(config: pytest.Config) -> None:
    # A busy machine generates and runs examples slowly: that is no fault of a test.
    busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    # By day the same examples each time, so that a run says what a change did; by night others.
    settings.register_profile("default", busy, derandomize=True)
    settings.register_profile("nightly", busy, max_examples=10 * busy.max_examples)
    quarter = busy.max_examples // 4
    settings.register_profile("quick", busy, derandomize=True, max_examples=quarter)
    quick = "quick" if "not slow" in config.getoption("markexpr") else "default"
    settings.load_profile("nightly" if _is_nightly(config) else quick)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
        if _is_nightly(config) and getattr(item.obj, "is_hypothesis_test", False):
            item.add_marker("nightly")
        if item.get_closest_marker("nightly"):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    # The tests and all that they import live to the end: collecting garbage among them takes
    # a second each time.
    gc.collect()
    gc.freeze()


def examples(count: int) -> int:
    """Return how many examples to try for a property that is slow to try: fewer by day."""
    tried = count * settings().max_examples // settings.get_profile("default").max_examples
    return max(1, tried)


def _is_nightly(config: pytest.Config) -> bool:
    return bool(NIGHTLY.search(config.getoption("markexpr")))
