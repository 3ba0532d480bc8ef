"""Answers inside Output widgets, which take what is displayed but no update of it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *\nimport ipywidgets as w\nfrom IPython.display import display"
END = "Your frame has 1,204 rows."
HELD = """print([
    "answer" if "1,204 rows" in o.get("data", {}).get("text/plain", "") else o["output_type"]
    for o in out.outputs
])"""


def expect_held(notebook: Any, *held: str, at: int = 2) -> None:
    """Expect what the kernel's side of the Output holds in the end: that cell prints it."""
    wanted = str(list(held))
    for _ in range(200):  # it is reported when the kernel has time
        notebook.run_cell(at)
        if notebook.cell_output(at).inner_text().strip() == wanted:
            return
    expect(notebook.cell_output(at)).to_have_text(wanted)


def closed(notebook: Any) -> None:
    """Wait until the widget of every streaming answer is closed."""
    notebook.page.wait_for_function(
        """() => [...document.querySelectorAll(".groq-streaming")].length === 0"""
    )


@mostly_in_lab
def test_an_answer_streams_in_an_output_widget_and_stays(jupyter: Any) -> None:
    cells = [
        STAGE,
        (
            "out = w.Output()\ndisplay(out)\n"
            "with out:\n    print('before')\n    ask(until_stopped=True)\n    print('after')"
        ),
        HELD,
    ]
    notebook = jupyter.open(cells)
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text(END)
    notebook.stop(1).press("Enter")

    expect(output).to_contain_text("interrupted")
    expect(notebook.picker(1)).to_be_visible()
    closed(notebook)
    expect(output).to_contain_text(END)
    expect(output).to_contain_text("after")
    expect_held(notebook, "stream", "answer", "stream")


@mostly_in_lab
def test_two_answers_in_one_output_widget_both_stay(jupyter: Any) -> None:
    asks = "    ask(slot='groq-turn-a-1', pause=0.01)\n    ask(slot='groq-turn-a-2', pause=0.01)"
    notebook = jupyter.open([STAGE, f"out = w.Output()\ndisplay(out)\nwith out:\n{asks}", HELD])
    notebook.run_all()
    output = notebook.cell_output(1)

    expect_held(notebook, "answer", "answer")
    expect(output.get_by_text(END)).to_have_count(2)
    expect(output.locator(".groq-bar select")).to_have_count(2)
    closed(notebook)


KINDS = {
    "tab": "out = w.Output(); display(w.Tab([out]))\nwith out:\n    answer()",
    "nested": (
        "outer, out = w.Output(), w.Output(); display(w.VBox([outer, out]))\n"
        "with outer:\n    print('outer')\n    with out:\n        answer()"
    ),
    "later": "out = w.Output()\nwith out:\n    answer()\ndisplay(out)",
    "interact": (
        "shown = w.interactive(lambda n: answer(), n=w.IntSlider(1))\n"
        "out = shown.out; display(shown)"
    ),
    "interactive_output": (
        "slider = w.IntSlider(1)\n"
        "out = w.interactive_output(lambda n: answer(), {'n': slider}); display(out)"
    ),
    "capture": (
        "out = w.Output(); display(out)\n@out.capture()\ndef asked():\n    answer()\nasked()"
    ),
}


@only_in_lab
def test_an_answer_stays_in_every_kind_of_output_widget(jupyter: Any) -> None:
    cells = [STAGE]
    for kind, source in KINDS.items():
        answer = f"def answer(): ask(slot='groq-turn-{kind}-1', pause=0.01)"
        cells += [f"{answer}\n{source}", HELD]
    notebook = jupyter.open(cells)
    notebook.run_cell(0)
    asked = range(1, len(cells), 2)
    for index in asked:
        notebook.run_cell(index)
        expect_held(notebook, "answer", at=index + 1)
        expect(notebook.cell_output(index)).to_contain_text(END)
        expect(notebook.picker(index)).to_be_visible()
    closed(notebook)
    for index in asked:
        expect(notebook.cell_output(index).get_by_text(END)).to_have_count(1)


@only_in_lab
def test_a_callback_streams_into_its_output_widget(jupyter: Any) -> None:
    source = (
        "slider = w.IntSlider(0)\n"
        "def asked(n):\n    if n: ask(f'answer {n}\\n\\n{ANSWER}', until_stopped=True)\n"
        "out = w.interactive_output(asked, {'n': slider}); display(slider, out)"
    )
    notebook = jupyter.open([STAGE, source, HELD])
    notebook.run_cell(0)
    notebook.run_cell(1)
    output = notebook.cell_output(1)

    output.get_by_role("slider").press("ArrowRight")
    expect(output).to_contain_text("answer 1")
    notebook.stop(1).press("Enter")

    expect(output).to_contain_text("interrupted")
    expect_held(notebook, "answer")
    closed(notebook)
    expect(output).to_contain_text("answer 1")


@mostly_in_lab
def test_a_saved_notebook_has_the_finished_answer_of_an_output_widget(jupyter: Any) -> None:
    notebook = jupyter.open(
        [STAGE, "out = w.Output()\ndisplay(out)\nwith out:\n    ask(pause=0.01)", HELD]
    )
    notebook.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")
    try:
        notebook.run_all()
        expect_held(notebook, "answer")
        saved = notebook.save()
    finally:
        notebook.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")

    state = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    (outputs,) = [s["state"]["outputs"] for s in state.values() if s["model_name"] == "OutputModel"]
    (output,) = outputs
    assert "1,204 rows" in output["data"]["text/plain"]
    assert output["metadata"]["groq_magic"]["finish_reason"] == "stop"
    assert "groq-doc-" not in json.dumps(outputs)
    # Of the session widget, nothing that answers hold: their reasoning is not saved.
    assert [s["state"].get("present", {}) for s in state.values() if "picker" in s["state"]] == [{}]


def begin(practice: Any) -> str:
    return (
        f"import os; os.environ['GROQ_BASE_URL'] = {practice.url!r}\n"
        "os.environ['GROQ_API_KEY'] = 'gsk_browserTESTkey0123456789'\n%load_ext groq_magic\n"
        "import ipywidgets as w"
    )


ASKED = "out = w.Output()\ndisplay(out)\nwith out:\n    %groq talk"


@only_in_lab
def test_an_ask_that_fails_inside_an_output_widget_leaves_its_error_alone(
    jupyter: Any, practice: Any
) -> None:
    practice.faults("drop-before-headers", "drop-before-headers")
    notebook = jupyter.open([f"{begin(practice)}\n%config GroqMagics.tries = 2", ASKED])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("Trying again")

    expect(output).to_contain_text("ConnectionLostError")
    expect(output.locator(".groq-answer")).to_have_count(0)


@only_in_lab
def test_an_error_inside_an_output_widget_is_shown_there_below_what_came(
    jupyter: Any, practice: Any
) -> None:
    practice.script([{"match": None, "pieces": ["Some ", "text. "] * 30, "tokens_per_second": 40}])
    practice.faults("drop:after=20")
    notebook = jupyter.open([begin(practice), ASKED])
    notebook.run_all()
    output = notebook.cell_output(1)

    expect(output).to_contain_text("ConnectionLostError")
    closed(notebook)
    expect(output).to_contain_text("Some text.")
    expect(output.locator(".groq-slot-stream")).to_have_count(0)
