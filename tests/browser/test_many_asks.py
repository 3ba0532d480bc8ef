"""Many asks on one page: what they leave behind in the kernel and on the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab

# Short texts: what an ask leaves behind does not depend on its length.
ASKS = """for number in range({count}):
    clear_output()
    ask(f'answer {{number}}\\n\\n```python\\nx = {{number}}\\n```\\n', slot='groq-turn-a-1')
from ipywidgets.widgets.widget import _instances
print('widgets', len(_instances), len(get_ipython().kernel.comm_manager.comms))"""
BEGIN = "from stage import *\nfrom IPython.display import clear_output\nlive.start()"


def listeners(notebook: Any) -> int:
    """Return how many listeners are alive on the page, after its garbage is collected."""
    session = notebook.page.context.new_cdp_session(notebook.page)
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    counted: int = session.send("Memory.getDOMCounters")["jsEventListeners"]
    session.detach()
    return counted


@only_in_lab
@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.nightly)])
def test_asks_leave_no_widget_and_no_listener_behind(jupyter: Any, count: int) -> None:
    notebook = jupyter.open([BEGIN, ASKS.format(count=count)])
    notebook.run_cell(0)
    notebook.run_cell(1)
    output = notebook.cell_output(1)
    expect(notebook.picker(1)).to_be_visible()
    widgets = output.get_by_text("widgets").inner_text()
    before = listeners(notebook)

    notebook.run_cell(1)

    expect(output).to_contain_text(f"answer {count - 1}")
    expect(notebook.picker(1)).to_be_visible()
    expect(output.get_by_text("widgets")).to_have_text(widgets)
    # Lab itself adds and removes a few now and then.
    assert listeners(notebook) < before + count // 4
