"""What leaves with `rows_sent = 0` and with `private`: no value of a cell, by no magic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

MARK, NUMBER = "Zq", "7777"
LOG = "requests.jsonl"
# A word of a value that is not quoted is searched for from 4 letters on.
WORD = st.text("abcxyzäß", min_size=2, max_size=9).map(lambda word: MARK + word)
TEXT = st.builds(
    str.join, st.sampled_from([" ", "@", "-", "\n", "' ", '"', "."]), st.lists(WORD, min_size=1)
)
WHOLE = st.integers(0, 9_999).map(lambda n: int(f"{NUMBER}{n:04}"))
COLUMNS = st.sampled_from(
    [
        TEXT,
        WHOLE,
        WHOLE.map(lambda n: n / 100),
        TEXT.map(lambda text: [text, {"k": text}]),
        TEXT.map(lambda text: {"k": {"l": (text,)}}),
        st.none() | TEXT,
    ]
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Frames whose private columns and index hold marked values and nothing else."""
    rows = draw(st.sampled_from([1, 3, 21, 60]))
    columns = {
        f"private_{place}": draw(st.lists(kind, min_size=rows, max_size=rows))
        for place, kind in enumerate(draw(st.lists(COLUMNS, min_size=1, max_size=3)))
    }
    index = pd.Index(
        draw(st.lists(TEXT, min_size=rows, max_size=rows, unique=True)), name="private_id"
    )
    frame = pd.DataFrame(columns, index=index)
    frame.insert(0, "city", ["Oslo", "Rome", "Wien"][:1] * rows)
    if draw(st.booleans()):
        frame["private_kind"] = pd.Categorical(draw(st.lists(TEXT, min_size=rows, max_size=rows)))
    return frame


ASKS = (
    "%groq About {{df}}",
    "%groq About {{df.index}} and {{df.iloc[0]}} and {{df.dtypes}}",
    "%groq About {{recs}} and {{columns}} and {{error}} and {{nested}} and {{series}}",
    "%groq About {{rows}} and {{objects}} and {{wide}} and {{long}} and {{plain}}",
    "%groq -s 'You know {{df}}' About {{df.city}}",
    "%groq A question that follows",
    "%groq_retry",
    "%groq --dry-run About {{df}}",
    "import groq_magic\ndef f(own):\n    groq_magic.ask('About {{own}}')\nf(df)",
    "%groq_explain df",
    "%groq_explain series",
    "%groq_explain recs",
    "%groq_explain error what is {{df}}",
    "%groq_explain reads --keep",
    "%%groq_code --session\nPlot {{df}}",
    "%%groq_code --keep\nClean {{df}}",
    "%groq_history",
    "%groq_export",
)
# Refused, with an error that quotes no value either.
REFUSED = (
    "%groq About {{df.loc['nothing of the kind']}}",
    "%groq About {{series.nothing_there}}",
    "%groq About {{reads.value}}",
    "%groq About {{df:20.5}}",
)
# At no rows its shape and type alone are sent; of private columns it has no names.
ARRAY = "%groq About {{df.values}}"
# What a function has read itself, and a word of it.
OWN = """
def grade(load):
    people = load()
    who = people["private_id"][0]
    first = who.split()[0]
    seen = {"born": first}
    print("Grading", who)
    return int(who) + len(first) + seen["age"]
grade(load)
"""
FAILING = (
    "df.loc['nothing of the kind']",
    "float(df.iloc[0, 1:].to_dict())",
    "for value in df.index:\n    int(value)",
    "value = df.iloc[0, 1]\nraise ValueError(f'bad value {value} in {df}')",
    "print(df)\nprint(df.to_dict())\nraise KeyError(df.index[0])",
    "ages = df.to_dict()\nages['nope']",
    "assert df.iloc[0, 1] == 1, (df.iloc[0, 1], df.index[0])",
    "try:\n    {}[df.index[0]]\nexcept KeyError as bad:\n    raise RuntimeError(bad) from bad",
    "error = ValueError('no')\nerror.add_note(f'at {df.index[0]}')\nraise error",
    "def check(row):\n    name = row.name\n    raise ValueError(name)\ncheck(df.iloc[0])",
    "raise ExceptionGroup('several', [ValueError(df.index[0]), TypeError(df.index[0])])",
    "eval(df.index[0] + '$')",
)
# One of these is among each example's.
IN_OTHER_WORDS = (
    "raise KeyError(df.index[0].lower())",
    "raise LookupError(f'no {df.index[0].upper()} here')",
    "float(df.index[0].split()[0])",
    "raise LookupError(f'not so {df.index[0].split()[-1]}')",
)
MADE = """
error = ValueError(df.index[0], df.iloc[0, 1])
recs = df.reset_index().to_dict("records") * 2
columns = {"private_columns": df.to_dict(), "private_rows": df.T.to_dict()}
nested = [{"private_a": (list(df.index), {"b": 1})}, {"private_a": 1}]
series = df.iloc[:, 1]
rows = list(df.reset_index().itertuples(index=False))
wide = df.T
long = df.reset_index().melt("private_id", ignore_index=True)
plain = df.reset_index().set_index("city")

class Reads:
    '''Reads.'''
    def __init__(self): self.private_text = df.index[0]
    @property
    def value(self): raise ValueError(f"can't read {self.private_text}")
    def __repr__(self): return f"Reads({self.private_text})"

reads, objects = Reads(), [Reads()]
"""


