"""Every view in JupyterLab, as axe-core sees it, by keyboard alone, and in a narrow window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from tests.axe import faults, needs_axe
from tests.browser.kinds import only_in_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

STAGE = "from stage import *"
ANSWER = f"ask('```python\\nx = 1  # {'long ' * 60}\\n```')"
PANEL = (
    "from groq_magic.views.slots import panel_text\n"
    "from groq_magic.views.show import show\n"
    "live.start(); show(*panel_text(settings.model, [], ''))"
)
KEY = "gsk_browserTESTkey0123456789"
RICH = r"""# A heading

Text with **bold**, *italic*, `code`, ~~struck~~, a [link](https://example.org) and $x^2$.

- item
  1. inner
- [x] done
- [ ] to do

> A quote.

| column | null % |
|---|--:|
| price | 3.1 |

```python
@cache
class Reader(Base):
    '''Read.'''
    def read(self, n: int = 3) -> str:  # a comment
        return f"{n!r} of {len(self)}" if n > 2 and True else None
```

```json
{"a": [1, null, true], "b": "text"}
```

```
$ a_line --that is --much-too-long --for-any-window --so-that it has to be scrolled sideways
```

$$\sum_i x_i$$

![A picture](https://example.org/a.png)

<details><summary>More</summary>

Inside.

</details>

---

The end."""
TYPED = '[{"shop": "A", "total": 3.5, "kind": "food"}, {"shop": "B", "total": 4.0, "kind": "fuel"}]'
TREE = '{"name": "Ann", "address": {"city": "Oslo", "lines": ["a", "b"]}, "spouse": null}'
FAILING = 'prices = {"tea": 3.5}\ntotal = sum(prices[item] for item in ["tea", "coffee"])'
FIXED = FAILING.replace("prices[item]", "prices.get(item, 0)")
CELLS = {
    "load": "import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n%load_ext groq_magic",
    "key": f"os.environ['GROQ_API_KEY'] = {KEY!r}\nimport gallery",
    "answer": "%%groq --reasoning-effort high\nrich answer",
    "typed": '%%groq --schema \'[shop, total float, kind "food"|"fuel"]\' --once\ntyped answer',
    "tree": "%%groq -f json --once\ntree answer",
    "failing": FAILING,
    "fix": "%groq_fix",
    "panel": "%groq",
    "history": "%groq_history",
    "models": "%groq_models",
    "usage": "%groq_usage",
    "dry run": "%%groq --dry-run\nrich answer about {{prices}}",
    "export": "%groq_export",
    "help": "%groq_help all",
    "map": "gallery.finished_map()",
    "stopped map": "gallery.finished_map(reason='The key was refused.')",
    "error": "%groq -m nothing hello",
    "code": "gallery.code()",
    "streaming": "gallery.streaming_answer()",
    "streaming map": "gallery.streaming_map()",
    "question": "gallery.ask_to_run()",
}
OURS = (
    ".groq-answer",
    ".groq-load",
    ".groq-panel",
    ".groq-listing",
    ".groq-replies",
    ".groq-error",
)


OPEN = """() => {
  for (const fold of document.querySelectorAll(".jp-Notebook details")) fold.open = true;
}"""
# Numbers all that can be used, in the order of the page. Editors keep Tab to themselves.
CONTROLS = """(ours) => {
  for (const each of document.querySelectorAll(".jp-InputArea, .jp-Toolbar")) each.inert = true;
  const able = "button, select, summary, textarea, a[href], input:enabled, [tabindex='0']";
  const all = ours.split(", ").flatMap((each) => [...document.querySelectorAll(each)])
    .flatMap((each) => [...each.querySelectorAll(able), ...(each.matches(able) ? [each] : [])]);
  const shown = [...new Set(all)].filter((each) => each.checkVisibility());
  shown.forEach((each, at) => (each.dataset.control = at));
  return shown.map((each) => each.outerHTML.slice(0, 100));
}"""
FOCUSED = """() => {
  const node = document.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(node);
  const isSeen = outlineStyle !== "none" || boxShadow !== "none";
  return [Number(node.dataset.control ?? -1), isSeen];
}"""


@pytest.fixture
def views(jupyter: Any, practice: Any) -> Any:
    """Open a notebook of all views, of which the first is run and shows the entry of a key."""
    practice.script(
        [
            {"match": "rich answer", "reply": RICH, "reasoning": "Let me *see*:\n\n- a\n- b"},
            {"match": "typed answer", "reply": f'{{"items": {TYPED}}}'},
            {"match": "tree answer", "reply": TREE},
            {"match": "coffee", "reply": f"No price.\n\n```python\n{FIXED}\n```\n"},
        ]
    )
    cells = [each.replace("{url!r}", repr(practice.url)) for each in CELLS.values()]
    notebook = jupyter.open(cells)
    notebook.run_cell(0)
    notebook.cell_output(0).get_by_role("button", name="Enter key").click()
    expect(notebook.cell_output(0).get_by_label("Groq API key")).to_be_focused()
    return notebook


def run_others(notebook: Any) -> None:
    """Run the other cells, of which the last waits for a reply, and open all folds."""
    for name in list(CELLS)[1:-1]:
        notebook.run_cell(index(name))
    notebook.run_cell(index("question"), wait=False)
    expect(notebook.page.locator(".groq-replies button")).to_have_count(3)
    notebook.page.evaluate(OPEN)


def index(name: str) -> int:
    """Return the index of a cell; below that of the fix stands the fixed cell."""
    at = list(CELLS).index(name)
    return at + 1 if at > list(CELLS).index("fix") else at


def make_room(notebook: Any) -> None:
    """Make the window as high as the notebook: axe judges the colours of what is in sight."""
    scroller = notebook.page.locator(".jp-WindowedPanel-outer")
    height = scroller.evaluate("(node) => node.scrollHeight")
    notebook.page.set_viewport_size({"width": 1100, "height": height + 300})


def lasting_faults(page: Page) -> list[str]:
    """Return the faults of our elements, which may scroll a moment before they take the focus."""
    for _ in range(4):
        if not faults(page, *OURS):
            return []
        page.wait_for_timeout(500)
    return faults(page, *OURS)


@needs_axe
@only_in_lab
def test_axe_finds_no_serious_fault_in_any_view_light_or_dark(views: Any) -> None:
    found = [f"key: {each}" for each in faults(views.page, ".groq-load")]
    run_others(views)
    make_room(views)
    for theme in ("light", "dark"):
        views.theme(theme)
        views.page.locator(".jp-WindowedPanel-outer").evaluate("(node) => node.scrollTo(0, 0)")
        found += [f"{theme}: {each}" for each in lasting_faults(views.page)]
    assert not found, "\n".join(found)


@needs_axe
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_axe_finds_no_serious_fault_in_notebooks_saved_as_html(
    browser: Browser, theme: str
) -> None:
    found = []
    page = browser.new_page(viewport={"width": 1000, "height": 20_000})
    page.route("**/*", lambda route: route.fulfill(body=""))  # nbconvert's scripts are elsewhere
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        html, _ = HTMLExporter(theme=theme).from_filename(str(path))
        page.set_content(html, wait_until="domcontentloaded")
        page.evaluate("() => document.querySelectorAll('details').forEach((e) => (e.open = true))")
        # The colours of code are those of Jupyter's theme, as in the cells' own code.
        page.add_style_tag(content=".highlight span { color: inherit !important; }")
        found += [f"{path.stem}: {each}" for each in faults(page, ".groq-answer")]
    page.close()
    assert not found, "\n".join(found)


@only_in_lab
def test_tab_reaches_every_control_of_every_view_and_the_focus_is_seen(views: Any) -> None:
    run_others(views)
    page = views.page
    # Lab attaches cells that are out of sight when it has time.
    page.wait_for_function(
        f"([ours, least]) => ({CONTROLS})(ours).length > least", arg=[", ".join(OURS), len(CELLS)]
    )
    controls = page.evaluate(CONTROLS, ", ".join(OURS))
    reached, unseen = set(), set()
    page.locator(".groq-load select").focus()
    for _ in range(len(controls) + 50):
        number, is_seen = page.evaluate(FOCUSED)
        reached.add(number)
        if not is_seen and number >= 0:
            unseen.add(number)
        page.keyboard.press("Tab")
    missed = [each for at, each in enumerate(controls) if at not in reached]
    assert not missed, "\n".join(missed)
    assert not unseen, "\n".join(controls[at] for at in sorted(unseen))


@only_in_lab
def test_keys_move_in_our_controls_and_not_between_cells(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, ANSWER, PANEL, "print(settings.temperature)"])
    for cell in range(3):
        notebook.run_cell(cell)
    page, picker = notebook.page, notebook.picker(1)
    expect(picker).to_have_value("openai/gpt-oss-120b · 131k")
    notebook.panel("panel.content.activeCellIndex = 1")
    picker.focus()
    for key in ("ArrowDown", "x", "x", "o", "l"):
        page.keyboard.press(key)
    expect(picker).to_have_value("llama-3.1-8b-instant · 131k")
    pre = notebook.cell_output(1).locator("pre.groq-scrolls")
    pre.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(node) => node.scrollLeft > 0", arg=pre.element_handle())
    slider = notebook.cell_output(2).get_by_role("slider", name="Temperature")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(notebook.cell_output(2).get_by_label("Temperature").first).to_have_value("1.1")
    assert notebook.panel("panel.content.activeCellIndex") in {1, 2}
    assert notebook.panel("panel.content.widgets.length") == 4
    notebook.cell_output(1).get_by_role("button", name="Copy", exact=True).focus()
    page.keyboard.press("Space")
    expect(notebook.cell_output(1).get_by_role("button", name="Copied")).to_be_visible()
    # With a modifier a key is JupyterLab's: the next cell runs.
    picker.focus()
    notebook.panel("panel.content.activeCellIndex = 3")
    page.keyboard.press("Shift+Enter")
    expect(notebook.cell_output(3)).to_have_text("1.1")
