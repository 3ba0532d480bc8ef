"""Answers on pages that can't run the session widget."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import notebook_of
from tests.browser.kinds import only_in_lab
from tests.browser.notebook_page import Notebook

STAGE = "from stage import *\nimport stage"
TEXT = "' '.join(f'word{n}' for n in range(150))"
COUNTED = """
class Counted:
    sizes = []
publish = get_ipython().display_pub.publish
def counted(data, metadata=None, **more):
    if 'groq-answer' in str(data.get('text/html')):
        Counted.sizes.append(len(data['text/html']))
    return publish(data, metadata, **more)
get_ipython().display_pub.publish = counted
"""


@only_in_lab
def test_without_the_front_end_part_of_anywidget_an_answer_grows_as_static_output(
    jupyter: Any,
) -> None:
    # The cell that starts the widget ends once a page has had the time to load that part.
    start = "import time\nlive.start()\nwhile not live.lacks_page: time.sleep(0.05)"
    cells = [STAGE + COUNTED, start, f"ask({TEXT}, pause=0.03)", "print(Counted.sizes)"]
    # On a page of its own: the one that the tests share has loaded that part.
    page = jupyter._context.new_page()
    page.route("**/anywidget/**", lambda route: route.abort())
    notebook = Notebook(jupyter.server, page, jupyter.write(notebook_of(cells)))
    # What JupyterLab itself reports of an extension that it can't load.
    notebook.allow("anywidget", "ERR_FAILED", r"^Event \(", r"reading 'get'\)\s+at .*/static/lab/")
    try:
        notebook.load()
        notebook.run_cell(0)
        notebook.run_cell(1)
        notebook.run_cell(2, wait=False)
        output = notebook.cell_output(2)

        expect(output).to_contain_text("■ in the toolbar stops it")
        expect(output).to_contain_text("word20 word21")
        expect(output).not_to_contain_text("word149")
        notebook.screenshot("without-anywidget")
        expect(output).to_contain_text("word100 word101")
        expect(output).to_contain_text("word149")
        expect(output).to_contain_text("318 tokens")
        expect(output).not_to_contain_text("■")
        notebook.run_cell(3)
        sizes = json.loads(notebook.cell_output(3).inner_text())
        assert 4 <= len(sizes) <= 6
        assert sum(sizes) <= 3 * sizes[-1]
        assert notebook.errors == []
    finally:
        page.close()


# VS Code's ids of cells, and a session widget that does not reach the outputs.
AS_IN_VS_CODE = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  const send = kernel.requestExecute;
  kernel.requestExecute = (content, dispose, metadata) =>
    send.call(kernel, content, dispose, {
      ...metadata, cellId: `vscode-notebook-cell:/a.ipynb#${metadata.cellId}`,
    });
}"""
UNREACHED = """
from groq_magic.views.session_widget import SessionWidget
SessionWidget._esm = "export default {}"
"""
FRAMED = """
from ipywidgets.widgets.widget import _instances
print([type(each).__name__ for each in _instances.values()].count("FramedAnswer"))
"""


@only_in_lab
@pytest.mark.parametrize("session", ["", UNREACHED], ids=["beside the session's", "alone"])
def test_an_answer_streams_in_a_view_of_its_own_where_outputs_have_frames(
    jupyter: Any, session: str
) -> None:
    cells = [STAGE + COUNTED + session, "ask(until_stopped=True)", FRAMED]
    notebook = jupyter.open(cells)
    notebook.page.evaluate(AS_IN_VS_CODE)
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)

    expect(output.locator(".groq-streaming")).to_have_count(1)
    expect(output.locator(".groq-streaming table")).to_be_visible()
    expect(output).to_contain_text("Your frame has 1,204 rows.")
    notebook.screenshot(f"framed{'-alone' if session else ''}")
    notebook.stop(1).press("Enter")
    expect(output).to_contain_text("interrupted")
    expect(output.locator(".groq-streaming")).to_have_count(0)
    (saved,) = notebook.save()["cells"][1]["outputs"]
    assert sorted(saved["data"]) == ["text/html", "text/markdown", "text/plain"]
    for _ in range(100):  # it is closed a little later
        notebook.run_cell(2)
        if notebook.cell_output(2).inner_text().strip() == "0":
            break
    expect(notebook.cell_output(2)).to_have_text("0")
    expect(output).to_contain_text("Your frame has 1,204 rows.")
