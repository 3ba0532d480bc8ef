"""Nothing that a model writes acts: hostile answers in a real Chromium, in every form we show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from groq_magic.rendering import MarkdownStream, safe_markdown, to_html
from groq_magic.views.page_code import page_code
from tests.browser.kinds import mostly_in_lab

PAYLOADS: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[1] / "payloads.json").read_text("utf-8")
)

# Puts HTML into the page as Lab and our widget do, stirs it as a reader might,
# and returns what is dangerous in the DOM.
STIR = """
(html) => {
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const template = document.createElement("template");
  template.innerHTML = html;
  root.append(document.importNode(template.content, true));
  const bad = [];
  const forbidden = "script,iframe,frame,object,embed,applet,form,textarea,select,button,svg,style,"
    + "link,meta,base,template,noscript,audio,video,source,track,canvas,dialog,portal,marquee,"
    + "input:not([type=checkbox][disabled]),maction,annotation-xml,semantics,[id],[name],[srcset],"
    + "[action],[formaction],[background],[contenteditable],[autofocus],"
    + ":is([class^=groq-],[class*=' groq-']):not(:is(th,td)[class=groq-long])";
  for (const node of root.querySelectorAll(forbidden)) bad.push(node.outerHTML.slice(0, 200));
  for (const node of root.querySelectorAll("*")) {
    for (const { name, value } of node.attributes) {
      if (name.startsWith("on")) bad.push(`${name}=${value}`);
      if (/href|src|cite|poster|data$/.test(name)) {
        const link = name === "href" && /^(https?:|mailto:|#)/.test(value);
        const image = name === "src" && /^data:image\\/(png|jpeg|gif|webp);base64,/.test(value);
        if (!link && !image) bad.push(`${name}=${value}`);
      }
      const code = node.tagName === "PRE" && value === "padding-left: 10px; margin-bottom: 1em";
      if (name === "style" && !code && !/^text-align: ?(start|left|right|center);?$/.test(value))
        bad.push(`style=${value}`);
    }
    for (const type of ["click", "mouseover", "focus", "toggle", "load", "error", "scroll",
        "animationstart", "pointerenter", "input", "beforeinput"])
      if (!(type === "click" && node.tagName === "A")) node.dispatchEvent(new Event(type));
  }
  return bad;
}
"""


STIR_ALL = f"(pieces) => pieces.flatMap({STIR})"

KEEPING = page_code("interrupted")

# What the page keeps of an answer whose kernel has gone: it is saved, and shown as it is.
KEPT = """([code, pieces]) => {
  const interrupted = new Function(`${code}; return interrupted;`)();
  return pieces.map((html) => {
    const text = document.createElement("div");
    text.className = "groq-text";
    const template = document.createElement("template");
    template.innerHTML = html;
    text.append(document.importNode(template.content, true));
    const read = new DOMParser().parseFromString(interrupted(text), "text/html");
    return read.querySelector(".groq-text").innerHTML;
  });
}"""


class WatchedPage:
    """A blank page that notes every dialog, every request and every message."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.noted: list[str] = []
        self.page.route("**/*", self._serve)
        self.page.goto("http://127.0.0.1:9/")
        self.noted.clear()
        self.page.on("dialog", lambda dialog: (self._note("dialog"), dialog.dismiss()))
        self.page.on("framenavigated", lambda _frame: self._note("navigated"))
        self.page.on("popup", lambda _page: self._note("popup"))

    def until_quiet(self) -> None:
        """Wait until all that was asked for before has been answered, and has had its effects."""
        self.page.evaluate(
            """() => new Promise((done) => {
              const last = new Image();
              last.onerror = () => setTimeout(done, 0);
              last.src = "http://127.0.0.1:9/last";
            })"""
        )
        self.noted.remove("asked for http://127.0.0.1:9/last")

    def _serve(self, route: Any) -> None:
        self._note(f"asked for {route.request.url}")
        route.fulfill(body="<!doctype html><title>watched</title>", content_type="text/html")

    def _note(self, what: str) -> None:
        self.noted.append(what)


@pytest.fixture(scope="module")
def watched(browser: Any) -> Any:
    page = WatchedPage(browser)
    yield page
    page.context.close()


@pytest.mark.parametrize("family", PAYLOADS)
def test_a_hostile_answer_does_nothing_in_any_form(family: str, watched: Any) -> None:
    found: dict[str, list[str]] = {}
    for payload in PAYLOADS[family]:
        bad = watched.page.evaluate(STIR_ALL, _forms(payload))
        if bad or watched.noted:
            found[payload] = bad + watched.noted
            watched.noted.clear()
    watched.until_quiet()
    assert found == {}
    assert watched.noted == []


def test_the_check_itself_sees_what_is_dangerous(watched: Any) -> None:
    bad = watched.page.evaluate(STIR, "<img src=x onerror=alert(1)><a href='javascript:1'>x</a>")
    watched.until_quiet()
    noted = list(watched.noted)
    watched.noted.clear()
    assert [each.partition("=")[0] for each in bad] == ["src", "onerror", "href"]
    assert any(each.startswith("asked for") for each in noted)
    assert "dialog" in noted


@pytest.mark.parametrize("family", PAYLOADS)
def test_a_hostile_answer_does_nothing_when_the_page_keeps_what_came(
    family: str, watched: Any
) -> None:
    found: dict[str, list[str]] = {}
    for payload in PAYLOADS[family]:
        kept = watched.page.evaluate(KEPT, [KEEPING, _forms(payload)])
        bad = watched.page.evaluate(STIR_ALL, kept)
        if bad or watched.noted:
            found[payload] = bad + watched.noted
            watched.noted.clear()
    watched.until_quiet()
    assert found == {}
    assert watched.noted == []


def test_html_that_reads_back_as_something_else_is_kept_as_text(watched: Any) -> None:
    # A paragraph in a paragraph: the DOM can hold it, HTML can't.
    nested = "<b>bold</b><span class=outer></span>"
    (kept,) = watched.page.evaluate(KEPT, [KEEPING, [nested]])
    assert kept == '<b>bold</b><span class="outer"></span>'
    grown = """([code, html]) => {
      const text = document.createElement("div");
      text.className = "groq-text";
      const [outer, inner] = [document.createElement("p"), document.createElement("p")];
      inner.textContent = "<inner>";
      outer.append("outer ", inner);
      text.append(outer);
      document.body.replaceChildren(text);
      const kept = new Function(`${code}; return interrupted;`)()(text);
      const read = new DOMParser().parseFromString(kept, "text/html");
      return read.querySelector(".groq-text").innerHTML;
    }"""
    kept = watched.page.evaluate(grown, [KEEPING, ""])
    assert kept.startswith("<pre>outer")
    assert "&lt;inner&gt;" in kept


@pytest.mark.parametrize("family", PAYLOADS)
def test_the_text_around_a_hostile_piece_is_still_seen(family: str, watched: Any) -> None:
    hidden = []
    for payload in PAYLOADS[family]:
        html = to_html(f"text before\n\n{payload}\n\ntext after")
        watched.page.evaluate(STIR, html)
        seen = watched.page.locator("body").text_content()
        if "text before" not in seen or ("text after" not in seen and "<!--" not in payload):
            hidden.append(payload)
    assert hidden == []


@mostly_in_lab
def test_a_hostile_answer_does_nothing_in_a_notebook(jupyter: Any, practice: Any) -> None:
    every = [payload for family in PAYLOADS.values() for payload in family]
    practice.script([{"match": None, "reply": "\n\n".join(["# Hostile", *every, "The end."])}])
    begin = f"import os\nos.environ['GROQ_BASE_URL'] = {practice.url!r}\n"
    begin += "os.environ['GROQ_API_KEY'] = 'gsk_browserTESTkey0123456789'\n%load_ext groq_magic"
    notebook = jupyter.open([begin, "%%groq\nattack", "%groq_history"])
    notebook.page.evaluate("() => { window.alert = () => { window.fired = true } }")

    notebook.run_all()
    notebook.idle()
    notebook.page.wait_for_timeout(500)

    assert notebook.page.evaluate("window.fired ?? false") is False
    assert "Hostile" in notebook.cell_output(1).inner_text()
    found = notebook.cell_output(1).locator(
        ".groq-text :is(script, iframe, object, embed, form, svg, style, link, meta, base)"
    )
    # What MathJax draws for a formula is its own.
    own = found.locator("xpath=self::*[not(ancestor::*[local-name()='mjx-container'])]")
    assert own.count() == 0


def _forms(payload: str) -> list[str]:
    """Every HTML that a front end may come to show for it: settled, streamed, and as Markdown."""
    stream = MarkdownStream()
    frames = []
    step = max(1, len(payload) // 12)
    for at in range(0, len(payload), step):
        stream.feed(payload[at : at + step])
        frames.append(stream.html())
    stream.finish()
    # Markdown sinks draw raw HTML: what we hand to them must hold none.
    options = Options.CMARK_OPT_UNSAFE
    sink = cmarkgfm.github_flavored_markdown_to_html(safe_markdown(payload), options)
    return [to_html(payload), *frames, stream.html(), sink]
