"""What is sent after the user has lowered `rows_sent`, or made columns private."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

# Read where no variable of the session keeps it.
OWN = """
import pandas as pd
def grade(load):
    people = load()
    who = people["email"][0]
    first = who.partition(".")[0]
    print("Grading", who)
    return int(who) + len(first)
grade(lambda: pd.DataFrame({"email": ["zqada.zqlo" + "ve@x.org"]}))
"""
NO_ROWS, PRIVATE = (
    "%config GroqMagics.rows_sent = 0",
    '%config GroqMagics.private = ["email", "name"]',
)


@pytest.fixture
def last_body(practice: Any) -> Callable[[], str]:
    """The last request, as text."""
    return lambda: json.dumps(practice.requests()[-1]["body"], ensure_ascii=False)


@pytest.mark.parametrize("limit", [NO_ROWS, PRIVATE])
@pytest.mark.parametrize("ask", ["%groq_fix", "%groq_explain", "%groq_fix --keep why"])
def test_a_private_value_in_a_function_s_own_variables_is_not_sent(
    cells: Any, last_body: Callable[[], str], limit: str, ask: str
) -> None:
    cells.fine(limit)
    assert cells.run(OWN).error is not None
    cells.fine(ask)
    assert "`who`" in last_body()
    assert "zqlove@x" not in last_body()


@pytest.mark.parametrize("limit", [NO_ROWS, PRIVATE])
def test_the_error_of_an_earlier_fix_is_sent_without_its_message(
    cells: Any, practice: Any, last_body: Callable[[], str], limit: str
) -> None:
    fixed = "float(df.name[0])"
    practice.script([{"pieces": [f"```python\n{fixed}\n```"]}])
    cells.fine("import pandas as pd\ndf = pd.DataFrame({'name': ['zq' + 'ada']})")
    assert cells.run("int(df.name[0])").error is not None
    cells.fine("%groq_fix")
    assert "zqada" in last_body()
    assert cells.run(fixed).error is not None
    cells.fine(limit)
    cells.fine("%groq_fix")
    assert "It comes from your fix" in last_body()
    assert "zqada" not in last_body()
