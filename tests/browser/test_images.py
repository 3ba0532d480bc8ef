"""A plot is drawn, sent, and stands small above the answer."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab

pytestmark = only_in_lab
KEY = "gsk_browserTESTkey0123456789"
DRAWING = """\
import matplotlib.pyplot as plt
plt.figure(figsize=(5, 3))
plt.bar(["rice", "oil", "salt"], [2.1, 3.4, 0.6])
plt.title("Price per kilogram");"""
ANSWER = """\
The chart shows **three prices**: oil is the dearest, salt by far the cheapest.

- The axis has no unit.
- Three bars would also fit into a table."""


def begin(url: str) -> str:
    return (
        f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
        f"os.environ['GROQ_API_KEY'] = {KEY!r}\n%load_ext groq_magic"
    )


def test_a_plot_is_sent_and_shown_small(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": ANSWER}])
    # The extension is loaded after matplotlib, and its callback still comes first.
    notebook = jupyter.open(
        [DRAWING, begin(practice.url), DRAWING, "%groq -i plot What does this chart show?"]
    )
    for index in range(4):
        notebook.run_cell(index)
    output = notebook.cell_output(3)
    expect(output).to_contain_text("three prices")
    expect(output).to_contain_text("Included: plot (image, ")
    expect(output).to_contain_text("chosen for the image")
    drawn = output.locator(".groq-images img")
    expect(drawn).to_have_attribute("alt", "Image sent: plot")
    box = drawn.bounding_box()
    assert 60 < box["height"] <= 92
    assert box["width"] > box["height"]
    (record,) = practice.requests()
    text, image = record["body"]["messages"][-1]["content"]
    assert text == {"type": "text", "text": "What does this chart show?"}
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    saved = notebook.save()["cells"][3]["outputs"][0]
    assert "data:image/png;base64," in "".join(saved["data"]["text/html"])
    assert "base64" not in str(saved["metadata"])
