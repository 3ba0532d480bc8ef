"""The Stop button in real front ends, on each way that its press takes to a busy kernel.

test_other_versions.py runs the same tests on other versions of Jupyter.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import notebook_of
from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *\nimport stage"
STREAMING = "ask(until_stopped=True)"

# What the widget's own messages bring is not looked at; nor what the control channel brings.
NO_COMM = (
    "from groq_magic.views.session_widget import SessionWidget\n"
    "SessionWidget._handle_custom_msg = lambda *_message: None"
)
NO_CONTROL = (
    "import groq_magic.views.session_widget as module\n"
    "module.receive_on_control = lambda *_message: None"
)

# From the press (or the interrupt) to the button's going, in ms, by the page's own clock.
TIMED = """async ([index, act]) => {
  const panel = window.jupyterapp.shell.currentWidget;
  const node = panel.content.widgets[index].node;
  const began = performance.now();
  const ended = new Promise((done) => {
    const look = () => node.querySelector(".groq-stop") || done(performance.now() - began);
    new MutationObserver(look).observe(node, { childList: true, subtree: true });
  });
  if (act === "stop") node.querySelector(".groq-stop").click();
  else panel.context.sessionContext.session.kernel.interrupt();
  return ended;
}"""

# Presses on the control channel wait for `release()`, which returns when the kernel has had them.
HOLD = """() => {
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  const send = kernel.sendControlMessage.bind(kernel);
  const held = [];
  window.hold = true;
  kernel.sendControlMessage = (message, ...rest) => {
    // Lab's debugger uses the channel too, and the page when it reports what it lacks.
    const isPress = message.content.stop !== undefined;
    return hold && isPress ? held.push(message) : send(message, ...rest);
  };
  window.release = async () => {
    await Promise.all(held.map((message) => send(message).done));
    return held.length;
  };
}"""

# What pauses in the stage then waits for a file of that name.
WAIT_FOR = """from pathlib import Path
from types import SimpleNamespace
import time
def until_it_is_there(_seconds):
    while not Path({name!r}).exists():
        time.sleep(0.02)
