"""Finished answers, their bars and the panel, driven by kernels without a session."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *"


@mostly_in_lab
def test_a_settled_answer_is_static_in_the_file(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    expect(notebook.picker(1)).to_be_visible()
    expect(notebook.cell_output(1).locator("mjx-container")).to_have_count(1)
    expect(notebook.cell_output(1)).to_contain_text("It costs $5 to $10")
    saved = notebook.save()

    (output,) = saved["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/html", "text/markdown", "text/plain"}
    assert output["metadata"] == {"groq_magic": {"version": 1, "finish_reason": "stop"}}
    assert "widgets" not in saved["metadata"]
    assert "806 tok/s" not in json.dumps(saved)


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


def test_a_reloaded_page_has_its_live_bars_back(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask()"])
    notebook.run_all()
    notebook.save()

    notebook.load()

    expect(notebook.picker(1)).to_be_visible()
    expect(notebook.bars()).to_contain_text("806 tok/s")


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


@only_in_lab
def test_the_panel_keeps_its_rows_and_refuses_a_value_beside_its_field(jupyter: Any) -> None:
    panel = (
        "from groq_magic.views.slots import panel_text\n"
        "from groq_magic.views.show import show\n"
        "live.start(); show(*panel_text(settings.model, [], ''))"
    )
    notebook = jupyter.open([STAGE, panel])
    notebook.run_cell(0)
    notebook.run_cell(1)
    output = notebook.cell_output(1)

    # Beside a long text the buttons stay in its row.
    text = output.locator(".widget-html-content", has_text="3 turns")
    text.evaluate("(e) => { e.textContent += ' and more'.repeat(12); }")
    text = output.locator(".widget-html-content", has_text="and more")
    end = "(e) => e.getBoundingClientRect().right"
    for name in ("Undo", "Reset"):
        button = output.get_by_role("button", name=name)
        assert button.evaluate("(e) => e.getBoundingClientRect().left") >= text.evaluate(end)

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
