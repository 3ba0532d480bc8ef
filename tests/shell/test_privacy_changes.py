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
    assert "The cell comes from your fix" in last_body()
    assert "zqada" not in last_body()


FRAME = """
import pandas as pd
df = pd.DataFrame({"email": ["zqada.zqlo" + "ve@x.org"], "name": ["zqada " + "zqlove"]})
"""
QUOTED_BEFORE = "Nobody yet."
QUOTES = [
    {"match": "^Before", "pieces": [QUOTED_BEFORE]},
    {"pieces": ["Zqada Zqlove, who ", "is zqada.zqlove@x.org."]},
]


def answers(body: str) -> list[str]:
    return [m["content"] for m in json.loads(body)["messages"] if m["role"] == "assistant"]


ASKS = (
    "%groq Who is in {{df}}?",
    "%groq -s 'You know {{df}}' Who is there?",
    "%groq_explain df --keep",
    "%groq_fix --keep",
    "import groq_magic\ndef f(own): groq_magic.ask('Who is {{own}}?')\nf(df)",
)
IN_PLACE = "%groq Who is {{df.email[0]}}, {{df.name[0]}}?"


@pytest.mark.parametrize(
    ("ask", "limit"),
    [
        (IN_PLACE, PRIVATE),  # at no rows such a value is sent
        *((ask, limit) for ask in ASKS for limit in (NO_ROWS, PRIVATE)),
    ],
)
def test_no_answer_that_may_quote_private_values_is_sent_again(
    cells: Any, practice: Any, last_body: Callable[[], str], limit: str, ask: str
) -> None:
    practice.script(QUOTES)
    cells.fine("%groq Before the data", "a")
    cells.fine(FRAME)
    assert cells.run("int(df.email[0])").error is not None
    cells.fine(ask, "b")
    cells.fine("%groq And what follows", "c")
    cells.fine("%groq More", "c")
    assert "zqada.zqlove" in last_body()
    cells.fine(limit)
    cells.fine("del df")
    notice = cells.fine("%groq Once more", "d").data["text/html"]
    assert "2 answers that may quote excluded values" in notice
    assert "zqlove" not in last_body().lower()
    assert len(answers(last_body())) == 3
    # What was asked before any data was sent stays, and so does what is asked from now on.
    assert answers(last_body())[0] == QUOTED_BEFORE
    practice.script([{"pieces": ["A new answer."]}])
    cells.fine("%groq Say more", "e")
    cells.fine("%groq And more", "f")
    assert answers(last_body())[-1] == "A new answer."


def test_values_in_place_are_still_sent_with_rows_sent_0(
    cells: Any, last_body: Callable[[], str]
) -> None:
    cells.fine("price = 3.5")
    cells.fine("%groq Is {{price}} much?", "a")
    cells.fine(NO_ROWS)
    cells.fine("%groq And twice as much?", "b")
    assert "Is 3.5 much?" in last_body()
    assert "left out" not in last_body()


def test_limits_that_are_as_strict_keep_answers(
    served: Callable[..., Any], practice: Any, last_body: Callable[[], str]
) -> None:
    practice.script([{"pieces": ["A reply."]}])
    cells = served(rows_sent=0)
    cells.fine(FRAME)
    cells.fine("%groq Who is in {{df}}?", "a")
    cells.fine("%config GroqMagics.rows_sent = 5")
    cells.fine("%groq More", "b")
    assert answers(last_body()) == ["A reply."]
    cells.fine(NO_ROWS)
    cells.fine("%groq More", "c")
    assert answers(last_body()) == ["A reply.", "A reply."]


def test_the_frames_of_an_error_hide_no_types_of_columns(
    cells: Any, last_body: Callable[[], str]
) -> None:
    cells.fine("import pandas as pd\ndf = pd.DataFrame({'name': ['a person', 'another'] * 20})")
    cells.fine(NO_ROWS)
    cells.run("df['person']")
    cells.fine("%groq_fix")
    assert f"name: {cells.shell.user_ns['df']['name'].dtype}" in last_body()


def test_at_no_rows_names_of_the_cell_stay_in_the_hints_of_a_fix(cells: Any, practice: Any) -> None:
    cells.fine(
        "import pandas as pd\n"
        "users = pd.DataFrame({'name': ['Ann Smith', 'Bob'], 'score': [1.5, 2.5]})"
    )
    cells.fine("%config GroqMagics.rows_sent = 0")
    cells.run("users['scores'].mean()", "a")
    cells.fine("%groq_fix", "b")
    prompt = practice.requests()[-1]["body"]["messages"][-1]["content"]
    assert "Columns of `users`, nearest to the missing one first: `score`, `name`" in prompt
    assert "users: DataFrame, 2 rows × 2 columns\nname: str\nscore: float64" in prompt
    assert "[value]" not in prompt
