"""Pages reloaded in mid-stream: page and file have every answer once the kernel is idle."""

from __future__ import annotations

import contextlib
import json
import random
from typing import Any

import lxml.html
import pytest
from playwright.sync_api import TimeoutError, expect  # noqa: A004 - Playwright's name

from tests.browser.kinds import only_in_lab
from tests.browser.notebook_page import PATIENCE, Notebook

# Lab looks for widgets while the kernel is busy, and says that it found none.
LOST = ("Comm not found for comm id", "widget model not found")
CELLS = ("%%groq\nslow", "%%groq\nquick", "print('before')\n%groq quick a\n%groq quick b")
ENDS = (["slow END"], ["quick END"], ["quick a END", "quick b END"])
MISSED = "import groq_magic; print(len(groq_magic.get_session().live.finished.missed()))"
TEXT = """([name, index]) => {
  const panel = [...window.jupyterapp.shell.widgets("main")].find(
    ({ context }) => context?.path === name,
  );
  return panel?.content?.widgets[index]?.node.querySelector(".jp-Cell-outputArea")?.innerText;
}"""
HAS = f"""([name, index, ends]) => {{
  const text = ({TEXT})([name, index]);
  return ends.every((end) => text?.includes(end));
}}"""


def begin(practice: Any, *, rate: int = 30, end: str = "END") -> str:
    asked = ("quick", "quick a", "quick b")
    practice.script(
        [
            {
                "match": "^slow$",
                "pieces": [*(f"word{number} " for number in range(60)), f"slow {end}"],
                "tokens_per_second": rate,
            },
            *(
                {"match": f"^{prompt}$", "reply": f"{prompt} {end}", "tokens_per_second": 0}
                for prompt in asked
            ),
            {"reply": "Nothing of the kind."},
        ]
    )
    return (
        f"import os; os.environ['GROQ_BASE_URL'] = {practice.url!r}\n"
        "os.environ['GROQ_API_KEY'] = 'gsk_browserTESTkey0123456789'\n%load_ext groq_magic"
    )


def expect_in_file(notebook: Notebook, answers: dict[int, list[str]]) -> None:
    """Wait until the file has exactly these answers in these cells."""

    def saved() -> dict[int, list[str]]:
        cells = json.loads(notebook.path.read_text())["cells"]
        texts = [
            ["".join(each.get("data", {}).get("text/plain", "")) for each in cell["outputs"]]
            for cell in cells
        ]
        return {
            index: [text[-len(end) :] for text, end in zip(texts[index], ends, strict=False)]
            + texts[index][len(ends) :]
            for index, ends in answers.items()
        }

    for _ in range(PATIENCE // 100):
        with contextlib.suppress(ValueError):  # it is just being written
            if saved() == answers:
                break
        notebook.page.wait_for_timeout(100)
    assert saved() == answers


def expect_on_page(notebook: Notebook, answers: dict[int, list[str]]) -> None:
    for index, ends in answers.items():
        try:
            notebook.page.wait_for_function(HAS, arg=[notebook.path.name, index, ends])
        except TimeoutError:
            text = notebook.page.evaluate(TEXT, [notebook.path.name, index])
            pytest.fail(f"Cell {index} shows {text!r}, without {ends}.")
        expect(notebook.cell_output(index).locator(".groq-answer")).to_have_count(len(ends))


def reload_until_missed(notebook: Notebook) -> None:
    """Reload the page, and run the cell `MISSED` until the page has looked for the answer's."""
    notebook.allow(*LOST)
    notebook.load().idle()
    for _ in range(PATIENCE // 100):
        notebook.run_cell(3)
        if notebook.cell_output(3).inner_text().strip() == "1":
            break


ANSWERS = dict(enumerate(ENDS, start=1))


def reload_at_a_random_moment(notebook: Notebook, saved: str, chance: random.Random) -> None:
    """Run all, reload while the first answer comes, and wait for page and file."""
    if saved == "before":
        notebook.save()
    notebook.run_all(wait=False)
    word = chance.randrange(25)
    expect(notebook.cell_output(1).locator(".groq-text")).to_contain_text(f"word{word} ")
    notebook.page.wait_for_timeout(chance.uniform(0, 200))
    if saved == "mid":
        notebook.save()
    notebook.allow(*LOST)
    notebook.load()
    expect_on_page(notebook, ANSWERS)
    expect_in_file(notebook, ANSWERS)
    notebook.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )


@pytest.mark.parametrize(
    ("jupyter", "saved"),
    [("lab", "mid"), ("lab", "former"), ("notebook", "before")],
    indirect=["jupyter"],
)
def test_every_answer_of_a_run_all_is_there_after_a_reload_in_the_first(
    jupyter: Any, practice: Any, saved: str
) -> None:
    notebook = jupyter.open([begin(practice), *CELLS])
    if saved == "former":
        begin(practice, rate=0, end="of a former run")
        notebook.run_all()
        notebook.save()
        begin(practice)
    reload_at_a_random_moment(notebook, saved, random.Random(saved))  # noqa: S311 - a test's choice
    expect(notebook.bars().first.get_by_label("Model of the next ask")).to_be_visible()
    expect(notebook.cell_output(1).locator(".groq-text")).to_contain_text("word0 word1 ")


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("jupyter", ["lab", "notebook"], indirect=True)
def test_a_page_reloaded_at_any_moment_has_the_answers(
    jupyter: Any, practice: Any, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    notebook = jupyter.open([begin(practice), *CELLS])
    reload_at_a_random_moment(notebook, chance.choice(["before", "mid"]), chance)


@only_in_lab
def test_a_page_reloaded_before_it_saved_an_answer_saves_it(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice, rate=200), *CELLS])
    notebook.save()
    notebook.run_all()
    expect_on_page(notebook, ANSWERS)
    notebook.load()
    expect_on_page(notebook, ANSWERS)
    expect_in_file(notebook, ANSWERS)


