"""`--recent N`: the cells that ran before, with their outputs, as values of a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core import history

from groq_magic.errors import OptionError
from tests.markers import examples
from tests.shell.dry_runs import messages_in
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "Cells that ran before, oldest first:"
FRAME = "import pandas as pd\ndf = pd.DataFrame({'email': ['ann@x.org', 'ben@x.org'] * 30})\ndf"
# IPython 8 does not keep what cells print.
KEEPS_PRINTS = pytest.mark.skipif(
    not hasattr(history, "HistoryOutput"),
    reason="this IPython keeps no printed output",
)


def sent(practice: Any) -> list[str]:
    """Return the user's messages of the last request."""
    body = practice.requests()[-1]["body"]
    return [each["content"] for each in body["messages"] if each["role"] == "user"]


def cells_in(message: str) -> dict[int, str]:
    """Return the text of each recent cell by its number."""
    below = message.partition(HEADING)[2]
    parts = re.split(r"^`cell (\d+)`:$", below, flags=re.MULTILINE)[1:]
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def shown(ran: Any) -> str:
    """Return what the page shows of the last output: notices, answer and bar."""
    return str(lxml.html.fromstring(ran.outputs[-1]["data"]["text/html"]).text_content())


def test_the_cells_that_ran_before_are_sent_with_their_outputs(cells: Any, practice: Any) -> None:
    cells.fine("old = 1", "a")
    cells.fine("rows = [1, 2]\nlen(rows)", "b")
    cells.run("1 / 0", "c")
    ran = cells.fine("%%groq --recent 2\nWhat went wrong?", "ask")
    (message,) = sent(practice)
    assert message.startswith(f"What went wrong?\n\n{HEADING}\n\n`cell 3`:")
    found = cells_in(message)
    assert list(found) == [3, 4]
    assert "```python\nrows = [1, 2]\nlen(rows)\n```" in found[3]
    assert "Its last value:\n```text\n2\n```" in found[3]
    assert "ZeroDivisionError: division by zero" in found[4]
    assert re.search(r"Included: cell 3 \(\d+ characters\), cell 4 \(\d+ characters\)", shown(ran))
    assert ran.record["included"] == ["cell 3", "cell 4"]


@KEEPS_PRINTS
def test_printed_output_is_sent(cells: Any, practice: Any) -> None:
    source = "for n in range(101): print(f'{n} %', end='\\r')\nprint()\nprint('40 rows')"
    cells.shell.run_cell(source, store_history=True)
    cells.shell.run_cell("for n in range(100_000): print('line', n)", store_history=True)
    cells.fine("%groq --recent 2 Why so few?", "ask")
    one, two = cells_in(sent(practice)[-1]).values()
    assert "It printed:\n```text\n100 %\n40 rows\n```" in one
    assert two.endswith("line 99998\nline 99999\n```")
    assert len(two) < 4_500


def test_of_a_frame_the_schema_alone_is_sent(cells: Any, practice: Any) -> None:
    cells.fine(FRAME, "a")
    cells.fine("%groq --recent 1 Which column?", "ask")
    (text,) = cells_in(sent(practice)[-1]).values()
    assert "DataFrame, 60 rows × 1 columns\nemail: " in text
    assert "as CSV" not in text


def test_our_own_cells_and_earlier_runs_of_a_cell_are_left_out(cells: Any, practice: Any) -> None:
    for number in range(3):
        cells.fine(f"x = {number}", "a")
    cells.fine("%groq Hello", "one")
    cells.fine("# setup\n%config GroqMagics.temperature = 0.5\n%load_ext groq_magic", "two")
    cells.fine("%%groq_system\nBe brief.", "three")
    cells.fine("y = 1\n%groq --once In code", "four")
    cells.fine("z = 1\n%groq --recent 9 Explain", "ask")
    cells.fine("z = 2\n%groq --recent 9 Explain", "ask")
    found = cells_in(sent(practice)[-1])
    assert [re.findall(r"^[a-z] = \d", text, re.MULTILINE) for text in found.values()] == [
        ["x = 2"],
        ["y = 1"],
    ]


