"""What a reader needs of the views: targets to hit, colours that a system forces, room."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab

STAGE = "from stage import *\nimport stage"
TEXT = (
    "Use `dropna`:\n\n```python\nx = 1\n```\n\n<details><summary>Steps</summary>\n\nSome.\n\n"
    "</details>\n\nעברית עם `code`.\n\n- פריט\n- item\n\n| א | b |\n|---|---|\n| 1 | ג |\n\n> ציטוט"
)
ANSWER = f"ask({TEXT!r}, reasoning='Let me see.', stale='Cell 1 changed.')"
PANEL = (
    "from groq_magic.views.slots import panel_text\n"
    "from groq_magic.views.show import show\n"
    "live.start(); show(*panel_text(settings.model, [], ''))"
)
STREAMING = f"ask({TEXT!r}, until_stopped=True, reasoning='Let me see.')"
# What can be pressed, with the area around it that counts as it, where that is under 24 px.
SMALL = """() => {
  const all = ".groq-answer, .groq-panel, .groq-load";
  const targets = "button, select, summary, input:not(:disabled), textarea, .noUi-handle";
  const isHit = (target, x, y) => target.contains(document.elementFromPoint(x, y));
  return [...document.querySelectorAll(all)].flatMap((each) => [...each.querySelectorAll(targets)])
    .filter((target) => {
      target.scrollIntoView({ block: "center" });
      const box = target.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      return box.width && ![[x - 11, y], [x + 11, y], [x, y - 11], [x, y + 11]]
        .every(([left, top]) => isHit(target, left, top));
    }).map((target) => target.outerHTML.slice(0, 120));
}"""
# The last lines of bars that hold no more than one short phrase of several.
LONELY = """() => [...document.querySelectorAll(".groq-bar")].flatMap((bar) => {
  const lines = new Map();
  const phrases = ".groq-slot-picker, .groq-slot-copy, .groq-stop, .groq-facts,"
    + " .groq-slot-quota";
  for (const phrase of bar.querySelectorAll(phrases))
    for (const { top, bottom, width } of phrase.getClientRects()) {
      const line = Math.round((top + bottom) / 2 / 20);
      if (width > 4) lines.set(line, (lines.get(line) ?? 0) + width);
    }
  return [...lines.values()].filter((width) => width < 160);
})"""

# The widths of a bar at which the tokens left take two lines.
TWO_LINES = """(stop) => {
  const bar = stop.closest(".groq-bar");
  const left = bar.querySelector(".groq-slot-quota");
  return Array.from({ length: 600 }, (_, index) => 560 + index).filter((width) => {
    bar.style.width = `${width}px`;
    return left.getClientRects()[0].height > 30;
  });
}"""


@pytest.mark.parametrize("width", [1400, 860])
@only_in_lab
def test_all_that_can_be_pressed_is_big_enough_and_no_phrase_stands_alone(
    jupyter: Any, width: int
) -> None:
    notebook = jupyter.open([STAGE, ANSWER, PANEL, STREAMING], width=width)
    for index in range(3):
        notebook.run_cell(index)
    notebook.run_cell(3, wait=False)
    expect(notebook.cell_output(3)).to_contain_text("item")
    expect(notebook.cell_output(2)).to_contain_text("of 8,000 tokens")
    expect(notebook.picker(1)).to_be_visible()

    assert notebook.page.evaluate(SMALL) == []
    assert notebook.page.evaluate(LONELY) == []
    assert notebook.stop(3).evaluate(TWO_LINES) == []
    notebook.stop(3).press("Enter")
    expect(notebook.cell_output(3)).to_contain_text("interrupted")
    expect(notebook.cell_output(3).locator(".groq-copy")).to_be_visible()
    assert notebook.page.evaluate(SMALL) == []
    assert notebook.page.evaluate(LONELY) == []


@only_in_lab
def test_each_block_has_the_direction_of_its_text_live_and_finished(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("ג")
    directions = """(output) => [".groq-text > p:nth-of-type(2)", "li", "li:last-child", "table",
      "pre", "p code"].map((each) => getComputedStyle(output.querySelector(each)).direction)"""
    expected = ["rtl", "rtl", "ltr", "rtl", "ltr", "ltr"]

    assert output.evaluate(directions) == expected
    notebook.stop(1).press("Enter")
    expect(output).to_contain_text("interrupted")
    assert output.evaluate(directions) == expected
    right = "(output) => getComputedStyle(output.querySelector('p[dir]')).textAlign"
    assert output.evaluate(right) == "start"
    assert output.evaluate("(o) => o.querySelector('.groq-text').dir") == "auto"
    edge = "(output, each) => output.querySelector(each).getBoundingClientRect().right"
    assert output.evaluate(edge, "table") == pytest.approx(output.evaluate(edge, "p[dir]"), abs=1)
    border = "(output) => getComputedStyle(output.querySelector('blockquote')).borderRightWidth"
    assert output.evaluate(border) == "5px"


@only_in_lab
def test_all_is_seen_in_the_colours_that_a_system_forces(jupyter: Any) -> None:
    diff = (
        "from groq_magic.views.cell_diff import CellDiff\nfrom groq_magic.views.show import show\n"
        "change = CellDiff('cell 5', 'x = 1', 'x = 2', 'python')\n"
        "show(f'<div class=\"groq-answer\">{change.html()}</div>', change.plain())"
    )
    notebook = jupyter.open([STAGE, diff, PANEL, ANSWER, STREAMING])
    for index in range(4):
        notebook.run_cell(index)
    notebook.run_cell(4, wait=False)
    expect(notebook.cell_output(4)).to_contain_text("item")
    expect(notebook.cell_output(2)).to_contain_text("of 8,000 tokens")
    notebook.page.emulate_media(forced_colors="active")
    try:
        seen = """([selector, property]) => {
          const node = document.querySelector(selector);
          const background = getComputedStyle(document.body).backgroundColor;
          const value = getComputedStyle(node)[property];
          return value !== background && value !== "rgba(0, 0, 0, 0)";
        }"""
        for selector, name in (
            (".groq-dot", "backgroundColor"),
            (".groq-bar", "borderTopColor"),
            (".groq-text pre", "borderTopColor"),
            (".groq-slot-stale", "borderInlineStartColor"),
            (".groq-stop", "borderTopColor"),
            (".groq-meter", "borderTopColor"),
        ):
            assert notebook.page.evaluate(seen, [selector, name]), selector
        line = "(node) => getComputedStyle(node).{}"
        removed, added = (
            notebook.page.locator(f".groq-diff .groq-{e}") for e in ("removed", "added")
        )
        assert removed.evaluate(line.format("textDecorationLine")) == "line-through"
        assert added.evaluate(line.format("borderInlineStartWidth")) == "4px"
        notebook.stop(4).focus()
        outline = notebook.stop(4).evaluate(line.format("outlineStyle"))
        assert outline == "solid"
        notebook.screenshot("forced-colours")
    finally:
        notebook.page.emulate_media(forced_colors="none")
    notebook.stop(4).press("Enter")
    expect(notebook.cell_output(4)).to_contain_text("interrupted")


@only_in_lab
def test_the_text_in_a_fold_wraps_and_code_does_not(jupyter: Any) -> None:
    prompt = "user:\n" + "a long line of a prompt " * 12
    parts = (
        f"<details>\n<summary>What was sent</summary>\n\n```\n{prompt}\n```\n\n</details>",
        f"<details>\n<summary>Code</summary>\n\n```python\nx = '{'long ' * 60}'\n```\n\n</details>",
    )
    text = "\n\n".join(parts)
    notebook = jupyter.open([STAGE, f"ask({text!r})"], width=600)
    notebook.run_cell(0)
    notebook.run_cell(1)
    folds = notebook.cell_output(1).locator("details")
    expect(folds).to_have_count(2)
    folds.evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")
    wide = "pre => pre.scrollWidth > pre.clientWidth + 1"
    assert [fold.locator("pre").evaluate(wide) for fold in folds.all()] == [False, True]
    # Between words.
    style = folds.first.locator("pre code").evaluate("code => getComputedStyle(code).wordBreak")
    assert style == "normal"
