"""Answers while they stream, in real front ends, driven by kernels without a session."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *\nimport stage"
STREAMING = 'ask(until_stopped=True, reasoning="Let me *see*.")'
PLACES = """() => {
  const output = document.querySelectorAll(".jp-Cell")[1].querySelector(".jp-Cell-outputArea");
  const top = output.getBoundingClientRect().top;
  const place = (selector) => {
    const box = output.querySelector(selector).getBoundingClientRect();
    return [box.top - top, box.left, box.width].map(Math.round);
  };
  return ["summary", ".groq-text p", "pre", "table", "li", ".groq-bar select", ".groq-bar button"]
    .map((selector) => [selector, place(selector)]);
}"""


ANNOUNCED = """() => {
  const region = document.querySelector("#groq-announcements");
  region.replaceChildren(); // the same words of an earlier test, which are not repeated
  window.announced = [];
  new MutationObserver(() => region.textContent && announced.push(region.textContent))
    .observe(region, { childList: true });
}"""


@mostly_in_lab
def test_stop_works_while_the_cell_blocks_and_the_focus_stays_in_the_output(
    jupyter: Any,
) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("1,204 rows")
    notebook.page.evaluate(ANNOUNCED)

    notebook.stop(1).press("Enter")

    expect(output).to_contain_text("interrupted")
    expect(notebook.stop(1)).to_have_count(0)
    expect(output.locator(".groq-copy")).to_be_visible()
    expect(output.locator(".jp-OutputArea, :scope.jp-OutputArea").first).to_be_focused()
    notebook.page.wait_for_function("announced.length")
    assert notebook.page.evaluate("announced") == ["Stopped."]


@only_in_lab
def test_an_answer_is_shown_without_its_picker_where_that_is_missing(jupyter: Any) -> None:
    lose = "live.start(); live.picker.comm.publish_msg('comm_close')"
    notebook = jupyter.open([STAGE, lose, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.run_cell(2, wait=False)
    output = notebook.cell_output(2)

    expect(output).to_contain_text("Your frame has 1,204 rows.")
    notebook.stop(2).press("Enter")
    expect(notebook.bars().last).to_contain_text("806 tok/s")
    expect(notebook.bars().last.locator(".groq-slot-picker")).to_be_empty()
    expect(notebook.picker(2)).to_have_count(0)
    expect(notebook.page.get_by_text("Error displaying widget")).to_have_count(0)


@only_in_lab
def test_closing_all_widgets_costs_no_later_answer_its_picker(jupyter: Any) -> None:
    close = "import ipywidgets; ipywidgets.Widget.close_all()"
    notebook = jupyter.open([STAGE, "ask()", close, STREAMING, "print(settings.model)"])
    for index in range(3):
        notebook.run_cell(index)
    notebook.run_cell(3, wait=False)
    output = notebook.cell_output(3)

    expect(output).to_contain_text("Your frame has 1,204 rows.")
    expect(notebook.picker(3)).to_be_visible()
    notebook.stop(3).press("Enter")
    expect(output).to_contain_text("806 tok/s")
    notebook.picker(3).select_option("llama-3.1-8b-instant · 131k")
    notebook.run_cell(4)
    expect(notebook.cell_output(4)).to_have_text("llama-3.1-8b-instant")


@only_in_lab
def test_an_answer_goes_on_and_is_finished_though_all_widgets_are_closed(jupyter: Any) -> None:
    close = (
        "import ipywidgets, threading\n"
        "threading.Timer(1.5, ipywidgets.Widget.close_all).start()\n"
        "text = ' '.join(f'word{n}' for n in range(100))\n"
        "ask(text, pause=0.05, until_stopped=True)"
    )
    notebook = jupyter.open([STAGE, close])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output.locator(".groq-streaming")).to_contain_text("word5 ")
    first = notebook.page.evaluate_handle("document.querySelector('.groq-streaming')")
    notebook.page.wait_for_function("(first) => !first.isConnected", arg=first)

    expect(output.locator(".groq-streaming")).to_contain_text("word1 ")
    expect(output.locator(".groq-streaming")).to_contain_text("word99")
    notebook.stop(1).press("Enter")
    expect(output).to_contain_text("interrupted")
    expect(notebook.picker(1)).to_be_visible()


@mostly_in_lab
def test_nothing_moves_when_an_answer_settles(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING.replace("(", "(stage.ANSWER.split('- The')[0], ", 1)])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("$5 to $10")
    expect(notebook.picker(1)).to_be_visible()
    streaming = notebook.page.evaluate(PLACES)

    notebook.stop(1).press("Enter")
    expect(output.get_by_role("button", name="Copy", exact=True).first).to_be_visible()
    expect(notebook.picker(1)).to_be_visible()

    assert notebook.page.evaluate(PLACES) == streaming


@only_in_lab
def test_a_page_that_missed_messages_gets_the_whole(jupyter: Any) -> None:
    lose = (
        "from groq_magic.views.session_widget import SessionWidget\n"
        "sent = SessionWidget.send\n"
        "SessionWidget.send = lambda w, message: (\n"
        "    message.get('count') in range(5, 9) or sent(w, message))"
    )
    notebook = jupyter.open([STAGE, lose, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.run_cell(2, wait=False)
    output = notebook.cell_output(2)
    expect(output).to_contain_text("1,204 rows")

    expect(output.locator(".groq-text")).to_contain_text(
        "Use dropna, so that gaps elsewhere don't cost you rows:"
    )
    notebook.stop(2).press("Enter")
    notebook.idle()


def test_the_answers_end_stays_in_sight_only_while_the_reader_is_there(jupyter: Any) -> None:
    text = "'\\n\\n'.join(f'paragraph {n}' for n in range(120))"
    notebook = jupyter.open([STAGE, f"ask({text}, pause=0.03)"], height=500)
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("paragraph 30")
    expect(notebook.bars()).to_be_in_viewport()

    output.hover()
    notebook.page.mouse.wheel(0, -400)
    expect(notebook.bars()).not_to_be_in_viewport()
    expect(output).to_contain_text("paragraph 70")

    expect(notebook.bars()).not_to_be_in_viewport()


@mostly_in_lab
def test_wide_code_and_tables_scroll_inside_themselves(jupyter: Any) -> None:
    code = """'```python\\nx = "' + 'wide ' * 80 + '"\\n```'"""
    rows = """'\\n|' + '-|' * 40 + '\\n|' + 'a|' * 39 + 'a note of some words ' * 3 + '|'"""
    table = f"""'\\n\\n|' + 'a column|' * 40 + {rows}"""
    notebook = jupyter.open([STAGE, f"ask({code} + {table})"], width=600)
    notebook.run_all()
    output = notebook.cell_output(1)
    expect(output.locator("table")).to_be_visible()

    # Words stay whole: two lines of them at most.
    assert output.locator("th").first.evaluate("(e) => e.clientHeight") < 60
    # A text in one column makes no row as high as the text has words.
    assert output.locator("td").first.evaluate("(e) => e.clientHeight") < 100
    for name in ("pre", "table"):
        inside = output.locator(f".groq-text {name}")
        assert inside.evaluate("(e) => e.scrollWidth > e.clientWidth")
        assert inside.evaluate("(e) => e.getBoundingClientRect().right <= innerWidth")
    assert output.evaluate("(e) => e.scrollWidth <= e.clientWidth")
