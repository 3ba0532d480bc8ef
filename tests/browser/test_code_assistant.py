"""An error, `%groq_fix`, and the fixed cell below it, in real front ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

KEY = "gsk_browserTESTkey0123456789"
FAILING = """\
prices = {"tea": 3.5, "cake": 4.25}
bill = ["tea", "cake", "coffee"]
# what everybody pays
total = sum(prices[item] for item in bill)
share = total / len(bill)
print(f"{share:.2f} each")"""
FIXED = FAILING.replace("prices[item]", "prices.get(item, 0)").replace(
    'bill = ["tea", "cake", "coffee"]', 'bill = ["tea", "cake", "coffee"]\nran = True'
)
REPLY = (
    "There is no price for `coffee`. What has no price counts as nothing now.\n\n"
    f"```python\n{FIXED}\n```\n"
)


def begin(url: str) -> str:
    return (
        f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
        f"os.environ['GROQ_API_KEY'] = {KEY!r}\n%load_ext groq_magic"
    )


def sources(notebook: Any) -> list[str]:
    return notebook.panel(
        "Array.from(panel.content.widgets, cell => cell.model.sharedModel.getSource())"
    )


def test_the_fixed_cell_comes_below_and_is_not_run(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix", "'ran' in globals()"])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(1)).to_contain_text("KeyError: 'coffee'")
    output = notebook.cell_output(2)
    expect(output).to_contain_text("Cell 2, fixed: 1 line removed, 2 added")
    expect(output).to_contain_text("There is no price for coffee.")
    assert sources(notebook) == [
        begin(practice.url),
        FAILING,
        "%groq_fix",
        FIXED,
        "'ran' in globals()",
    ]
    assert notebook.panel("panel.content.widgets[3].model.executionCount") is None
    notebook.run_cell(4)
    expect(notebook.cell_output(4)).to_contain_text("False")
    sent = practice.requests()[-1]["body"]["messages"][-1]["content"]
    assert FAILING in sent
    assert "KeyError: 'coffee'" in sent
    assert "ipykernel" not in sent


@mostly_in_lab
def test_the_fixed_cell_runs_and_the_whole_of_it_can_be_copied(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    output = notebook.cell_output(2)
    output.get_by_text("The whole cell").click()
    output.get_by_role("button", name="Copy code").click()
    expect(output.get_by_role("button", name="Copied")).to_be_visible()
    assert notebook.page.evaluate("navigator.clipboard.readText()").strip() == FIXED
    notebook.run_cell(3)
    expect(notebook.cell_output(3)).to_contain_text("2.58 each")


@mostly_in_lab
def test_the_change_is_coloured_in_every_theme_and_reads_in_a_narrow_window(
    jupyter: Any, practice: Any
) -> None:
    practice.script([{"reply": REPLY.replace("everybody pays", "everybody pays " + "long " * 40)}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    diff = notebook.cell_output(2).locator(".groq-diff")
    expect(diff).to_be_visible()
    for theme in ("light", "dark"):
        notebook.theme(theme)
        for width in (1400, 560):
            notebook.page.set_viewport_size({"width": width, "height": 900})
            diff.scroll_into_view_if_needed()
            notebook.screenshot(f"fix-{theme}-{width}")
            box, output = diff.bounding_box(), notebook.cell_output(2).bounding_box()
            assert box["x"] + box["width"] <= output["x"] + output["width"] + 1
        colours = {
            mark: diff.locator(mark).first.evaluate(
                "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
            )
            for mark in ("ins", "del", "span")
        }
        assert len({background for background, _ in colours.values()}) == 3
        frame = diff.evaluate("node => getComputedStyle(node).borderTopWidth")
        assert frame == "1px"
        assert len({text for _, text in colours.values()}) == 1
        # Scrolled sideways, the signs stay in sight, and nothing shows through them.
        sign, changed = diff.locator("ins .groq-sign").first, diff.locator("ins b").first
        diff.evaluate("node => { node.scrollLeft = 0; }")
        before = sign.bounding_box(), changed.bounding_box()
        diff.evaluate("node => { node.scrollLeft = 40; }")
        assert sign.bounding_box() == before[0]
        assert changed.bounding_box()["x"] == before[1]["x"] - 40
        assert "rgba(0, 0, 0, 0)" not in sign.evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        assert changed.inner_text() == ".get("
        keyword = diff.locator("del .k").first
        assert keyword.evaluate("node => getComputedStyle(node).fontWeight") == "700"
        weight = changed.locator("xpath=..").evaluate("node => getComputedStyle(node).fontWeight")
        assert changed.evaluate("node => getComputedStyle(node).fontWeight") == weight


@mostly_in_lab
def test_a_reopened_notebook_shows_the_change_in_colours(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(2)).to_contain_text("fixed")
    saved = notebook.save()
    (output,) = saved["cells"][2]["outputs"]
    assert "".join(output["data"]["text/plain"]) == REPLY
    for trusted in (True, False):
        if not trusted:
            saved["metadata"]["from"] = "someone else"
        again = jupyter.open(saved)
        diff = again.cell_output(2).locator("pre").first
        expect(diff.locator("ins").first).to_have_text("+ ran = True")
        expect(diff.locator("del")).to_have_text("- total = sum(prices[item] for item in bill)")
        background = "node => getComputedStyle(node).backgroundColor"
        assert diff.locator("ins").first.evaluate(background) == "rgba(46, 160, 67, 0.2)"
        assert diff.locator("del").evaluate(background) == "rgba(248, 81, 73, 0.2)"
        again.screenshot(f"fix-{'trusted' if trusted else 'untrusted'}")


@only_in_lab
def test_nothing_is_put_below_where_the_answer_holds_no_code(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": "The list has an item that has no price: decide what it costs."}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(2)).to_contain_text("No cell added: the answer has no code block.")
    assert len(sources(notebook)) == 3


@mostly_in_lab
def test_written_code_comes_below(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": "A sum.\n\n```python\nsum([1, 2])\n```\nDone."}])
    notebook = jupyter.open([begin(practice.url), "%%groq_code\nThe sum of 1 and 2"])
    notebook.run_cell(0)
    notebook.run_cell(1)
    expect(notebook.cell_output(1)).to_contain_text("Done.")
    assert sources(notebook)[2] == "sum([1, 2])"


def reply_with(code: str) -> dict[str, Any]:
    return {"reply": f"Here:\n\n```python\n{code}\n```", "times": 1}


@mostly_in_lab
def test_restart_and_run_all_leaves_one_inserted_cell_for_each_ask(
    jupyter: Any, practice: Any
) -> None:
    cells = [begin(practice.url), "%%groq_code\nThe total", "%groq --cell the mean", "'end'"]
    codes = [(f"total = {number}", f"mean = {number}") for number in (1, 2, 2)]
    practice.script([reply_with(code) for both in codes for code in both])
    notebook = jupyter.open(cells)
    for total, mean in codes:
        notebook.restart()
        notebook.idle()
        notebook.command("notebook:clear-all-cell-outputs")
        # Its promise is Lab's: what counts is the page.
        notebook.run_all(wait=False)
        expected = [*cells[:2], total, cells[2], mean, cells[3]]
        notebook.page.wait_for_function(
            """(expected) => {
              const { widgets } = window.jupyterapp.shell.currentWidget.content;
              const sources = widgets.map((cell) => cell.model.sharedModel.getSource());
              const isMarked = (at) => widgets[at].model.getMetadata("groq_magic");
              const last = widgets.at(-1).model;
              return JSON.stringify(sources) === JSON.stringify(expected)
                && isMarked(2) && isMarked(4) && last.executionCount !== null
                && last.executionState !== "running";
            }""",
            arg=expected,
        )
    # Reopened, it is known by the file.
    saved = notebook.save()
    assert [cell["metadata"].get("groq_magic", {}).get("next_of") for cell in saved["cells"]] == [
        None,
        None,
        "cell-1",
        None,
        "cell-2",
        None,
    ]
    practice.script([reply_with("total = 4"), reply_with("mean = 3")])
    again = jupyter.open(saved)
    again.panel("panel.content.widgets[4].model.sharedModel.setSource('mean = 3.0  # mine')")
    again.run_all()
    expected = [*cells[:2], "total = 4", cells[2], "mean = 3.0  # mine", "mean = 3", cells[3]]
    again.page.wait_for_function(
        """(expected) => {
          const { widgets } = window.jupyterapp.shell.currentWidget.content;
          const sources = widgets.map((cell) => cell.model.sharedModel.getSource());
          return JSON.stringify(sources) === JSON.stringify(expected);
        }""",
        arg=expected,
    )