def test_later_prompts_have_the_latest_run_of_a_cell_once(cells: Any, practice: Any) -> None:
    cells.fine("x = 'early'\nx", "a")
    cells.fine("z = 0", "b")
    cells.fine("%groq --recent 2 One", "ask")
    cells.fine("%groq Two", "ask2")
    assert "early" in sent(practice)[0]
    cells.fine("x = 'second'\nx", "a")
    ran = cells.fine("%groq --recent 1 Three", "ask3")
    one, _, three = sent(practice)
    assert "early" not in one
    assert "z = 0" in one
    assert "second" in three
    assert "From earlier turns: cell 3 (" in shown(ran)


def test_secrets_are_replaced(cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_API_KEY", "env-secret-0123456789")
    service_key = "gsk_" + "a1B2" * 12
    cells.fine(
        f"db_password = 'hunter2secret'\nkey = 'env-secret-0123456789'\n"
        f"text = 'x ' * 995 + {service_key!r}\ntext",
        "a",
    )
    cells.run("raise ValueError(db_password + text)", "b")
    ran = cells.fine("%groq --recent 3 Why?", "ask")
    (message,) = sent(practice)
    for each in ("hunter2secret", "env-secret", service_key, service_key[:12], "a1B2a1B2"):
        assert each not in message
        assert each not in ran.everything
    assert "OTHER_API_KEY" in shown(ran)


def test_private_columns_and_rows_sent_zero_apply(cells: Any, practice: Any) -> None:
    cells.fine(FRAME, "a")
    cells.fine("df.email[0]", "b")
    cells.run("print(df.email[0])\nraise KeyError(df.email[1])", "c")
    cells.fine("%config GroqMagics.private = ['email']")
    cells.fine("%groq --recent 9 Why?", "ask")
    assert "@x.org" not in sent(practice)[-1].replace(FRAME, "")
    cells.fine("%config GroqMagics.private = []\n%config GroqMagics.rows_sent = 0")
    cells.fine("%groq --once --recent 9 Why?", "ask2")
    message = sent(practice)[-1].replace(FRAME, "")
    assert "@x.org" not in message
    assert "DataFrame, 60 rows × 1 columns\nemail: " in message


def test_a_turn_of_before_is_sent_without_its_cells_once_less_may_be_sent(
    cells: Any, practice: Any
) -> None:
    cells.fine("total = 41", "a")
    cells.fine("%groq --recent 1 One", "ask")
    cells.fine("%config GroqMagics.rows_sent = 0")
    ran = cells.fine("%groq Two", "ask2")
    assert sent(practice) == ["One", "Two"]
    assert "cell 2" in shown(ran)


def test_a_restored_prompt_is_sent_without_the_cells_and_a_line_names_them(
    cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells.fine("x = 1", "a")
    ran = cells.fine("%groq --recent 1 Why {{x}}?", "ask")
    path = tmp_path / "notebooks" / "talk.ipynb"
    ask = code_cell("ask", "%groq --recent 1 Why {{x}}?", ran.outputs, 3)
    write_notebook(path, [code_cell("a", "x = 1", (), 2), ask, code_cell("r", "")])
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    cells.fine("%groq_reset")
    restored = cells.fine("%groq_restore", "r")
    assert "Not saved, and not sent again: cell 2." in restored.everything
    cells.fine("%groq And now?", "ask2")
    assert sent(practice) == ["Why `x`?", "And now?"]


def test_a_dry_run_shows_the_cells(cells: Any, practice: Any) -> None:
    cells.fine("x = 1", "a")
    ran = cells.fine("%groq --recent 1 --dry-run Why?", "ask")
    ((role, text),) = messages_in(ran.outputs[0])
    assert (role, list(cells_in(text))) == ("user", [2])
    assert "Included: cell 2 (" in shown(ran)
    assert practice.requests() == []


def test_without_an_earlier_cell_there_is_a_notice(cells: Any) -> None:
    ran = cells.fine("%groq --recent 2 Why?", "ask")
    assert "--recent includes nothing: no cell has run before this one." in shown(ran)


def test_python_takes_it_as_a_keyword_and_checks_it(cells: Any, practice: Any) -> None:
    cells.fine("x = 1", "a")
    cells.fine("import groq_magic\n_ = groq_magic.ask('Why?', recent=1)", "ask")
    assert "x = 1" in sent(practice)[-1]
    for wrong in ("0", "-1", "x", "1.5"):
        ran = cells.run(f"%groq --recent {wrong} Why?", "b")
        assert isinstance(ran.error, OptionError)
        assert "--recent 3" in str(ran.error)
    ran = cells.run("groq_magic.complete('Why?', recent=1)", "c")
    assert isinstance(ran.error, OptionError)


def test_raw_leaves_the_braces_alone_and_includes_cells(cells: Any, practice: Any) -> None:
    cells.fine("x = '{{y}}'\ny = 5", "a")
    cells.fine("%groq --raw --recent 1 What is {{y}}?", "ask")
    (message,) = sent(practice)
    assert message.startswith("What is {{y}}?\n")
    assert "x = '{{y}}'" in message


def test_many_and_large_cells_share_the_room(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.assistant_tokens = 1_000")
    for number in range(30):
        cells.fine(f"small_{number} = 1", f"s{number}")
    cells.fine(f"text = {'y' * 50_000!r}\ntext * 200", "big")
    ran = cells.fine("%groq --recent 500 What is this?", "ask")
    found = cells_in(sent(practice)[-1])
    assert len(found) == 20
    assert "last 20 cells" in shown(ran)
    assert sum(map(len, found.values())) < 4_000 + 20 * 60
    *small, (_, big) = found.items()
    assert all(f"small_{number - 3} = 1" in text for number, text in small)
    assert "characters left out" in big


HOSTILE = (
    "class E(BaseException):\n    def __str__(self): raise self\nraise E('x')",
    "class R:\n    def __repr__(self): raise SystemExit\nR()",
    "class M(type):\n    def __getattribute__(*a): 1 / 0\nclass C(metaclass=M): ...\nC()",
    "b'\\0\\xff' * 1000",
    "'\\ud800 \\x00 \\x1b[31m ``` ````'",
    "for n in range(2_000): print('line', n)",
    "print('\\r'.join(str(n) for n in range(1000)))",
    "x = []\nx.append(x)\nx",
    "'z' * 5_000_000",
    "10 ** 20_000",
    "def f(n): return f(n - 1) if n else 1 / 0\nf(50)",
    "%%bash\nexit 3",
    "this is no Python",
    "import sys\nsys.modules",
    "`` ` ```",
)


@given(
    chosen=st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4),
    rows=st.sampled_from([0, 5]),
    private=st.sampled_from([[], ["a*"]]),
)
# The shells are made again for each example.
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_whatever_ran_the_prompt_is_sent(
    served: Any, practice: Any, chosen: list[str], rows: int, private: list[str]
) -> None:
    cells = served(rows_sent=rows, private=private)
    # IPython's traceback is its own, and takes longer than the ask.
    cells.shell.InteractiveTB.set_mode("Minimal")
    for number, source in enumerate(chosen):
        cells.run(source, f"c{number}")
    cells.fine(f"%groq --recent {len(chosen)} Why?", "ask")
    message = sent(practice)[-1]
    assert message.startswith(f"Why?\n\n{HEADING}\n\n")
    assert message.count("Its code:") == len(chosen)
    assert len(message) < 25_000
    # Each opened fence is closed by one as long.
    fences = re.findall(r"^(`{3,})", message, re.MULTILINE)
    assert fences