def assert_nothing_left(practice: Any, since: int = 0) -> None:
    for record in practice.requests()[since:]:
        body = json.dumps(record["body"], ensure_ascii=False)
        assert MARK.lower() not in body.lower(), around(body.lower(), MARK.lower())
        assert NUMBER not in body, around(body, NUMBER)


def around(text: str, mark: str) -> str:
    """The place of a mark."""
    at = text.find(mark)
    return text[max(0, at - 300) : at + 100]


@pytest.fixture
def practice(practice_factory: Callable[..., Any]) -> Any:
    """A server without limits: each example asks dozens of times."""
    return practice_factory(tokens_per_minute=0, requests_per_minute=0, requests_per_day=0)


@pytest.fixture(params=["rows", "private"])
def limited(request: Any, served: Any) -> Callable[[], Any]:
    """A shell that sends no rows, or one that sends nothing private."""
    if request.param == "rows":
        return served(rows_sent=0, log=LOG, tries=1)
    return served(private=["private*"], log=LOG, tries=1)


def ran_by(cells: Any, sources: tuple[str, ...], start: int) -> Iterator[Any]:
    """Run cells as they are; the settings of one ask don't reach the next."""
    for number, source in enumerate(sources, start):
        yield source, cells.run(source, f"cell-{number}")


@settings(
    max_examples=examples(3),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Each example takes seconds: shrinking one would take minutes.
    phases=[Phase.explicit, Phase.generate],
)
@given(frame=frames())
def test_no_value_of_a_cell_leaves_with_an_ask(limited: Any, practice: Any, frame: Any) -> None:
    practice.forget_requests()
    limited.shell.user_ns["df"] = frame
    limited.fine("%groq_reset")
    limited.fine(MADE)
    if limited.session.settings.rows_sent == 0:
        # Names of columns are sent: here they are values of the index.
        limited.fine("del wide\nwide = 0")
    is_private = bool(limited.session.settings.private)
    asks, refused = (ASKS, (*REFUSED, ARRAY)) if is_private else ((*ASKS, ARRAY), REFUSED)
    for source, ran in ran_by(limited, asks, 1):
        assert ran.error is None, (source, ran.text)
        assert MARK not in repr([output["metadata"] for output in ran.outputs]), source
    for source, ran in ran_by(limited, refused, 50):
        assert ran.error is not None, source
        assert MARK not in ran.everything.replace(str(frame), ""), (source, ran.everything)
    assert_nothing_left(practice)
    assert MARK not in Path(LOG).read_text()


