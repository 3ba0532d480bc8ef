"""How complete the requests of `%groq_fix` are on realistic errors, and how large.

    PYTHONPATH=. python tests/benchmarks/errors.py [-k WORDS] [--show]

Runs the errors of tests/failures in real IPython shells, as tests/shell/test_failures.py does,
and prints what each incomplete request lacks, how many are complete, their sizes, and the
time that composing one takes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

TEST = Path(__file__).parents[1] / "shell" / "test_failures.py"
AIM = 0.95


class Results:
    """Collects what the tests record."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            name = report.nodeid.partition("[")[2].rstrip("]")
            self.records[name] = dict(report.user_properties)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", default="", help="the errors to run, as for pytest")
    parser.add_argument("--show", action="store_true", help="print each request")
    options = parser.parse_args()
    results = Results()
    pytest.main(["-q", "-n", "0", "--tb=no", "-r", "N", str(TEST), "-k", options.k], [results])
    records = results.records
    for name, each in records.items() if options.show else ():
        print(f"===== {name}\n{each.get('request', 'no request')}\n")
    # A test that was stopped has recorded nothing.
    lacking = {n: each.get("missing", ["everything"]) for n, each in records.items()}
    for name, missing in lacking.items():
        if missing:
            print(f"{name}: {', '.join(missing)}")
    complete = sum(not missing for missing in lacking.values())
    unsure = sum("size" not in each and "missing" in each for each in records.values())
    sizes = sorted(each["size"] for each in records.values() if "size" in each)
    times = sorted(each["ms"] for each in records.values() if "ms" in each)
    print(f"{complete} of {len(records)} complete ({complete / len(records):.1%}), ", end="")
    print(f"{unsure} of them refused in one line as uncertain")
    print(f"request: median {statistics.median(sizes):,.0f} characters, largest {sizes[-1]:,}")
    print(f"composing: median {statistics.median(times):.0f} ms, longest {times[-1]:.0f} ms of CPU")
    return 0 if complete >= AIM * len(records) else 1


if __name__ == "__main__":
    sys.exit(main())
