"""Code that a model wrote, run as a cell's code is, without a cell's traces."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pytest
from IPython.utils.capture import capture_output

from groq_magic.tools.code_run import NotApprovedError, has_top_level_await, run_code
from groq_magic.tools.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.tools.code_run import CodeRun

mpl.use("agg")


@pytest.fixture
def run(bare: Any) -> Callable[[str], CodeRun]:
    return lambda code: run_code(bare.shell, code, Decision("run"))


@pytest.mark.parametrize(
    ("code", "printed", "values"),
    [
        ("x = 1\nprint('hi')\nx + 1", "hi\n", (2,)),
        ("1; 2;", "", ()),
        ("None", "", ()),
        ("import sys\n_ = sys.stderr.write('oh')", "oh", ()),
        ("%%time\n3", None, (3,)),
        ("from IPython.display import display\ndisplay('shown')", "'shown'\n", ()),
    ],
)
def test_what_it_prints_and_its_value_are_noted_and_shown(
    run: Any, code: str, printed: str | None, values: tuple[Any, ...]
) -> None:
    with capture_output() as shown:
        ran = run(code)
    assert ran.error is None
    if printed is not None:
        assert ran.printed == printed
        texts = [output.data["text/plain"] for output in shown.outputs]
        assert printed.strip() in shown.stdout + shown.stderr + str(texts)
    assert ran.values == values
    assert len(shown.outputs) == len(ran.values) + ("display" in code)
    assert ran.kept == code


def test_variables_stay_and_nothing_of_a_cell_is_disturbed(bare: Any, run: Any) -> None:
    bare.fine("'mine'", "a")
    begun: list[Any] = []
    bare.shell.events.register("pre_run_cell", begun.append)
    shell = bare.shell
    before = shell.execution_count, list(shell.user_ns["In"]), dict(shell.user_ns["Out"])
    hook, write, publish = sys.displayhook, sys.stdout.write, shell.display_pub.publish
    last = getattr(sys, "last_value", None)
    with capture_output():
        run("price = 3\nprice")
        run("1 / 0")
        run("def")
    assert shell.user_ns["price"] == 3
    assert (shell.execution_count, shell.user_ns["In"], shell.user_ns["Out"]) == before
    assert shell.user_ns["_"] == "mine"
    assert (sys.displayhook, sys.stdout.write) == (hook, write)
    assert shell.display_pub.publish == publish
    assert getattr(sys, "last_value", None) is last
    assert not begun


@pytest.mark.parametrize(
    ("code", "error", "kept"),
    [
        ("x = 1\nx / 0\nx = 2", ZeroDivisionError, "x = 1\n# Failed with ZeroDivisionError:"),
        ("1 +", SyntaxError, "# Failed with SyntaxError:\n# 1 +"),
        (
            "y = 3\nfor i in range(3):\n    y / i\nz = 1",
            ZeroDivisionError,
            "y = 3\n# Failed with ZeroDivisionError:\n# for i in range(3):\n#     y / i\n# z = 1",
        ),
        ("def f():\n    return 1 / 0\nf()", ZeroDivisionError, "def f():\n    return 1 / 0\n# F"),
        ("raise KeyboardInterrupt", KeyboardInterrupt, "# Stopped:\n# raise KeyboardInterrupt"),
        ("%%nosuch\n1 / 0", None, None),
    ],
)
def test_what_failed_is_shown_and_kept_in_comments(
    run: Any, code: str, error: type[BaseException] | None, kept: str | None
) -> None:
    with capture_output() as shown:
        ran = run(code)
    if error is None or kept is None:
        assert "%%nosuch" in shown.stdout + shown.stderr
        return
    assert isinstance(ran.error, error)
    assert ran.is_stopped is (error is KeyboardInterrupt)
    assert error.__name__ in shown.stdout + shown.stderr
    assert ran.printed == ""
    assert ran.kept.startswith(kept)


@pytest.mark.filterwarnings("ignore:To exit")
def test_leaving_python_is_an_error(run: Any) -> None:
    with capture_output():
        ran = run("import sys\nsys.exit(3)")
    assert isinstance(ran.error, SystemExit)


def test_a_value_that_cannot_be_shown_is_still_noted(run: Any) -> None:
    with capture_output() as shown:
        ran = run("class Bad:\n    def __repr__(self): raise OSError('no')\nBad()")
    assert "OSError" in shown.stdout + shown.stderr
    assert (len(ran.values), ran.printed, ran.error) == (1, "", None)


def test_a_figure_is_noted_once(bare: Any, run: Any) -> None:
    bare.fine("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])", "a")
    with capture_output():
        ran = run("from IPython.display import display, Image\n"
                  "import io\nfile = io.BytesIO()\nfig.savefig(file)\n"
                  "display(Image(file.getvalue()))\nImage(file.getvalue())")  # fmt: skip
    assert [image[:4] for image in ran.images] == [b"\x89PNG"]
    assert ran.values == ()


def test_very_much_text_is_kept_in_part(run: Any) -> None:
    with capture_output():
        ran = run("print('first')\nfor n in range(100_000): print(n)\nprint('last')")
    assert ran.printed.startswith("first\n0\n1\n")
    assert ran.printed.endswith("99999\nlast\n")
    assert "characters left out" in ran.printed
    assert len(ran.printed) < 101_000


@pytest.mark.parametrize(
    ("code", "is_awaiting"),
    [
        ("await f()", True),
        ("async with f() as g: pass", True),
        ("x = [await a for a in b]", True),
        ("async def f():\n    await g()", False),
        ("1 +", False),
        ("%time 1", False),
    ],
)
def test_top_level_await_is_found(bare: Any, code: str, *, is_awaiting: bool) -> None:
    assert has_top_level_await(bare.shell, code) is is_awaiting


@pytest.mark.parametrize("kind", ["no", "edit", "stop"])
def test_nothing_runs_without_approval(bare: Any, kind: Any) -> None:
    with pytest.raises(NotApprovedError):
        run_code(bare.shell, "ran = True", Decision(kind))
    assert "ran" not in bare.shell.user_ns
