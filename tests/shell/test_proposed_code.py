"""Code that a model proposes: shown, approved by a reply, run, and what may be sent of it."""

from __future__ import annotations

import re
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import matplotlib as mpl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.utils.capture import capture_output

from groq_magic.asking.proposed_code import CodeStoppedError, ProposedCode
from groq_magic.errors import NotebookError
from groq_magic.tools import question as question_module
from groq_magic.tools.time_limit import TimeLimitError
from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groq_magic.asking.proposed_code import CodeResult

mpl.use("agg")
ALL = object()  # `all` with the code that is shown
TABLE = "import pandas as pd\ndf = pd.DataFrame({'email': ['ada@x.org'] * 30, 'n': range(30)})"


class Person:
    """Replies to the questions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.replies: list[Any] = []
        monkeypatch.setattr("builtins.input", self._input)
        monkeypatch.setattr("groq_magic.tools.question.has_input", lambda _shell: True)

    def _input(self, question: str) -> str:
        self.asked.append(question)
        assert self.replies, question
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        if reply is ALL:
            word = re.search(r"all (\w{4})", question)
            return word[0] if word else "all"
        return str(reply)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return Person(monkeypatch)


@pytest.fixture
def answer(bare: Any, person: Person) -> Callable[..., CodeResult]:
    """Propose a piece of code of one ask, with replies to what is then asked."""
    proposed = ProposedCode(bare.session, threading.Event(), sees=True)

    def answer(code: str, *replies: Any) -> CodeResult:
        person.replies[:] = replies
        with capture_output() as shown:
            found = proposed.show_and_run(code)
        assert not person.replies
        answer.shown = shown  # type: ignore[attr-defined]
        return found

    answer.proposed = proposed  # type: ignore[attr-defined]
    return answer


def test_approved_code_runs_and_its_output_is_sent_once_approved(
    bare: Any, answer: Any, person: Person
) -> None:
    found = answer("x = 6\nprint('six')\nx * 7", "run", "send")
    assert found.text == "Printed:\nsix\n\nValue:\n42"
    assert bare.shell.user_ns["x"] == 6
    assert person.asked[0].startswith("Run it? Type run, edit, no REASON, all ")
    assert re.fullmatch(r"Send this output \(\d+ characters\)\? Type send or no: ", person.asked[1])
    first = answer.shown.outputs[0].data
    assert "The model wants to run this code:" in first["text/plain"]
    assert '<span class="nb">print</span>' in first["text/html"]
    assert answer.proposed.cell == "x = 6\nprint('six')\nx * 7"


@pytest.mark.parametrize("reply", ["", "r", "yes", "RUN", "run it", "all", "all abcd", "x = 1"])
def test_an_unknown_reply_repeats_the_question(answer: Any, person: Person, reply: str) -> None:
    answer("1", reply, "no")
    hint, _, again = person.asked[1].partition(" Run it? ")
    assert again == person.asked[0].removeprefix("Run it? ")
    known = {"yes": "Type run to approve.", "all": "Type all "}
    assert hint.startswith(known.get(reply.partition(" ")[0], "Unknown reply."))


def test_a_refusal_carries_its_reason(bare: Any, answer: Any) -> None:
    assert answer("x = 1", "no use the other frame").text == (
        "The user refused to run this code. The reason: use the other frame"
    )
    assert answer("x = 1", "no").text == "The user refused to run this code."
    assert "x" not in bare.shell.user_ns
    assert answer.proposed.cell == ""


@pytest.mark.parametrize("reply", ["stop", KeyboardInterrupt()])
def test_stop_and_interrupts_end_the_ask(bare: Any, answer: Any, reply: Any) -> None:
    with pytest.raises(CodeStoppedError):
        answer("x = 1", reply)
    assert "x" not in bare.shell.user_ns


def test_an_interrupt_in_mid_run_ends_the_ask_and_keeps_what_ran(bare: Any, answer: Any) -> None:
    with pytest.raises(CodeStoppedError):
        answer("x = 1\nraise KeyboardInterrupt", "run")
    assert bare.shell.user_ns["x"] == 1
    assert answer.proposed.cell == "x = 1\n# Stopped:\n# raise KeyboardInterrupt"


def test_all_runs_and_sends_the_rest_of_the_ask(answer: Any, person: Person) -> None:
    assert answer("print(1)", ALL).text == "Printed:\n1"
    assert answer("print(2)").text == "Printed:\n2"
    assert "approved by all" in answer.shown.outputs[0].data["text/plain"]
    assert len(person.asked) == 1
    assert answer.proposed.cell == "print(1)\n\nprint(2)"


def test_an_edit_runs_only_once_it_is_approved(bare: Any, answer: Any, person: Person) -> None:
    found = answer("x = 1\ny = x / 0", "edit", "2 y = x / 2", "done", "run", "send")
    assert bare.shell.user_ns["y"] == 0.5
    assert found.text.startswith("The user edited the code. This ran:\nx = 1\ny = x / 2\n\nIt ran")
    assert answer.proposed.cell == "x = 1\ny = x / 2"
    assert "2 CODE (replace)" in person.asked[1]
    texts = [each.data.get("text/plain", "") for each in answer.shown.outputs]
    assert sum(text.startswith("The edited code:") for text in texts) == 1
    assert answer("z = 1", "edit", "1 z = 2", "done", "no").text.startswith("The user refused")
    assert "z" not in bare.shell.user_ns


def test_an_edit_can_end_in_a_refusal(bare: Any, answer: Any) -> None:
    assert answer("z = 1", "edit", "yes", "no too slow").text.endswith("The reason: too slow")
    with pytest.raises(CodeStoppedError):
        answer("z = 1", "edit", "1 z = 2", "stop")
    assert "z" not in bare.shell.user_ns


def test_code_does_not_run_without_a_reply(
    bare: Any, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_module, "call_within", Mock(side_effect=TimeLimitError))
    found = answer("z = 1")
    assert (found.text, found.state) == (
        "Nobody replied in time: the code did not run.",
        "unanswered",
    )
    assert "z" not in bare.shell.user_ns


def test_an_error_goes_back_with_its_traceback(answer: Any) -> None:
    found = answer("def f(n):\n    return n / 0\nf(1)", "run", "send")
    assert found.text.startswith("Failed:\nTraceback")
    assert "ZeroDivisionError: division by zero" in found.text
    assert "return n / 0" in found.text
    assert "site-packages" not in found.text


def test_of_an_output_that_is_not_sent_only_its_kind_is_sent(answer: Any) -> None:
    found = answer("print('secret')\n1 / 0", "run", "no")
    assert found.text == "It failed. The user keeps the output private."


def test_the_schema_of_a_value_goes_back_without_a_question(bare: Any, answer: Any) -> None:
    bare.fine("%config GroqMagics.rows_sent = 0")
    found = answer(f"{TABLE}\ndf", "run")
    assert "DataFrame, 30 rows × 2 columns" in found.text
    assert "ada" not in found.text
    assert answer("x = 1", "run").text == "It ran. It printed nothing and has no value."


@pytest.mark.parametrize(
    "last",
    [
        "pd.DataFrame(columns=df.email)",
        "pd.DataFrame(columns=[each[::-1] for each in df.email])",
        "df.rename_axis(index=df.email[0])",
        "type(df.email[0], (pd.DataFrame,), {})(df)",
        "type(df.email[0], (), {})()",
        "df.email[0]",
        "[df.email[0]]",
        "5",
    ],
)
@pytest.mark.parametrize("rows", [0, 5])
def test_names_that_code_may_have_made_from_values_need_approval(
    bare: Any, answer: Any, person: Person, last: str, rows: int
) -> None:
    bare.fine(f"%config GroqMagics.rows_sent = {rows}")
    found = answer(f"import pandas as pd\n{TABLE}\n{last}", "run", "no")
    assert found.text == "It ran. The user keeps the output private."
    assert len(person.asked) == 2


def test_of_bytes_at_no_rows_only_the_type_is_sent(bare: Any, answer: Any) -> None:
    bare.fine("%config GroqMagics.rows_sent = 0")
    assert answer("b'abc'", "run", "send").text == "Value:\nbytes"


def test_long_code_takes_no_time(answer: Any) -> None:
    def seconds(code: str, *replies: str) -> float:
        began = time.process_time()
        answer(code, *replies)
        return time.process_time() - began

    # In quadratic time ten times as much takes a hundred times as long.
    limit = 40 * seconds("print('x' * 10_000)", "run", "no")
    assert any(seconds("print('x' * 100_000)", "run", "no") <= limit for _ in range(3))
    limit = 40 * seconds("!true\n" * 200, "no")
    assert any(seconds("!true\n" * 2_000, "no") <= limit for _ in range(3))
    assert any(seconds("await f()\n" + "!true\n" * 2_000, "no") <= limit for _ in range(3))


def test_a_long_cell_with_an_await_is_refused(answer: Any) -> None:
    assert "top-level await" in answer("x = 1\n" * 600 + "await f()").text


def test_private_columns_and_secrets_are_replaced(
    bare: Any, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "t0ken-of-the-shop")
    bare.fine("%config GroqMagics.private = ['email']")
    bare.fine(TABLE)
    code = "import os\nprint(os.environ['SHOP_TOKEN'], df.email[0])\ndf.email[1]"
    found = answer(code, "run", "send")
    assert "t0ken" not in found.text
    assert "ada" not in found.text
    folded = answer.shown.outputs[-1].data["text/plain"]
    assert folded == f"Output for the model:\n{found.text}"


def test_without_values_printed_text_and_figures_are_left_out(bare: Any, answer: Any) -> None:
    bare.fine("%config GroqMagics.rows_sent = 0")
    bare.fine(f"{TABLE}\nfrom IPython.display import Image, display\nimport io\n"
              "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nfile = io.BytesIO()\n"
              "fig.savefig(file)")  # fmt: skip
    code = "print(df.email[0])\ndisplay(Image(file.getvalue()))\n{}[df.email[0]]"
    found = answer(code, "run", "send")
    assert not found.images
    assert "ada" not in found.text
    assert "1 figure, left out: no values may be sent" in found.text


def test_a_figure_is_sent_to_a_model_that_sees(bare: Any, answer: Any, person: Person) -> None:
    bare.fine("import io\nfrom IPython.display import Image\nimport matplotlib.pyplot as plt\n"
              "fig, ax = plt.subplots()\nfile = io.BytesIO()\nfig.savefig(file)")  # fmt: skip
    found = answer("Image(file.getvalue())", "run", "send")
    (image,) = found.images
    assert image.url.startswith("data:image/png")
    assert "characters and 1 figure)?" in person.asked[-1]
    blind = ProposedCode(bare.session, threading.Event(), sees=False)
    person.replies[:] = ["run", "send"]
    with capture_output():
        found = blind.show_and_run("Image(file.getvalue())")
    assert not found.images
    assert "this model takes no images" in found.text


def test_a_long_output_is_cut(answer: Any) -> None:
    found = answer("for n in range(10_000): print(n)", "run", "send")
    assert len(found.text) < 4_200
    assert found.text.endswith("9999")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "it is empty"),
        ("x = 1 # \u202e hidden", "characters that can't be seen"),
        ("x = 1\rimport os", "characters that can't be seen"),
        ("x = 1\x00", "characters that can't be seen"),
        ("x = '\ud800'", "characters that can't be seen"),
        ("x = '\u200b'", "characters that can't be seen"),
        ("x = '\U000e0041'", "characters that can't be seen"),
        ("\u3164 = 1", "characters that can't be seen"),
        ("df\ufe00 = 1", "characters that can't be seen"),
        ("x = '\U000e0141'", "characters that can't be seen"),
        ("x = '\U0001d159\u2065'", "characters that can't be seen"),
        ("x =\xa01", "characters that can't be seen"),
        ("await f()", "a top-level await can't run here"),
        ("x = 1\n" * 5_000, "more than 20,000 characters"),
    ],
)
def test_code_that_cannot_be_read_or_run_is_refused_without_a_question(
    answer: Any, person: Person, code: str, why: str
) -> None:
    assert why in answer(code).text
    assert not person.asked


def test_without_input_it_is_one_line(bare: Any) -> None:
    proposed = ProposedCode(bare.session, threading.Event(), sees=True)
    with pytest.raises(NotebookError, match="Nobody can approve"), capture_output():
        proposed.show_and_run("1")


# The marked name stands in each piece, once a line: each line is one code object.
MARK = "ran_by_test"
LINES = st.sampled_from([f"{MARK} = 1", f"print({MARK!r}, {MARK})", f"{MARK} / 0", f"{MARK}"])
CODES = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
TYPED = st.one_of(
    st.sampled_from(["run", "no", "stop", "edit", "done", "send", "", "1", f"1 {MARK} = 2"]),
    st.sampled_from([f"1+ {MARK}", "all", "all bcdf", " run ", "run run", "no, run", "run\n"]),
    st.text(max_size=12),
    st.just(ALL),
)


class _Ran:
    """Counts the marked code objects that Python runs."""

    def __init__(self) -> None:
        self.is_on = False
        self.count = 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.is_on and event == "exec" and MARK in getattr(args[0], "co_names", ()):
            self.count += 1


@pytest.fixture(scope="module")
def ran() -> Iterator[_Ran]:
    counter = _Ran()
    sys.addaudithook(counter)  # it stays for good
    yield counter
    counter.is_on = False


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CODES, st.lists(TYPED, max_size=8)), min_size=1, max_size=3))
@pytest.mark.slow
def test_no_code_runs_that_was_not_approved(
    bare: Any, person: Person, ran: _Ran, pieces: list[tuple[str, list[Any]]]
) -> None:
    proposed = ProposedCode(bare.session, threading.Event(), sees=False)
    bare.shell.user_ns[MARK] = 1
    allowed, has_all, ran.count = 0, False, 0
    ran.is_on = True
    try:
        for code, replies in pieces:
            # What nobody answers ends as ■ does.
            person.replies[:] = [*replies, *[KeyboardInterrupt()] * 2]
            person.asked.clear()
            # test_question.py shows the effect of an unanswered question.
            bare.session.questions.has_unanswered = False
            before, runs_before, text = ran.count, len(proposed._runs), ""
            try:
                with capture_output():
                    text = proposed.show_and_run(code).text
            except CodeStoppedError:
                pass
            given = [
                (question, reply)
                for question, reply in zip(person.asked, replies, strict=False)
                if "Run it?" in question
            ]
            runs = [r for _, r in given if r is ALL or " ".join(str(r).split()) == "run"]
            has_all = has_all or ALL in runs
            is_approved = bool(runs) or (has_all and not person.asked)
            # An edit may leave nothing, or what can't be shown.
            is_approved = is_approved and not text.startswith("The code did not run")
            assert (len(proposed._runs) - runs_before) == is_approved
            if is_approved:
                lines = proposed._runs[-1].code.split("\n")
                assert 1 <= ran.count - before <= len(lines)
                allowed += 1
            else:
                assert ran.count == before
    finally:
        ran.is_on = False
    assert len(proposed._runs) == allowed


def test_all_of_what_would_be_sent_is_shown(bare: Any, answer: Any) -> None:
    bare.shell.ast_node_interactivity = "all"
    found = answer("\n".join(f"'{n}' + 'x' * 3_500" for n in range(9)), "run", "send")
    assert len(found.text) > 25_000
    assert answer.shown.outputs[-1].data["text/plain"].endswith(found.text)


@pytest.mark.parametrize(
    "code",
    [
        "pl.DataFrame({'n': [{who: 1}] * 30})",
        "pl.DataFrame({'n': [[{who: 1}]] * 30})",
        "pl.DataFrame(schema={'n': pl.Enum([who])})",
        "pd.DataFrame({'n': pd.arrays.SparseArray([1.0] * 30, fill_value=float(df.n[17]))})",
    ],
)
@pytest.mark.parametrize("rows", [0, 5])
def test_types_whose_names_contain_values_need_approval(
    bare: Any, answer: Any, rows: int, code: str
) -> None:
    bare.fine(f"%config GroqMagics.rows_sent = {rows}")
    bare.fine(f"{TABLE}\nimport polars as pl\nwho = df.email[0]")
    found = answer(code, "run", "no")
    assert "ada" not in found.text
    assert "17" not in found.text


@pytest.mark.parametrize("code", ["1 +", "x = 1\nyield x", "if 1:\n  x = 1\n\ty = 2", "'''"])
def test_an_error_of_syntax_names_the_code_alone(answer: Any, code: str) -> None:
    text = answer(code, "run", "send").text
    assert "Error: " in text
    assert "The cell, line" in text
    assert "File" not in text
    assert "code_run.py" not in text
