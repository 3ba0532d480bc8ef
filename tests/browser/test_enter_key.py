"""`Enter key` in the greeting and in the panel: from practice mode to a model, without a cell."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab

GOOD, REFUSED = "gsk_browserTESTkey0123456789", "gsk_browserREFUSEDkey9876543210"


@mostly_in_lab
def test_a_key_is_entered_in_the_greeting_or_the_panel_and_is_in_no_file(
    jupyter: Any, practice_factory: Any
) -> None:
    server = practice_factory(keys=GOOD)
    server.script([{"reply": "A model's answer."}])
    begin = (
        f"import os\nos.environ['GROQ_BASE_URL'] = {server.url!r}\n"
        "os.environ.pop('GROQ_API_KEY', 0)\nos.environ['GROQ_MAGIC_PRACTICE'] = 'unpaced'\n"
        "%load_ext groq_magic"
    )
    notebook = jupyter.open([begin, "%groq", "%%groq\nWho answers?"])
    notebook.run_cell(0)
    notebook.run_cell(1)
    greeting, panel = notebook.cell_output(0), notebook.cell_output(1)
    expect(panel.get_by_role("button", name="Enter key")).to_be_visible()

    greeting.get_by_role("button", name="Enter key").press("Enter")
    field = greeting.get_by_label("Groq API key")
    expect(field).to_be_focused()
    field.fill(REFUSED)
    notebook.screenshot("enter-key")
    field.press("Enter")
    expect(greeting).to_contain_text("The service refuses the key from this page (401).")
    # The key's own letters are no commands of Jupyter's.
    field.press_sequentially("dd")
    assert notebook.panel("panel.content.widgets.length") == 3
    field.fill(GOOD)
    greeting.get_by_role("button", name="Connect").press("Enter")

    for output in (greeting, panel):
        expect(output).to_contain_text("from this page")
        expect(output.get_by_role("button", name="Enter key")).to_have_count(0)
    # The focus stays in the notebook, where its keys work.
    expect(greeting).to_be_focused()
    notebook.run_cell(2)
    expect(notebook.cell_output(2)).to_contain_text("A model's answer.")
    assert GOOD not in json.dumps(notebook.save())
    assert GOOD not in notebook.page.content()
