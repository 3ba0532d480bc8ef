"""The session widget's JavaScript on a bare page, under managers unlike JupyterLab's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from groq_magic.views.bar import Bar
from groq_magic.views.slots import SlotsWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOT = "groq-turn-a-1"
ANSWER = (
    '<div class="groq-answer"><div class="groq-text"><p>Hi.</p><pre>raw</pre></div>'
    f"{Bar('gpt-oss-120b', 318).html(SLOT)}</div>"
)
STREAM = (
    '<div class="groq-answer"><div class="groq-slot-stream groq-stream-s1">unfinished</div></div>'
)
# A manager with the models that are named; each view is an element with its model's name.
START = """async ({ code, html, known, context, canTell }) => {
  document.body.innerHTML = html;
  window.known = new Set(known);
  const listeners = {};
  const manager = {
    context,
    async get_model(id) {
      if (!window.known.has(id)) throw Error("widget model not found");
      return id;
    },
    async create_view(id) {
      const el = document.createElement("span");
      el.className = "view";
      el.textContent = `view of ${id}`;
      return { el, trigger() {}, remove: () => el.remove() };
    },
  };
  if (canTell) manager.has_model = (id) => window.known.has(id);
  const facts = { figures: "318 tokens · 806 tok/s", copy: "Hi.", stale: "" };
  const state = {
    picker: "p1",
    present: { current: "gpt-oss-120b", panel: "", turns: { "groq-turn-a-1": facts } },
  };
  const model = {
    widget_manager: manager,
    get: (name) => state[name],
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off() {},
    send() {},
  };
  window.fire = (event, content) => listeners[event].forEach((each) => each(content));
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  window.end = widget().initialize({ model });
}"""


class Bare:
    """A page with nothing but an output and the session widget."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("http://127.0.0.1:9/")

    def start(
        self,
        html: str = ANSWER,
        known: tuple[str, ...] = ("p1", "s1"),
        context: Any = None,
        *,
        can_tell: bool = True,
    ) -> None:
        told = {"html": html, "known": known, "context": context, "canTell": can_tell}
        self.page.evaluate(START, {"code": SlotsWidget._esm, **told})

    @property
    def picker(self) -> Any:
        return self.page.locator(".groq-slot-picker")


@pytest.fixture
def bare(browser: Any) -> Iterator[Bare]:
    context = browser.new_context()
    bare = Bare(context.new_page())
    yield bare
    context.close()
    assert bare.errors == []


@pytest.mark.parametrize("context", [None, {}, {"sessionContext": None}, {"path": "a.ipynb"}])
def test_slots_are_filled_on_a_page_without_notebook_panels(bare: Bare, context: Any) -> None:
    bare.start(context=context)

    expect(bare.picker).to_have_text("view of p1")
    expect(bare.page.locator(".groq-slot-figures")).to_have_text("318 tokens · 806 tok/s")
    bare.page.evaluate("window.end()")
    expect(bare.page.locator(".groq-bar")).to_have_text("gpt-oss-120b · 318 tokens")


@pytest.mark.parametrize("can_tell", [True, False])
def test_a_missing_picker_leaves_the_models_name(bare: Bare, can_tell: bool) -> None:  # noqa: FBT001 - a case
    bare.start(known=(), can_tell=can_tell)

    expect(bare.page.locator(".groq-slot-figures")).to_have_text("318 tokens · 806 tok/s")
    expect(bare.picker).to_have_text("gpt-oss-120b")


def test_a_picker_that_comes_later_is_shown_then(bare: Bare) -> None:
    bare.start(known=())
    expect(bare.picker).to_have_text("gpt-oss-120b")

    bare.page.evaluate("window.known.add('p1'); window.fire('msg:custom', {})")

    expect(bare.picker).to_have_text("view of p1")


def test_a_stream_shows_its_model_and_else_what_was_saved(bare: Bare) -> None:
    bare.start(html=STREAM + STREAM.replace("s1", "gone"))

    expect(bare.page.locator(".groq-stream-s1")).to_have_text("view of s1")
    expect(bare.page.locator(".groq-stream-gone")).to_have_text("unfinished")


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

    expect(bare.page.locator(".groq-bar")).to_have_text(["gpt-oss-120b · 318 tokens"] * 2)
    # No other session shows the answers, and this one has their model: they have one kernel.
    expect(bare.page.locator(".groq-slot-stream")).to_have_text(["view of s1"] * 2)


def test_an_answer_of_another_kernel_is_not_shown(bare: Bare) -> None:
    bare.start(html=f'<div class="jp-NotebookPanel">{STREAM}</div>', known=("p1",), context={})

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
    expect(bare.page.locator("#two .groq-slot-picker")).to_have_text("gpt-oss-120b")
