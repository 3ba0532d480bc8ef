"""Answers on pages that can't run the session widget."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab

STAGE = "from stage import *\nimport stage"
TEXT = "' '.join(f'word{n}' for n in range(400))"
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
    cells = [STAGE + COUNTED, "live.start()", f"ask({TEXT}, pause=0.03)", "print(Counted.sizes)"]
    # In a page of its own: the others have loaded that part already.
    notebook = jupyter.open(cells, windowing="defer")
    notebook.page.route("**/anywidget/**", lambda route: route.abort())
    notebook.allow("anywidget", "ERR_FAILED", r"^Event \(")
    notebook.load()
    notebook.run_cell(0)
    notebook.run_cell(1)
    time.sleep(2)  # as long as a page may take to load that part
    notebook.run_cell(2, wait=False)
    output = notebook.cell_output(2)

    expect(output).to_contain_text("■ in the toolbar stops it")
    expect(output).to_contain_text("word20 word21")
    expect(output).not_to_contain_text("word399")
    notebook.screenshot("without-anywidget")
    expect(output).to_contain_text("word100 word101")
    expect(output).to_contain_text("word399")
    expect(output).to_contain_text("318 tokens")
    expect(output).not_to_contain_text("■")
    notebook.run_cell(3)
    sizes = eval(notebook.cell_output(3).inner_text())  # noqa: S307 - our own list
    assert 5 <= len(sizes) <= 7
    assert sum(sizes) <= 3 * sizes[-1]
    notebook.page.unroute_all()
    notebook.load()  # for the tests that use this page next


@only_in_lab
def test_with_a_page_an_answer_has_one_placeholder_and_one_static_output(jupyter: Any) -> None:
    cells = [STAGE + COUNTED, "live.start()", f"ask({TEXT}, pause=0.01)", "print(Counted.sizes)"]
    notebook = jupyter.open(cells)
    notebook.run_all()
    expect(notebook.cell_output(3)).to_contain_text("[")
    assert len(notebook.cell_output(3).inner_text().split(",")) == 2
