"""What the page's order costs: asks, executions and moved cells, by the number of turns.

    python tests/benchmarks/page_order.py

For each number of turns it prints the milliseconds of an ask at the end (all
asks' mean, without the request), of an execution on the same page, of one after
a cell was moved, and of an ask in the first cell, which marks all others.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.session.test_session import (
    seconds_of,
    seconds_of_a_change,
    seconds_of_a_move,
    session_with,
)


def main() -> None:
    """Print a line for each number of turns."""
    print("turns   ask  same page  moved  first cell   (ms)")
    for turns in (125, 250, 500, 1_000, 2_000):
        began = time.thread_time()
        session = session_with(turns, listed=True)
        ask = (time.thread_time() - began) / turns
        same = seconds_of(lambda _, session=session: session.cell_begins())
        moved, first = seconds_of_a_move(session), seconds_of_a_change(session, 9_000)
        print(
            f"{turns:5} {ask * 1e3:5.2f} {same * 1e3:10.2f} {moved * 1e3:6.1f} {first * 1e3:11.1f}"
        )


if __name__ == "__main__":
    main()