stage.time = SimpleNamespace(monotonic=time.monotonic, sleep=until_it_is_there)"""


def begin(url: str) -> str:
    return "\n".join(
        (
            "import os",
            f"os.environ['GROQ_BASE_URL'] = {url!r}",
            "os.environ['GROQ_API_KEY'] = 'gsk_browserTESTkey0123456789'",
            "%load_ext groq_magic",
        )
    )


def test_an_answer_streams_and_is_finished_with_its_picker(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": "All **well**. " * 40, "tokens_per_second": 100}])
    notebook = jupyter.open([begin(practice.url), "%%groq\nHow are you?"])
    notebook.run_cell(0)
    expect(notebook.cell_output(0).get_by_label("Model of the next ask")).to_be_visible()
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(notebook.stop(1)).to_be_visible()
    expect(notebook.picker(1)).to_be_visible()
    expect(output.locator("strong").first).to_have_text("well")

    notebook.idle()
    expect(output.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(notebook.picker(1)).to_be_visible()
    expect(notebook.stop(1)).to_have_count(0)
    saved = notebook.save()["cells"][1]["outputs"]
    assert saved[0]["metadata"]["groq_magic"]["finish_reason"] == "stop"
    assert "<strong>well</strong>" in str(saved[0]["data"]["text/html"])


@pytest.mark.parametrize(
    ("jupyter", "off"),
    [
        pytest.param("lab", "", id="lab-both-ways"),
        pytest.param("lab", NO_COMM, id="lab-control-only"),
        pytest.param("notebook", "", id="notebook-both-ways"),
        pytest.param("notebook", NO_COMM, id="notebook-control-only", marks=pytest.mark.nightly),
    ],
    indirect=["jupyter"],
)
def test_stop_ends_the_answer_keeps_its_text_and_stops_run_all(
    jupyter: Any, practice: Any, off: str
) -> None:
    words = " ".join(f"word{n}" for n in range(4000))
    practice.script([{"reply": words, "tokens_per_second": 100}])
    cells = [begin(practice.url), f"{off}\nNone", "%%groq\ntalk", "print('went', 'on')"]
    notebook = jupyter.open(cells)
    notebook.run_cell(0)
    notebook.run_all(wait=False)
    output = notebook.cell_output(2)
    expect(output).to_contain_text("word50 ")

    notebook.stop(2).press("Enter")

    expect(output).to_contain_text("InterruptedAskError: Stopped; the text so far is above.")
    notebook.idle()
    expect(output).to_contain_text("word50 ")
    expect(output).to_contain_text("interrupted")
    expect(output).not_to_contain_text("word3999")
    assert notebook.cell_output(3).inner_text().strip() == ""
    assert practice.requests()[0]["outcome"] != "complete"
    saved = notebook.save()["cells"][2]["outputs"]
    assert [each["output_type"] for each in saved] == ["display_data", "error"]
    assert saved[0]["metadata"]["groq_magic"]["finish_reason"] == "interrupted"
    notebook.run_cell(3)
    expect(notebook.cell_output(3)).to_have_text("went on")


@mostly_in_lab
def test_stop_is_about_as_fast_as_the_toolbars_button(jupyter: Any, practice: Any) -> None:
    words = " ".join(f"word{n}" for n in range(20_000))
    practice.script([{"reply": words, "tokens_per_second": 200}] * 6)
    notebook = jupyter.open([begin(practice.url), "%%groq --once\ntalk"])
    notebook.run_cell(0)
    took: dict[str, list[float]] = {"stop": [], "interrupt": []}
    for act in ("stop", "interrupt") * 3:
        notebook.idle()
        notebook.run_cell(1, wait=False)
        expect(notebook.stop(1)).to_be_visible()
        expect(notebook.cell_output(1)).to_contain_text("word30 ")
        took[act].append(notebook.page.evaluate(TIMED, [1, act]))
        expect(notebook.cell_output(1)).to_contain_text("InterruptedAskError")

    for act, times in took.items():
        sys.stdout.write(f"{jupyter.kind} {act} {sorted(round(each) for each in times)} ms\n")
    # Four seconds more at the most: an answer that nobody stops takes a hundred.
    assert min(took["stop"]) < 5 * min(took["interrupt"]) + 4000


@only_in_lab
def test_two_presses_stop_one_answer_and_nothing_after_it(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING, "import time; time.sleep(1); print('un', 'hurt')"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    notebook.run_cell(2, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("1,204 rows")

    # Quicker than any answer to the first.
    notebook.stop(1).evaluate("(stop) => { stop.click(); stop.click(); }")
    expect(notebook.cell_output(1)).to_contain_text("interrupted")

    expect(notebook.cell_output(2)).to_have_text("un hurt")


@only_in_lab
def test_a_press_that_arrives_after_the_answers_end_harms_no_later_cell(jupyter: Any) -> None:
    name = f"end-{uuid.uuid4().hex}"
    cells = [
        STAGE,
        f"{NO_COMM}\n{WAIT_FOR.format(name=name)}",
        "ask('word', pause=1)",
        STREAMING,
        "print('un', 'hurt')",
    ]
    notebook = jupyter.open(cells)
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.page.evaluate(HOLD)
    for index in (2, 3, 4):
        notebook.run_cell(index, wait=False)
    notebook.stop(2).press("Enter")
    # Nobody confirms: it says how else to stop, and leaves the kernel alone.
    expect(notebook.cell_output(2)).to_contain_text("Stop with ■ in the toolbar")

    (jupyter.server.files / name).touch()
    expect(notebook.stop(3)).to_be_visible()
    assert notebook.page.evaluate("release()") == 1

    expect(notebook.cell_output(2)).not_to_contain_text("interrupted")
    expect(notebook.cell_output(3)).to_contain_text("1,204 rows")
    expect(notebook.stop(3)).to_be_enabled()
    notebook.page.evaluate("hold = false")
    notebook.stop(3).press("Enter")
    expect(notebook.cell_output(3)).to_contain_text("interrupted")
    expect(notebook.cell_output(4)).to_have_text("un hurt")


@only_in_lab
def test_stop_is_received_inside_an_output_widget(jupyter: Any) -> None:
    inside = f"from ipywidgets import Output\nout = Output()\ndisplay(out)\nwith out: {STREAMING}"
    notebook = jupyter.open([STAGE, inside])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("1,204 rows")

    notebook.stop(1).press("Enter")
    notebook.idle()

    expect(output.get_by_text("Stop with")).to_have_count(0)
    expect(output).to_contain_text("1,204 rows")


@only_in_lab  # Notebook 7 has no second views
def test_stop_in_a_second_view_stops_the_answer_in_both(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("1,204 rows")
    notebook.command("notebook:create-output-view")
    stops = notebook.page.locator(".groq-streaming .groq-stop")
    expect(stops).to_have_count(2)

    said = stops.last.evaluate(
        """(stop) => {
          stop.click();
          return [...document.querySelectorAll(".groq-streaming .groq-stop")].map(
            (each) => each.textContent);
        }"""
    )

    assert said == ["Stopping", "Stopping"]
    expect(output).to_contain_text("interrupted")
    expect(stops).to_have_count(0)


@only_in_lab  # two notebooks on one page
def test_stop_in_one_notebook_leaves_another_on_the_same_kernel_alone(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("1,204 rows")
    first = notebook.cell_output(1)
    kernel = notebook.panel("panel.context.sessionContext.session.kernel.id")
    other = jupyter.write(notebook_of(["ask('Second. ' * 3, until_stopped=True)"]))
    notebook.command("docmanager:open", json.dumps({"path": other.name, "kernel": {"id": kernel}}))
    notebook.page.wait_for_function(
        """([name, id]) => {
          const panel = window.jupyterapp.shell.currentWidget;
          return panel.context?.path === name && panel.content?.widgets?.length
            && panel.context.sessionContext?.session?.kernel?.id === id;
        }""",
        arg=[other.name, kernel],
    )
    notebook.run_cell(0, wait=False)

    first.locator(".groq-stop").dispatch_event("pointerdown", {"button": 0})

    expect(first).to_contain_text("interrupted")
    second = notebook.cell_output(0)
    expect(second).to_contain_text("Second. Second.")
    expect(notebook.stop(0)).to_be_enabled()
    notebook.stop(0).press("Enter")
    expect(second).to_contain_text("interrupted")
