"""The Copy buttons of code, while an answer streams and after."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *\nimport stage"
KEY = "gsk_browserTESTkey0123456789"
STREAMING = 'ask(until_stopped=True, reasoning="Let me *see*.")'


@mostly_in_lab
def test_an_exports_code_is_copied_by_keyboard(jupyter: Any, practice: Any) -> None:
    environment = f"os.environ.update(GROQ_BASE_URL={practice.url!r}, GROQ_API_KEY={KEY!r})"
    load = f"import os\n{environment}\n%load_ext groq_magic"
    notebook = jupyter.open([load, "%groq Say hi", "%groq_export"])
    for index in range(3):
        notebook.run_cell(index)
    button = notebook.cell_output(2).get_by_role("button", name="Copy code")
    button.press("Enter")
    expect(notebook.cell_output(2).get_by_role("button", name="Copied")).to_be_visible()
    copied = notebook.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("# pip install groq\nfrom groq import Groq")
    assert copied.strip() == notebook.cell_output(2).locator("pre").inner_text().strip()
    assert "button" not in str(notebook.save()["cells"][2]["outputs"])


NESTED = (
    "- first:\n\n  ```python\n  in_list = 'LONG'\n  ```\n\n- second\n\n"
    "> quoted:\n>\n> ```\n> in_quote = 'LONG'\n> ```\n>\n> > ```\n> > deeper = 'LONG'\n> > ```\n\n"
    "<details open><summary>Steps</summary>\n\n```\nin_fold = 'LONG'\n```\n\n</details>\n\n"
    "1. one\n   1. two\n\n      ```\n      nested = 'LONG'\n      ```\n\n2. three\n\n"
    "```\ntop = 'LONG'\n```\n\nThe end"
).replace("LONG", "long " * 40)
OVER_TEXT = """() => [...document.querySelectorAll(".groq-copy-code")].filter((button) => {
  const over = button.getBoundingClientRect();
  const frame = button.nextElementSibling.getBoundingClientRect();
  const hits = (box) => box.bottom > over.top && box.top < over.bottom
    && box.right > over.left && box.left < over.right;
  const text = document.createRange();
  const texts = document.createTreeWalker(button.closest(".jp-Notebook"), NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    text.selectNodeContents(node);
    if (!button.contains(node) && [...text.getClientRects()].some(hits)) return true;
  }
  const isOnFrame = over.right <= frame.right && over.left >= frame.left
    && over.top < frame.top && over.bottom > frame.top;
  return over.height < 24 || over.width < 24 || !isOnFrame;
}).map((button) => button.nextElementSibling.textContent)"""


@pytest.mark.parametrize("width", [1100, 600])
@only_in_lab
def test_code_anywhere_has_a_copy_button_which_lies_over_no_text(jupyter: Any, width: int) -> None:
    notebook = jupyter.open([STAGE, f"ask({NESTED!r}, until_stopped=True)"], width=width)
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("The end")
    copies = output.locator(".groq-copy-code")
    expect(copies).to_have_count(6)
    assert notebook.page.evaluate(OVER_TEXT) == []
    for index, name in enumerate(("in_list", "in_quote", "deeper", "in_fold", "nested", "top")):
        copies.nth(index).click()
        expect(copies.nth(index)).to_have_text("Copied")
        copied = notebook.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(f"{name} = 'long ")
    tops = "(all) => all.map((each) => Math.round(each.getBoundingClientRect().top))"
    streaming = output.locator("pre").evaluate_all(tops)

    notebook.stop(1).press("Enter")
    expect(output.get_by_role("button", name="Copy", exact=True).last).to_be_visible()
    expect(notebook.picker(1)).to_be_visible()
    expect(copies).to_have_count(6)
    assert notebook.page.evaluate(OVER_TEXT) == []
    assert output.locator("pre").evaluate_all(tops) == streaming
