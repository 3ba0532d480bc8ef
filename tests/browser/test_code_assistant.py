"""An error, `%groq_fix`, and the mended cell below it, in real front ends."""

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
MENDED = FAILING.replace("prices[item]", "prices.get(item, 0)").replace(
    'bill = ["tea", "cake", "coffee"]', 'bill = ["tea", "cake", "coffee"]\nran = True'
)
REPLY = (
    "There is no price for `coffee`. What has no price counts as nothing now.\n\n"
    f"```python\n{MENDED}\n```\n"
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


def test_the_mended_cell_comes_below_and_is_not_run(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix", "'ran' in globals()"])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(1)).to_contain_text("KeyError: 'coffee'")
    output = notebook.cell_output(2)
    expect(output).to_contain_text("Cell 2, mended: 1 line removed, 2 added")
    expect(output).to_contain_text("There is no price for coffee.")
    assert sources(notebook) == [
        begin(practice.url),
        FAILING,
        "%groq_fix",
        MENDED,
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
def test_the_mended_cell_runs_and_the_whole_of_it_can_be_copied(
    jupyter: Any, practice: Any
) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    output = notebook.cell_output(2)
    output.get_by_text("The whole cell").click()
    output.get_by_role("button", name="Copy code").click()
    expect(output.get_by_role("button", name="Copied")).to_be_visible()
    assert notebook.page.evaluate("navigator.clipboard.readText()").strip() == MENDED
    notebook.run_cell(3)
    expect(notebook.cell_output(3)).to_contain_text("2.58 each")


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


@mostly_in_lab
def test_a_reopened_notebook_shows_the_change_in_colours(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": REPLY}])
    notebook = jupyter.open([begin(practice.url), FAILING, "%groq_fix"])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(2)).to_contain_text("mended")
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