@only_in_lab
def test_an_answer_whose_cell_was_never_saved_is_named_once(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice), "%%groq\nanything", "%%groq\nanything else", MISSED])
    notebook.run_cell(0)
    notebook.save()
    notebook.panel("panel.content.activeCellIndex = 0")
    notebook.command("notebook:insert-cell-below")
    notebook.panel("panel.content.activeCell.model.sharedModel.setSource('%%groq\\nslow')")
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("word9 ")

    reload_until_missed(notebook)
    expect(notebook.page.locator(".jp-Notebook .groq-answer")).to_have_count(0)
    notebook.run_cell(1)
    expect(notebook.cell_output(1)).to_contain_text("The page was reloaded and lacks an answer.")
    expect(notebook.cell_output(1)).to_contain_text("Nothing of the kind.")
    notebook.run_cell(2)
    expect(notebook.cell_output(2)).to_contain_text("Nothing of the kind.")
    expect(notebook.cell_output(2)).not_to_contain_text("lacks an answer")


@only_in_lab
def test_a_prompt_whose_edit_was_lost_keeps_its_own_answer(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice), "%%groq\nquick", "%%groq\nanything", MISSED])
    notebook.run_all()
    saved = notebook.save()
    notebook.panel("panel.content.widgets[1].model.sharedModel.setSource('%%groq\\nslow')")
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("word9 ")
    reload_until_missed(notebook)
    expect(notebook.cell_output(1)).to_contain_text("quick END")
    assert json.loads(notebook.path.read_text()) == saved
    notebook.run_cell(2)
    expect(notebook.cell_output(2)).to_contain_text("The page was reloaded and lacks an answer.")

    # Copy, figures and reasoning of the other answer are not here.
    expect(notebook.picker(2)).to_be_visible()
    (shown,) = saved["cells"][1]["outputs"]
    (bar,) = lxml.html.fromstring("".join(shown["data"]["text/html"])).find_class("groq-bar")
    expect(notebook.cell_output(1).locator(".groq-bar")).to_have_text(bar.text_content())
    expect(notebook.cell_output(1).get_by_role("button")).to_have_count(0)
    notebook.run_cell(1)
    notebook.cell_output(1).get_by_role("button", name="Copy").press("Enter")
    expect(notebook.cell_output(1).get_by_role("button", name="Copied")).to_be_visible()
    assert notebook.page.evaluate("navigator.clipboard.readText()") == "quick END"


