"""Take README's pictures, one of them moving: JupyterLab with answers in practice mode.

    python -m tests.take_screenshots [still | moving]

It needs a Chromium, as the tests do.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import front_ends, notebook_of
from tests.chromium import PATIENCE, find_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Locator

    from tests.browser.conftest import FrontEnd
    from tests.browser.notebook_page import Notebook

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
# All prompts and the failing cell are those of the notebooks, so that practice mode has answers.
STILL_CELLS = (
    "%load_ext groq_magic",
    """import pandas as pd

df = pd.DataFrame({
    "city": ["Oslo", "Lima", "Pune", "Oslo", "Lima", "Pune"],
    "price": [12.5, None, 7.0, 1400.0, 9.5, 7.5],
})""",
    """%%groq
Which rows of {{df}} would spoil an average price, and how do I leave them out?""",
)
ASK = "%%groq\nWhat is a p-value? Two sentences, for someone who has never had statistics."
STORY = "%%groq --once\nTell me a story about a statistician who could not stop counting."
FAILS = 'share = payments["Ann"] / total\nprint(f"Ann paid {share:.0%} of it")'
MOVING_CELLS = (
    '%load_ext groq_magic\npayments = {"Ann": 12.5, "Ben": 7.0, "Cem": 30.5}',
    "",
    STORY,
    FAILS,
    "",
)
# As `groq-magic demo` starts a kernel without a key.
PRACTISE = "import os\nos.environ['GROQ_MAGIC_PRACTICE'] = 'on'"
POINTER = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))
COLOURS = 256  # all that a GIF has


class _Folders:
    """Makes folders as pytest does."""

    def mktemp(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"groq-magic-{name}-"))


class _Film:
    """Pictures of one notebook's panel, each with the time for which it is shown."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook
        self._page = notebook.page
        self._browser = self._page.context.new_cdp_session(self._page)
        panel = notebook.panel("panel.node.getBoundingClientRect().toJSON()")
        self._left, self._top = panel["x"], panel["y"]
        clip = {name: panel[name] for name in ("x", "y", "width", "height")}
        self._how = {"format": "png", "clip": clip | {"scale": 1}, "optimizeForSpeed": True}
        self._pointer: tuple[float, float] | None = None
        self._frames: list[Image.Image] = []
        self._milliseconds: list[int] = []

    def shoot(self, milliseconds: float) -> None:
        """Take a picture that is shown so long; one that looks the same is shown longer."""
        # Faster than Playwright's own: an answer of two sentences streams for a second.
        taken = self._browser.send("Page.captureScreenshot", self._how)
        frame = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")
        if self._pointer is not None:
            self._draw_pointer(frame, *self._pointer)
        if self._frames and frame.tobytes() == self._frames[-1].tobytes():
            self._milliseconds[-1] += round(milliseconds)
        else:
            self._frames.append(frame)
            self._milliseconds.append(round(milliseconds))

    def watch(self, is_over: Callable[[], bool]) -> None:
        """Take pictures, shown for as long as they took, until something is over."""
        end = time.monotonic() + PATIENCE / 1000
        while not is_over():
            if time.monotonic() > end:
                raise SystemExit("What was to be filmed did not happen.")
            begin = time.monotonic()
            self.shoot(0)
            self._page.wait_for_timeout(20)
            self._milliseconds[-1] += round(1000 * (time.monotonic() - begin))

    def type(self, cell: int, text: str) -> None:
        """Type into a cell, and run it."""
        self._notebook.panel(f"panel.content.activeCellIndex = {cell}")
        self._notebook.command("notebook:enter-edit-mode")
        for at in range(0, len(text), 3):
            self._page.keyboard.type(text[at : at + 3])
            self.shoot(60)
        self.shoot(250)
        self._page.keyboard.press("Control+Enter")

    def click(self, button: Locator) -> None:
        """Point at a button for a moment, wherever it moves to, then press it."""
        for _ in range(6):
            box = button.bounding_box()
            if box is None:
                raise SystemExit("The button to press is not on the page.")
            self._pointer = (box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"])
            self._page.mouse.move(*self._pointer)
            self.shoot(130)
        button.click()

    def hide_pointer(self) -> None:
        self._pointer = None
        self._page.mouse.move(400, 5)

    def write(self, path: Path) -> None:
        """Write an animated GIF that repeats; all frames have the same few colours."""
        palette = _palette(self._frames)
        first, *others = (
            frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self._frames
        )
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=self._milliseconds,
            loop=0,
            optimize=False,
        )

    def _draw_pointer(self, frame: Image.Image, x: float, y: float) -> None:
        points = [(x - self._left + right, y - self._top + down) for right, down in POINTER]
        ImageDraw.Draw(frame).polygon(points, fill="black", outline="white")


