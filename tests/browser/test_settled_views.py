"""FinishedAnswer answers, their bars and the panel, driven by kernels without a session."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *"
# Runs code on the kernel of a notebook that is open, but not in front.
RUN = """([path, code]) => {
  const open = [...window.jupyterapp.shell.widgets("main")];
  const { session } = open.find((each) => each.context?.path === path).context.sessionContext;
  return session.kernel.requestExecute({ code }).done.then(() => null);
}"""
NEWS = "live.put('groq-turn-cell-a-1', LiveFacts('318 tokens', '', 'news of the first'))"


@mostly_in_lab
def test_a_settled_answer_is_static_in_the_file(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()
    saved = notebook.save()

    (output,) = saved["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/html", "text/markdown", "text/plain"}
    assert output["metadata"] == {"groq_magic": {"version": 1, "finish_reason": "stop"}}
    assert "widgets" not in saved["metadata"]
    assert "806 tok/s" not in json.dumps(saved)


@only_in_lab
def test_formulas_are_typeset_and_money_is_left_alone(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()

    expect(notebook.cell_output(1).locator("mjx-container")).to_have_count(1)
    expect(notebook.cell_output(1)).to_contain_text("It costs $5 to $10")


@only_in_lab
def test_a_choice_in_any_bar_is_the_next_asks_model_in_all(jupyter: Any) -> None:
    notebook = jupyter.open(
        [STAGE, "ask()", "ask(slot='groq-turn-cell-b-1')", "print(settings.model)"]
    )
    for index in range(3):
        notebook.run_cell(index)
    notebook.picker(1).select_option("llama-3.1-8b-instant · 131k")

    expect(notebook.picker(2)).to_have_value("llama-3.1-8b-instant · 131k")
    expect(notebook.bars().first).to_contain_text("gpt-oss-120b · 318 tokens · 806 tok/s")
    notebook.run_cell(3)
    expect(notebook.cell_output(3)).to_have_text("llama-3.1-8b-instant")


@only_in_lab
def test_copy_takes_the_answers_source_and_a_blocks_code(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    output = notebook.cell_output(1)

    output.get_by_role("button", name="Copy", exact=True).last.click()
    expect(output.get_by_role("button", name="Copied")).to_be_visible()
    assert "Your frame has **1,204 rows**." in notebook.page.evaluate(
        "navigator.clipboard.readText()"
    )
    output.locator(".groq-copy-code").click()
    assert notebook.page.evaluate("navigator.clipboard.readText()") == (
        'df = df.dropna(subset=["price"])\n'
    )


@only_in_lab
def test_an_answer_costs_no_widget(jupyter: Any) -> None:
    count = (
        "from ipywidgets.widgets import widget as w\n"
        "print(len(w._instances), len(get_ipython().kernel.comm_manager.comms))"
    )
    asks = [f"ask(slot='groq-turn-cell-{n}-1', pause=0.02)" for n in range(3)]
    notebook = jupyter.open([STAGE, "ask()", count, *asks, count])
    for index in range(7):
        notebook.run_cell(index)
        if index not in {0, 2, 6}:
            expect(notebook.picker(index)).to_be_visible()

    first = notebook.cell_output(2).inner_text()
    assert first.strip()
    expect(notebook.cell_output(6)).to_have_text(first.strip())


@only_in_lab
def test_a_stale_answer_says_so_while_the_session_lives(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask(stale='Turn 2 changed; re-run the cell.')"])
    notebook.run_all()

    expect(notebook.cell_output(1)).to_contain_text("Turn 2 changed; re-run the cell.")
    assert "Turn 2 changed" not in json.dumps(notebook.save()["cells"][1]["outputs"])


@mostly_in_lab
def test_a_restart_gives_the_static_text_back(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()

    notebook.restart()

    expect(notebook.picker(1)).to_have_count(0)
    expect(notebook.bars()).to_have_text("openai/gpt-oss-120b · 318 tokens")
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()


@mostly_in_lab
def test_a_shut_down_kernel_gives_the_static_text_back(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()

    # Lab's debugger was asking the kernel something.
    notebook.allow("Could not restore the debugger state", "Canceled future")
    notebook.shut_down()

    expect(notebook.bars()).to_have_text("openai/gpt-oss-120b · 318 tokens")


@only_in_lab
def test_closing_the_session_gives_the_static_text_back(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()", "live.close()"])
    notebook.run_cell(0)
    notebook.run_cell(1)
    expect(notebook.picker(1)).to_be_visible()

    notebook.run_cell(2)

    expect(notebook.bars()).to_have_text("openai/gpt-oss-120b · 318 tokens")


def test_a_reloaded_page_has_its_live_bars_back(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    notebook.save()

    notebook.load()

    expect(notebook.picker(1)).to_be_visible()
    expect(notebook.bars()).to_contain_text("806 tok/s")


@mostly_in_lab
def test_a_reopened_notebook_reads_well_trusted_or_not(jupyter: Any) -> None:
    first = jupyter.open([STAGE, "ask()"])
    first.run_all()
    trusted = first.save()
    untrusted = {**trusted, "metadata": {**trusted["metadata"], "from": "someone else"}}

    for content, is_trusted in ((trusted, True), (untrusted, False)):
        notebook = jupyter.open(content)
        assert notebook.panel("panel.content.model.cells.get(1).trusted") is is_trusted
        output = notebook.cell_output(1)
        expect(output).to_contain_text("Your frame has 1,204 rows.")
        expect(notebook.bars()).to_have_text("openai/gpt-oss-120b · 318 tokens")
        expect(output.locator("mjx-container")).to_have_count(1)
        expect(output).to_contain_text("It costs $5 to $10")


def test_an_answer_that_was_out_of_sight_is_live_again(jupyter: Any) -> None:
    cells = [STAGE, "ask()", *["print('\\n' * 60)"] * 6]
    notebook = jupyter.open(cells, windowing="full")
    notebook.run_all()
    notebook.panel("panel.content.scrollToItem(7) && null")
    expect(notebook.bars()).not_to_be_in_viewport()

    notebook.panel("panel.content.scrollToItem(1) && null")

    expect(notebook.bars()).to_contain_text("806 tok/s")
    notebook.picker(1).select_option("llama-3.1-8b-instant · 131k")


@mostly_in_lab
def test_an_answer_that_is_moved_stays_live(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()", "1", "print(settings.model)"])
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()

    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.command("notebook:move-cell-down")

    notebook.picker(2).select_option("llama-3.1-8b-instant · 131k")
    expect(notebook.bars()).to_contain_text("806 tok/s")
    notebook.run_cell(3)
    expect(notebook.cell_output(3)).to_have_text("llama-3.1-8b-instant")


@only_in_lab  # Notebook 7 has one notebook a page
def test_sessions_of_two_notebooks_keep_to_their_own(jupyter: Any) -> None:
    first = jupyter.open([STAGE, "ask(stale='of the first')"])
    first.run_all()
    expect(first.picker(1)).to_be_visible()
    other = first.save()
    path = jupyter.write(other)

    # The copy has the same cells, so the same slots, and a kernel of its own.
    first.command("docmanager:open", json.dumps({"path": path.name}))

    copy = first.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(copy.locator(".groq-bar")).to_have_text("openai/gpt-oss-120b · 318 tokens")
    # A change that the first session makes now reaches its own answer alone.
    first.page.evaluate(RUN, [first.path.name, NEWS])
    news = first.page.locator(".jp-NotebookPanel.lm-mod-hidden .groq-slot-stale")
    expect(news).to_contain_text("news of the first")
    expect(copy.locator(".groq-slot-stale")).to_have_text("")


@only_in_lab
def test_the_panel_shows_and_sets_the_settings(jupyter: Any) -> None:
    panel = (
        "from groq_magic.views.slots import panel_text\n"
        "from groq_magic.views.show import show\n"
        "live.start(); show(*panel_text(settings.model, [], ''))"
    )
    # What the controls send can arrive on another thread than the cell's.
    said = (
        "import asyncio\nwhile not pressed: await asyncio.sleep(0.1)\n"
        "print(settings.system, settings.temperature, pressed)"
    )
    notebook = jupyter.open([STAGE, panel, said])
    notebook.run_cell(0)
    notebook.run_cell(1)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("of 8,000 tokens")

    # The buttons are beside a long text, not below its label.
    text = output.locator(".widget-html-content", has_text="3 turns")
    text.evaluate("(e) => { e.textContent += ' and more'.repeat(12); }")
    text = output.locator(".widget-html-content", has_text="and more")
    end = "(e) => e.getBoundingClientRect().right"
    for name in ("Undo", "Reset"):
        button = output.get_by_role("button", name=name)
        assert button.evaluate("(e) => e.getBoundingClientRect().left") >= text.evaluate(end)

    output.get_by_label("System prompt").fill("Be brief.")
    output.get_by_role("textbox", name="Temperature").fill("1.1")
    output.get_by_role("button", name="Undo").click()
    notebook.idle()
    notebook.run_cell(2)

    expect(notebook.cell_output(2)).to_have_text("Be brief. 1.1 ['undo']")
    assert "widget-view" not in json.dumps(notebook.save()["cells"][1]["outputs"])


@only_in_lab
def test_a_value_that_the_panel_can_not_take_is_refused_beside_its_field(jupyter: Any) -> None:
    panel = (
        "from groq_magic.views.slots import panel_text\n"
        "from groq_magic.views.show import show\n"
        "live.start(); show(*panel_text(settings.model, [], ''))"
    )
    notebook = jupyter.open([STAGE, panel])
    notebook.run_cell(0)
    notebook.run_cell(1)
    output = notebook.cell_output(1)
    temperature = output.get_by_role("textbox", name="Temperature")
    tokens = output.get_by_label("Max tokens")
    temperature.fill("9")
    tokens.fill("many")
    tokens.blur()

    alerts = output.get_by_role("alert")
    expect(alerts).to_have_text(
        [
            "Not set. Enter a number from 0 to 2. Still in use: the model's default.",
            "Not set. Enter a whole number, 1 or more. Still in use: the model's default.",
        ]
    )
    expect(temperature).to_have_value("9")
    temperature.fill("1.5")
    temperature.blur()
    expect(alerts).to_have_count(1)
    tokens.fill("")
    tokens.blur()
    expect(alerts).to_have_count(0)
