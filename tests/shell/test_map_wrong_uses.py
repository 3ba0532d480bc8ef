"""Wrong uses of `%%groq_map`: one line each, and nothing is sent."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

import groq_magic
from groq_magic.errors import GroqMagicError

USES = {
    "%%groq_map\nRate {{text}}": "There is no data",
    "%%groq_map dff\nRate {{text}}": "no variable `dff`. Did you mean `df`?",
    "%%groq_map df.head()\nRate {{text}}": 'Put code in quotes: `%%groq_map "df.head()"`',
    '%%groq_map d["k"].head()\nRate {{text}}': "`%%groq_map 'd[\"k\"].head()'`",
    "%%groq_map df[df.n > 1]\nRate {{text}}": "Put code in quotes",
    '%%groq_map "df["\nRate {{text}}': "isn't a Python expression",
    '%%groq_map "df.nothing"\nRate {{text}}': "`df.nothing` failed: AttributeError",
    '%%groq_map "df\nRate {{text}}': "A quote is not closed",
    "%%groq_map 7\nRate {{text}}": "isn't a variable, attribute or item",
    "%%groq_map number\nRate {{text}}": "an int, which has no rows",
    "%%groq_map df Rate it\n{{text}}": "Unexpected `Rate it` on the %%groq_map line",
    "%%groq_map df\n": "The prompt is empty",
    "%%groq_map df\nRate it": "The prompt names no column",
    "%%groq_map df\nRate {{txt}}": "no column or variable `txt`. Did you mean `text`?",
    "%%groq_map df\nRate {{text.upper()}}": "calls aren't allowed",
    "%%groq_map df\nRate {{row.text}}": "`row` is the whole row",
    "%%groq_map df\nRate {{secret}}": "`secret` is private",
    "%%groq_map taken\nRate {{text}}": "already has a column `answer`. `--prefix new_`",
    "%%groq_map df --schema 'text, n int'\nRate {{text}}": "already has a column `text`",
    "%%groq_map df --schema 'score int, score int'\nRate {{text}}": "score",
    "%%groq_map twice\nRate {{x}}": "2 columns are called `x`",
    "%%groq_map binary\nRate {{row}}": "`{{row}}` of row 0: binary, 2 bytes",
    "%%groq_map df --limit 0\nRate {{text}}": "--limit takes a whole number from 1",
    "%%groq_map df --limit 2 --sample 2\nRate {{text}}": "exclude each other",
    "%%groq_map df --budget 5\nRate {{text}}": "`5` is not a budget. Write dollars like `2usd`",
    "%%groq_map df --budget 2usd -m some/model\nRate {{text}}": "price of some/model is not known",
    "%%groq_map df --share 2\nRate {{text}}": "--share takes a number from 0.01 to 1",
    "%%groq_map df --concurrency 1000\nRate {{text}}": "from 1 to 200",
    "%%groq_map df --pack 5000\nRate {{text}}": "from 1 to 200",
    "%%groq_map df --check score\nRate {{text}}": "`score` isn't field=column",
    "%%groq_map df --check score=n\nRate {{text}}": "the answers have no field `score`",
    "%%groq_map df --check answer=m\nRate {{text}}": "there is no column `m`",
    "%%groq_map df --check answer=none\nRate {{text}}": "no row has a value in `none`",
    "%%groq_map df --check answer=secret\nRate {{text}}": "--check: `secret` is private.",
    "%%groq_map df --schema 'x int' --check x=text\nRate {{text}}": (
        "--check: no value in `text` fits `x` (a number). Choose a column"
    ),
    "%%groq_map df --check ' '\nRate {{text}}": "--check is blank. Try `--check score=teacher`.",
    "%%groq_map df -m fast,fast\nRate {{text}}": "twice",
    "%%groq_map df -m ,\nRate {{text}}": "names no model",
    "%%groq_map df -o 1x\nRate {{text}}": "`1x` isn't a valid variable name. Try `-o answers`.",
    "%%groq_map df -o len\nRate {{text}}": "Python uses the name `len`. Try `-o answers`.",
    "%%groq_map df -o pd\nRate {{text}}": "`pd` is a module. Choose another name: `-o answers`.",
    "%%groq_map df -o Kind\nRate {{text}}": "`Kind` is a class.",
    "%%groq_map df -o sqrt\nRate {{text}}": "`sqrt` is a function.",
    "%%groq_map df -o rows\nRate {{text}}": "`rows` is a callable object.",
    "%%groq_map df -o df --dry-run\nRate {{text}}": "`df` is the data. Choose another name",
    "%%groq_map df.text -o df\nRate {{text}}": "`df` is the data.",
    '%%groq_map "df[df.n > 1]" -o df\nRate {{text}}': "`df` is the data.",
    "%%groq_map df --journal /\nRate {{text}}": "is a folder",
    "%%groq_map df --journal other.txt\nRate {{text}}": "is not a journal",
    "%%groq_map df --stream\nRate {{text}}": "has no option `--stream`",
    "%%groq_map df -c x\nRate {{text}}": "has no option `-c`",
}


@pytest.fixture
def data(cells: Any) -> Any:
    frame = pd.DataFrame({"text": ["a", "b"], "n": [1, 2], "none": [None, None], "secret": "x"})
    cells.shell.user_ns.update(
        df=frame,
        taken=frame.assign(answer=1),
        twice=pd.DataFrame([[1, 2]], columns=["x", "x"]),
        number=7,
        pd=pd,
        sqrt=math.sqrt,
        rows=groq_magic.rows("Rate {{text}}"),
        Kind=type("Kind", (), {}),
        binary=[b"\x00\xff"],
    )
    cells.fine("%config GroqMagics.private = ['secret']")
    with open("other.txt", "w") as file:  # noqa: PTH123 - in the shell's folder
        file.write("a text")
    return cells


def test_each_wrong_use_is_one_line_and_nothing_is_sent(data: Any, practice: Any) -> None:
    for source, expected in USES.items():
        ran = data.run(source)
        assert isinstance(ran.error, GroqMagicError), (source, ran.everything)
        assert expected in str(ran.error), (source, str(ran.error))
        assert "\n" not in str(ran.error), source
    assert practice.requests() == []
    assert "answers" not in data.shell.user_ns


def test_no_row_is_sent_while_rows_sent_is_0(data: Any, practice: Any) -> None:
    data.fine("%config GroqMagics.rows_sent = 0")
    ran = data.run("%%groq_map df\nRate {{text}}")
    assert "No rows are sent while `rows_sent` is 0." in str(ran.error)
    assert practice.requests() == []


def test_wrong_uses_in_python_are_refused(data: Any, practice: Any) -> None:
    for code, expected in {
        "groq_magic.map(df, 'Rate {{text}}')": "takes the prompt as text, not DataFrame",
        "groq_magic.map('Rate {{text}}', df, dry_run=True)": "doesn't take dry_run",
        "groq_magic.map('Rate {{text}}', df, background=True)": "doesn't take background",
        "groq_magic.map('Rate {{text}}', df, check={'answer': 'n'})": (
            "check takes text, not `{'answer': 'n'}` (dict). Try `check=\"score=teacher\"`."
        ),
        "groq_magic.map('Rate {{text}}', df, out='df')": "`df` is the data.",
        "groq_magic.map('Rate {{text}}', df, limits=2)": "Did you mean `limit`?",
        "groq_magic.map('Rate {{text}}', df, limit='x')": "limit takes a whole number",
        "groq_magic.map('Rate {{text}}', df, model=[])": "names no model",
    }.items():
        ran = data.run(f"import groq_magic\n{code}")
        assert isinstance(ran.error, GroqMagicError), (code, ran.everything)
        assert expected in str(ran.error), (code, str(ran.error))
    assert practice.requests() == []


def test_without_a_key_the_remedy_names_practice_mode(bare: Any) -> None:
    bare.shell.user_ns["df"] = pd.DataFrame({"text": ["a"]})
    ran = bare.run("%%groq_map df\nRate {{text}}")
    assert "%groq_practice on" in str(ran.error)