def _palette(frames: Sequence[Image.Image]) -> Image.Image:
    """Return an image with a palette: the colours of the largest areas in any of the frames."""
    areas: dict[tuple[int, ...], int] = {}
    for frame in frames:
        for area, colour in frame.getcolors(frame.width * frame.height) or ():
            assert isinstance(colour, tuple)  # they are RGB
            areas[colour] = max(area, areas.get(colour, 0))
    largest = sorted(areas, key=areas.__getitem__, reverse=True)[:COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in largest for value in colour])
    return palette


def main() -> None:
    """Write the pictures, or the one that is named."""
    named = sys.argv[1:] or ["still", "moving"]
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright)
        if chromium is None:
            raise SystemExit("No Chromium is here, and none could be installed.")
        with front_ends(playwright, chromium, _Folders()) as front_end_of:
            lab = front_end_of("lab")
            if "still" in named:
                _take_still(lab)
            if "moving" in named:
                _take_moving(lab)


def _take_still(lab: FrontEnd) -> None:
    notebook = _opened(lab, "prices", STILL_CELLS, width=1000, height=780)
    notebook.run_all()
    bar = notebook.cell_output(2)
    expect(bar).to_contain_text("left this minute")
    notebook.panel("panel.content.activeCellIndex = 2")
    # Nothing selected, nothing under the pointer, the whole answer in sight.
    notebook.page.mouse.move(500, 20)
    notebook.cell(0).scroll_into_view_if_needed()
    notebook.page.screenshot(path=NOTEBOOKS / "screenshot.png")


def _take_moving(lab: FrontEnd) -> None:
    """Film an answer that streams, one that is stopped, and a cell that is fixed."""
    notebook = _opened(lab, "payments", MOVING_CELLS, width=900, height=690)
    notebook.run_cell(0)
    # From now on the page also edits prompts as Markdown.
    expect(notebook.cell_output(0).locator("select")).to_be_visible()
    expect(notebook.cell(2).get_by_text("--once")).to_be_visible()
    film = _Film(notebook)
    film.hide_pointer()

    film.type(1, ASK)
    film.watch(lambda: _has(notebook, 1, "practice, scripted"))
    film.shoot(1700)

    notebook.run_cell(2, wait=False)
    film.watch(lambda: _has(notebook, 2, "She had never"))
    film.click(notebook.stop(2))
    film.watch(lambda: _has(notebook, 2, "interrupted"))
    film.shoot(1600)
    film.hide_pointer()

    notebook.run_cell(3, wait=False)
    film.watch(lambda: _has(notebook, 3, "is not defined"))
    _scroll_to(notebook, 3)
    film.shoot(1200)
    film.type(4, "%groq_fix")
    replace = notebook.cell_output(4).get_by_role("button", name="Replace cell")
    film.watch(lambda: replace.count() > 0 and replace.is_enabled())
    film.shoot(1700)
    film.click(replace)
    film.watch(lambda: _has(notebook, 4, "is replaced"))
    film.shoot(1000)
    film.hide_pointer()
    notebook.run_cell(3, wait=False)
    film.watch(lambda: _has(notebook, 3, "Ann paid 25%"))
    film.shoot(2500)
    film.write(NOTEBOOKS / "moving.gif")


def _opened(lab: FrontEnd, name: str, cells: Sequence[str], *, width: int, height: int) -> Notebook:
    path = lab.write(notebook_of(cells)).rename(lab.server.files / f"{name}.ipynb")
    notebook = lab.open_file(path, width=width, height=height)
    notebook.panel(
        "panel.context.sessionContext.session.kernel"
        f".requestExecute({{code: {PRACTISE!r}, silent: true}}).done"
    )
    notebook.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    return notebook


def _has(notebook: Notebook, cell: int, text: str) -> bool:
    return text in notebook.cell_output(cell).inner_text()


def _scroll_to(notebook: Notebook, cell: int) -> None:
    notebook.panel(f'panel.content.widgets[{cell}].node.scrollIntoView({{block: "start"}})')


if __name__ == "__main__":
    main()