LIMITS = ("%config GroqMagics.rows_sent = 0", "%config GroqMagics.private = ['private*']")
FOLLOWING = "%groq A question that follows"
KEPT = (
    "%groq Who is in {{df}}?",
    "%groq -s 'You know {{df}}' And {{df.index}}?",
    "%groq_explain series --keep",
    "%groq_fix --keep",
    "%%groq_code --keep\nClean {{df}}",
    "import groq_magic\ndef f(own):\n    groq_magic.ask('About {{own}}')\nf(df)",
    FOLLOWING,
)
LATER = (
    "%groq About {{df}}",
    "%groq What was that?",
    "%groq_retry",
    "%groq_fix --keep",
    "%groq_fix",
    "%groq_explain recs",
    "%groq --dry-run What was that?",
    "%groq_undo",
    "%groq And now?",
    "%groq_history",
    "%groq_export",
)


@settings(
    max_examples=examples(2),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Each example takes seconds: shrinking one would take minutes.
    phases=[Phase.explicit, Phase.generate],
)
@given(
    frame=frames(),
    limit=st.sampled_from(LIMITS),
    # A model can't name a value before one was sent.
    asked=st.permutations(KEPT).filter(lambda asked: asked[0] != FOLLOWING),
)
def test_no_value_is_sent_again_once_it_is_private(
    served: Any, practice: Any, frame: Any, limit: str, asked: list[str]
) -> None:
    practice.forget_requests()
    cells = served(log=LOG, tries=1)
    cells.shell.user_ns["df"] = frame
    practice.script([{"pieces": [f"It is {frame.index[0]} with {frame.iloc[0, 1]}."]}])
    cells.fine(MADE.replace("wide = df.T\n", ""))
    assert cells.run("raise KeyError(df.index[0])").error is not None
    for _, ran in ran_by(cells, tuple(asked), 1):
        assert ran.error is None, ran.text
    practice.script([{"pieces": ["A new answer."]}])
    since = len(practice.requests())
    cells.fine(limit)
    for source, ran in ran_by(cells, LATER, 30):
        assert ran.error is None, (source, ran.text)
        if source.startswith("%groq --dry-run"):
            assert MARK not in ran.everything
    assert len(practice.requests()) > since
    assert_nothing_left(practice, since)
    cells.shell.user_ns["df"] = 0
    cells.fine("recs = columns = nested = series = rows = objects = reads = 0")
    cells.fine("%groq Where is it?")
    assert_nothing_left(practice, since)
    assert MARK not in Path(LOG).read_text()


@settings(
    max_examples=examples(3),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Each example takes seconds: shrinking one would take minutes.
    phases=[Phase.explicit, Phase.generate],
)
@given(
    frame=frames(),
    failing=st.permutations(FAILING).map(lambda order: order[:3]),
    words=st.sampled_from(IN_OTHER_WORDS),
)
def test_no_value_leaves_with_an_error_or_an_output(
    limited: Any, practice: Any, frame: Any, failing: list[str], words: str
) -> None:
    practice.forget_requests()
    # IPython's traceback is its own, and takes longer than the asks.
    limited.shell.InteractiveTB.set_mode("Minimal")
    # No variable of the session has the values.
    limited.shell.user_ns |= {"df": 0, "load": lambda: frame.reset_index().to_dict("list")}
    assert limited.run(OWN).error is not None
    for ask in ("%groq_fix", "%groq_explain", "%groq_fix --keep why"):
        limited.fine(ask)
    limited.shell.user_ns["df"] = frame
    for source in (words, *failing):
        assert limited.run(source).error is not None, source
        number = limited.shell.execution_count - 1
        for ask in ("%groq_fix", "%groq_explain", f"%groq_fix {number}", "%groq_fix --keep why"):
            limited.fine(ask)
        limited.fine("print(df)\ndf.iloc[:, 1]")
        limited.fine("%groq_explain _")
        limited.fine(f"%groq_explain {number}")
        limited.fine(f"%groq_explain {number + 5}")
    assert_nothing_left(practice)
    assert MARK not in Path(LOG).read_text()
