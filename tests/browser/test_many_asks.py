"""Many asks on one page: what they leave behind in the kernel and on the page."""

from __future__ import annotations

import json
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
# Listeners and nodes that the allocator of a page of Lab's may keep for a while.
SLACK = {"JSEventListeners": 40, "Nodes": 1500}


def measured(notebook: Any) -> dict[str, float]:
    """Return what is alive on the page, after its garbage is collected."""
    session = notebook.page.context.new_cdp_session(notebook.page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return {each["name"]: each["value"] for each in metrics if each["name"] in SLACK}


@only_in_lab
@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.nightly)])
def test_asks_leave_no_widget_and_no_listener_behind(jupyter: Any, count: int) -> None:
    notebook = jupyter.open([BEGIN, ASKS.format(count=5), ASKS.format(count=count)])
    notebook.run_cell(0)
    notebook.run_cell(1)
    expect(notebook.cell_output(1)).to_contain_text("widgets")
    widgets = notebook.cell_output(1).get_by_text("widgets").inner_text()
    before = measured(notebook)

    notebook.run_cell(2)

    output = notebook.cell_output(2)
    expect(output).to_contain_text(f"answer {count - 1}")
    expect(output.get_by_text("widgets")).to_have_text(widgets)
    expect(notebook.picker(2)).to_be_visible()
    after = measured(notebook)
    grown = {name: after[name] - before[name] for name in SLACK}
    assert all(grown[name] <= slack for name, slack in SLACK.items()), json.dumps(grown)