@only_in_lab
def test_a_page_that_stays_writes_and_saves_nothing(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice, rate=200), *CELLS])
    before = notebook.path.read_text()
    notebook.page.evaluate(
        """() => {
          window.written = [];
          const { context } = window.jupyterapp.shell.currentWidget;
          for (const cell of context.model.cells)
            for (const name of ["set", "add", "fromJSON"]) {
              const own = cell.outputs[name];
              cell.outputs[name] = function (...given) {
                if (new Error().stack.includes("WriteBack")) window.written.push(name);
                return own.apply(this, given);
              };
            }
        }"""
    )
    notebook.run_all()
    expect_on_page(notebook, ANSWERS)
    notebook.page.wait_for_timeout(500)  # more than the page waits before it asks for an output
    assert notebook.page.evaluate("window.written") == []
    assert notebook.path.read_text() == before


STREAMED = "[...panel.context.model.cells].map((cell) => cell.outputs.length)"


def stream_slowly(jupyter: Any, practice: Any) -> Notebook:
    """Return a saved notebook in which an answer streams in cell 1, a second or two more."""
    notebook: Notebook = jupyter.open([begin(practice), "%%groq\nslow", "%%groq\nquick"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("word9 ")
    notebook.save()
    notebook.allow(*LOST)
    return notebook


@only_in_lab
def test_a_notebook_renamed_in_mid_stream_has_the_answer_after_a_reload(
    jupyter: Any, practice: Any
) -> None:
    notebook = stream_slowly(jupyter, practice)
    renamed = notebook.path.with_stem(f"{notebook.path.stem}-renamed")
    notebook.panel(f"panel.context.rename({json.dumps(renamed.name)}).then(() => null)")
    notebook.path = renamed
    notebook.load()

    expect_on_page(notebook, {1: ENDS[0]})
    expect_in_file(notebook, {1: ENDS[0], 2: []})


@only_in_lab
def test_an_answer_whose_cell_was_deleted_in_mid_stream_goes_into_no_other(
    jupyter: Any, practice: Any
) -> None:
    notebook = stream_slowly(jupyter, practice)
    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.command("notebook:delete-cell")
    notebook.save()
    notebook.idle()
    assert notebook.panel(STREAMED) == [1, 0]
    notebook.load()
    notebook.idle()
    notebook.run_cell(1)  # until then the page has looked for the cell
    expect_on_page(notebook, {1: ENDS[1]})
    assert notebook.panel(STREAMED) == [1, 1]


@only_in_lab
def test_a_second_page_of_the_notebook_leaves_page_and_file_alone(
    jupyter: Any, practice: Any
) -> None:
    notebook = jupyter.open([begin(practice), *CELLS])
    notebook.run_cell(0)
    before = json.dumps(notebook.save())
    page = notebook.page.context.new_page()
    try:
        other = Notebook(notebook.server, page, notebook.path).load()
        other.page.wait_for_function("() => document.querySelector('.groq-load select')")
        notebook.run_all()
        expect_on_page(notebook, ANSWERS)
        notebook.page.wait_for_timeout(500)  # more than a page waits before it asks for an output
        assert other.panel(STREAMED) == [1, 0, 0, 0]
        assert json.dumps(json.loads(notebook.path.read_text())) == before
        assert notebook.panel(STREAMED) == [1, 1, 1, 3]

        # The first page is reloaded: it alone has missed nothing that it could not get back.
        notebook.load()
        expect_on_page(notebook, ANSWERS)
    finally:
        page.close()


@only_in_lab
def test_a_page_that_an_update_did_not_reach_asks_for_the_output(
    jupyter: Any, practice: Any
) -> None:
    lose = "import groq_magic.views.answer as a; a.update_display = lambda *_, **__: None"
    notebook = jupyter.open([f"{begin(practice, rate=200)}\n{lose}", *CELLS])
    notebook.run_all()
    expect_on_page(notebook, ANSWERS)
    assert notebook.panel(STREAMED) == [1, 1, 1, 3]
