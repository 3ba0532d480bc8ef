"""A map in JupyterLab: its line and first rows while it runs, Stop, and what it leaves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from map_stage import *"
WAITING = 'waiting_for="The limit of 8,000 tokens a minute is reached.", waits=12.0'
WIDE = """\
names = (*(f"column {n}" for n in range(11)), "error")
text = "A long text with " + "averylongword" * 5 + ". "
run(start(names, 4), end(rows=rows(5, 12, text), checks=checks()))"""
HAS_ROOM = """(output) => {
  const edge = output.getBoundingClientRect().right + 1;
  const scrolled = ".groq-listing, .groq-unseen";
  return [...output.querySelectorAll(".groq-map *")]
    .filter((node) => !node.closest(scrolled) && node.getBoundingClientRect().right > edge)
    .map((node) => node.outerHTML.slice(0, 200));
}"""


@mostly_in_lab
def test_a_run_shows_its_line_and_rows_and_stop_ends_it(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, f"run(until_stopped=True, {WAITING})"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("502 of 1,000 rows · 2 failed · 200 from the journal")
    expect(output).to_contain_text("is reached. Continues in 12 s.")
    expect(output.get_by_role("progressbar")).to_have_attribute("value", "502")
    expect(output.get_by_role("row")).to_have_count(6)
    assert "not finished" in str(notebook.save()["cells"][1]["outputs"])

    notebook.stop(1).press("Enter")

    expect(output).to_contain_text("997 of 1,000 rows answered · 3 failed")
    expect(notebook.stop(1)).to_have_count(0)
    expect(output.get_by_role("progressbar")).to_have_count(0)
    expect(output.get_by_role("img", name="Histogram of price:")).to_be_visible()
    (saved,) = notebook.save()["cells"][1]["outputs"]
    assert {"text/html", "text/markdown", "text/plain"} == set(saved["data"])


@only_in_lab
@pytest.mark.parametrize("width", [600, 1600])
def test_wide_tables_scroll_and_nothing_else_leaves_the_output(jupyter: Any, width: int) -> None:
    notebook = jupyter.open([STAGE, WIDE], width=width)
    notebook.run_all()
    output = notebook.cell_output(1)
    expect(output).to_contain_text("agreement with hand")
    assert output.evaluate(HAS_ROOM) == []


# A table that is wider than the line above it.
CHECK = """\
from dataclasses import replace
rows = (("17", "what_somebody_expected", "what_the_model_answered"),)
run(finish=end(checks=(replace(checks()[0], rows=rows),)))"""
CUT_THOUGH_THERE_IS_ROOM = """(output) => {
  const room = output.querySelector(".groq-map").clientWidth;
  return [...output.querySelectorAll(".groq-check .groq-listing")]
    .filter((node) => node.scrollWidth > node.clientWidth + 1)
    .filter((node) => node.querySelector("table").offsetWidth < room)
    .map((node) => node.outerHTML.slice(0, 200));
}"""
TOPS = """(output) => [...output.querySelectorAll(".groq-check-details")]
  .map((node) => [...node.children].map((each) => each.getBoundingClientRect().top))"""


@only_in_lab
def test_confusions_and_rows_are_side_by_side_where_both_have_room(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, CHECK], width=1300)
    notebook.run_all()
    output = notebook.cell_output(1)
    expect(output).to_contain_text("15 rows disagree")
    assert output.evaluate(CUT_THOUGH_THERE_IS_ROOM) == []
    ((first, second),) = output.evaluate(TOPS)
    assert first == second
    notebook.page.set_viewport_size({"width": 650, "height": 900})
    notebook.page.wait_for_function(
        "([output, tops]) => eval(tops)(output)[0][0] < eval(tops)(output)[0][1]",
        arg=[output.element_handle(), TOPS],
    )
    assert output.evaluate(CUT_THOUGH_THERE_IS_ROOM) == []


@only_in_lab
def test_a_notebook_that_nobody_trusts_shows_the_same(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "run(finish=end(checks=checks()))"])
    notebook.run_all()
    expect(notebook.cell_output(1)).to_contain_text("agreement with hand")
    text = notebook.cell_output(1).inner_text()
    whole = notebook.save()
    again = jupyter.open(whole)
    expect(again.cell_output(1).get_by_role("img", name="Histogram of price:")).to_be_visible()
    assert again.cell_output(1).inner_text() == text
