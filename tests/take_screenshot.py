"""Take the README's screenshot: JupyterLab with an answer in practice mode.

    python -m tests.take_screenshot

It needs a Chromium, as the tests do.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import front_ends, notebook_of
from tests.chromium import find_chromium

SCREENSHOT = Path(__file__).parents[1] / "notebooks" / "screenshot.png"
# The prompt is one of the quickstart's, so that practice mode has an answer to it.
CELLS = (
    "%load_ext groq_magic",
    """import pandas as pd

df = pd.DataFrame({
    "city": ["Oslo", "Lima", "Pune", "Oslo", "Lima", "Pune"],
    "price": [12.5, None, 7.0, 1400.0, 9.5, 7.5],
})""",
    """%%groq
Which rows of {{df}} would spoil an average price, and how do I leave them out?""",
)
# As `groq-magic demo` starts a kernel without a key.
PRACTISE = "import os\nos.environ['GROQ_MAGIC_PRACTICE'] = 'on'"


class _Folders:
    """Makes folders as pytest does."""

    def mktemp(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"groq-magic-{name}-"))


def main() -> None:
    """Write the screenshot."""
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright)
        if chromium is None:
            raise SystemExit("No Chromium is here, and none could be installed.")
        with front_ends(playwright, chromium, _Folders()) as front_end_of:
            lab = front_end_of("lab")
            path = lab.write(notebook_of(CELLS)).rename(lab.server.files / "prices.ipynb")
            notebook = lab.open_file(path, width=1000, height=780)
            notebook.panel(
                "panel.context.sessionContext.session.kernel"
                f".requestExecute({{code: {PRACTISE!r}, silent: true}}).done"
            )
            notebook.page.evaluate("window.jupyterapp.shell.collapseLeft()")
            notebook.run_all()
            bar = notebook.cell_output(2)
            expect(bar).to_contain_text("left this minute")
            notebook.panel("panel.content.activeCellIndex = 2")
            # Nothing selected, nothing under the pointer, the whole answer in sight.
            notebook.page.mouse.move(500, 20)
            notebook.cell(0).scroll_into_view_if_needed()
            notebook.page.screenshot(path=SCREENSHOT)


if __name__ == "__main__":
    main()
