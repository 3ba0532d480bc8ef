"""Enter key, in the line of `%load_ext` and in the panel: masked, checked, never saved."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab

KEY = "gsk_browserTESTkey0123456789"
WRONG = "gsk_anotherTESTkey9876543210"


@mostly_in_lab
def test_a_key_entered_on_the_page_is_checked_used_and_never_saved(
    jupyter: Any, practice_factory: Any
) -> None:
    server = practice_factory(keys=KEY)
    begin = (
        "import os\nos.environ.pop('GROQ_API_KEY', None)\n"
        f"os.environ['GROQ_BASE_URL'] = {server.url!r}\n%load_ext groq_magic"
    )
    notebook = jupyter.open([begin, "%groq", "%groq Hello"])
    notebook.run_cell(0)
    notebook.run_cell(1)
    line, panel = notebook.cell_output(0), notebook.cell_output(1)
    expect(panel).to_contain_text("no key yet")
    line.get_by_role("button", name="Enter key").click()
    field = line.get_by_label("Groq API key")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("type", "password")

    field.press_sequentially(WRONG)
    field.press("Enter")
    expect(line.get_by_role("alert")).to_contain_text("The service refuses the key")
    field.fill(KEY)
    field.press("Enter")

    expect(line).to_contain_text("key from %groq_key")
    expect(panel).to_contain_text("from %groq_key")
    expect(line.get_by_role("button", name="Enter key")).to_have_count(0)
    expect(panel.get_by_role("button", name="Enter key")).to_be_visible()
    notebook.run_cell(2)
    expect(notebook.bars()).to_contain_text("tokens left this minute")
    assert len(server.requests()) == 1
    saved = json.dumps(notebook.save())
    assert KEY not in saved
    assert WRONG not in saved
