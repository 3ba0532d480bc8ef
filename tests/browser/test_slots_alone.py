"""The session widget's JavaScript on a bare page, with widget managers unlike JupyterLab's."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from groq_magic.views.slots import TOKEN_CLASS
from tests.browser.page_alone import ANSWER, STREAM, Bare

COUNT_FILLS = """() => {
  window.fills = 0;
  const find = Document.prototype.querySelectorAll;
  Document.prototype.querySelectorAll = function (selector) {
    fills += selector.startsWith(".groq-slot-stream");
    return find.call(this, selector);
  };
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def bare(lone_page: Any) -> Bare:
    return Bare(lone_page)


@pytest.mark.parametrize("context", [None, {}, {"sessionContext": None}, {"path": "a.ipynb"}])
def test_slots_are_filled_on_a_page_without_notebook_panels(bare: Bare, context: Any) -> None:
    bare.start(context=context)

    expect(bare.picker).to_have_text("view of p1")
    expect(bare.page.locator(".groq-slot-figures")).to_have_text("· 318 tokens · 806 tok/s")
    bare.page.evaluate("window.end()")
    expect(bare.page.locator(".groq-bar")).to_have_text("gpt-oss-120b · 318 tokens")


@pytest.mark.parametrize("can_distinguish", [True, False])
def test_a_missing_picker_leaves_its_place_empty(bare: Bare, can_distinguish: bool) -> None:  # noqa: FBT001 - a case
    bare.start(known=(), can_distinguish=can_distinguish)

    expect(bare.page.locator(".groq-slot-figures")).to_have_text("· 318 tokens · 806 tok/s")
    expect(bare.picker).to_be_empty()


def test_a_picker_that_comes_later_is_shown_then(bare: Bare) -> None:
    bare.start(known=())
    expect(bare.picker).to_be_empty()

    bare.page.evaluate("window.known.add('p1'); window.fire('msg:custom', {})")

    expect(bare.picker).to_have_text("view of p1")


def test_an_answer_streams_in_its_place_and_others_keep_what_was_saved(bare: Bare) -> None:
    bare.start(html=STREAM + STREAM.replace("doc-s1", "doc-gone"))

    text = bare.page.locator(".groq-doc-s1 .groq-text")
    expect(text).to_have_text("answer s1")
    expect(bare.page.locator(".groq-doc-s1 .groq-slot-picker")).to_have_text("view of p1")
    expect(bare.page.locator(".groq-doc-gone")).to_have_text("unfinished")
    assert bare.page.evaluate("sent") == [{"hello": {"notebook": None, "missing": ["notebook"]}}]

    bare.page.evaluate(
        """fire("msg:custom", { doc: "s1", count: 2, text: [
          ["block", 0, "<p>answer s1, whole</p>", "text"]] })"""
    )
    expect(text).to_have_text("answer s1, whole")
    bare.page.evaluate("window.end()")
    expect(bare.page.locator(".groq-doc-s1")).to_have_text("unfinished")


def test_places_without_the_sessions_token_are_not_filled(bare: Bare) -> None:
    html = STREAM + (
        f'<div class="groq-slot-panel {TOKEN_CLASS}">Model: m</div>'
        f'<div class="groq-load"><span class="groq-slot-picker {TOKEN_CLASS}">m</span></div>'
        f'<span class="groq-slot-key {TOKEN_CLASS}">saved</span>'
    )
    foreign = html.replace(TOKEN_CLASS, "groq-token-0123456789abcdef")
    both = f'<div id="own">{html}</div><div id="foreign">{foreign}</div>'
    bare.start(html=both, known=("p1", "v1"))

    for selector, own, other in (
        (".groq-slot-stream .groq-text", ["answer s1"], []),
        (".groq-slot-panel", ["view of v1"], ["Model: m"]),
        (".groq-load .groq-slot-picker", ["view of p1"], ["m"]),
        (".groq-slot-key", ["no key yet · Enter key"], ["saved"]),
    ):
        expect(bare.page.locator(f"#own {selector}")).to_have_text(own)
        expect(bare.page.locator(f"#foreign {selector}")).to_have_text(other)
    expect(bare.page.locator("#foreign .groq-slot-stream")).to_have_text("unfinished")


def test_each_of_three_views_is_whole_also_one_that_opens_after_another_was_closed(
    bare: Bare,
) -> None:
    places = "".join(f'<div class="view{n}"></div>' for n in range(3))
    bare.start(html=places)
    show = "([n, html]) => { document.querySelector(`.view${n}`).innerHTML = html; }"
    grow = """(count) => fire("msg:custom", { doc: "s1", count,
      text: [["block", count - 1, `<p>block ${count}</p>`, "text"]] })"""
    texts = bare.page.locator(".groq-streaming .groq-text")

    bare.page.evaluate(show, [0, STREAM])
    bare.page.evaluate(show, [1, STREAM])
    expect(texts).to_have_text(["answer s1"] * 2)
    bare.page.evaluate(grow, 2)
    bare.page.evaluate(show, [0, ""])
    expect(texts).to_have_count(1)
    bare.page.evaluate(grow, 3)
    bare.page.evaluate(show, [2, STREAM])

    expect(texts).to_have_text(["answer s1block 2block 3"] * 2)
    bare.page.evaluate(grow, 4)
    expect(texts).to_have_text(["answer s1block 2block 3block 4"] * 2)


def test_a_place_that_leaves_the_document_and_comes_back_is_whole(bare: Bare) -> None:
    bare.start(html=STREAM)
    text = bare.page.locator(".groq-streaming .groq-text")
    expect(text).to_have_text("answer s1")
    # As Lab does with cells that are out of sight.
    bare.page.evaluate("window.cell = document.querySelector('.groq-answer'); cell.remove()")
    bare.page.wait_for_function("() => cell.textContent === 'unfinished'")
    bare.page.evaluate(
        """fire("msg:custom",
          { doc: "s1", count: 2, text: [["block", 1, "<p>more</p>", "text"]] })"""
    )
    bare.page.evaluate("document.body.append(cell)")

    expect(text).to_have_text("answer s1more")


def test_the_last_drawing_stays_until_the_finished_output_takes_its_place(bare: Bare) -> None:
    bare.start(html=STREAM)
    bare.page.evaluate("""fire("msg:custom", { ended: "s1", how: "complete" })""")

    expect(bare.page.locator(".groq-streaming .groq-text")).to_have_text("answer s1")
    expect(bare.page.locator(".groq-stop")).to_be_disabled()
    bare.page.evaluate("document.querySelector('.groq-answer').innerHTML = 'finished'")
    expect(bare.page.locator(".groq-answer")).to_have_text("finished")
    bare.page.evaluate(FRAMES)
    # The page has forgotten it: a copy of the place shows nothing of it.
    bare.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", STREAM)
    bare.page.evaluate(FRAMES)
    expect(bare.page.locator(".groq-slot-stream")).to_have_text("unfinished")


def test_the_page_is_looked_through_once_a_frame_and_not_for_what_we_draw(bare: Bare) -> None:
    bare.start(html=STREAM + '<div id="elsewhere"></div>')
    bare.page.evaluate(FRAMES)
    bare.page.evaluate(COUNT_FILLS)
    for count in range(2, 30):
        bare.page.evaluate(
            """(count) => fire("msg:custom", { doc: "s1", count, show: { figures: `${count} s` },
              text: [["block", count - 1, `<p>block ${count}</p>`, "text"]] })""",
            count,
        )
        # What Lab draws elsewhere while the kernel is busy is no reason either.
        bare.page.evaluate("(n) => (document.querySelector('#elsewhere').textContent = n)", count)
    bare.page.evaluate(FRAMES)
    assert bare.page.evaluate("fills") == 0

    bare.page.evaluate(
        """async (html) => {
          for (let n = 0; n < 20; n++) {
            document.querySelector("#elsewhere").insertAdjacentHTML("beforeend", html);
            await null;
          }
        }""",
        STREAM,
    )
    expect(bare.page.locator(".groq-streaming")).to_have_count(21)
    assert bare.page.evaluate("fills") <= 2


@pytest.mark.parametrize("context", [None, {"path": "other.ipynb"}])
def test_a_notebooks_panel_is_not_another_sessions(bare: Bare, context: Any) -> None:
    tabs = (
        '<div data-id="one" title="Name: a.ipynb\nPath: a.ipynb"></div>'
        '<div data-id="two" title="Name: a.ipynb\nPath: my other.ipynb"></div>'
    )
    panels = "".join(
        f'<div class="jp-NotebookPanel" id="{each}">{ANSWER}{STREAM}</div>'
        for each in ("one", "two")
    )
    bare.start(html=tabs + panels, context=context)
    bare.page.evaluate("window.fire('msg:custom', { current: 'another' })")

    bars = bare.page.locator(".groq-answer > .groq-bar")
    expect(bars).to_have_text(["gpt-oss-120b · 318 tokens"] * 2)
    # No other session shows the answers, and this one has them: they have one kernel.
    expect(bare.page.locator(".groq-slot-stream .groq-text")).to_have_text(["answer s1"] * 2)


def test_an_answer_of_another_kernel_is_not_shown(bare: Bare) -> None:
    bare.start(html=f'<div class="jp-NotebookPanel">{STREAM}</div>', context={}, docs=())

    expect(bare.page.locator(".groq-slot-stream")).to_have_text("unfinished")


@pytest.mark.parametrize(
    "title", ["Name: a.ipynb\nPath: d/a.ipynb", "名称：a.ipynb\n路径：d/a.ipynb"]
)
def test_a_panel_is_known_by_its_tabs_path_in_any_language(bare: Bare, title: str) -> None:
    other = "Name: a.ipynb\nPath: a.ipynb"
    tabs = f'<div data-id="one" title="{title}"></div><div data-id="two" title="{other}"></div>'
    panels = "".join(
        f'<div class="jp-NotebookPanel" id="{each}">{ANSWER}</div>' for each in ("one", "two")
    )
    bare.start(html=tabs + panels, context={"path": "d/a.ipynb"})

    expect(bare.page.locator("#one .groq-slot-picker")).to_have_text("view of p1")
    expect(bare.page.locator("#two .groq-slot-picker")).to_be_empty()
