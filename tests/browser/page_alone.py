"""A page with nothing but an output and the session widget, under any manager."""

from __future__ import annotations

from typing import Any

from groq_magic.views.bar import Bar
from groq_magic.views.session_widget import SessionWidget
from groq_magic.views.slots import TOKEN, TOKEN_CLASS

SLOT = "groq-answer-1 groq-turn-a-1"
ANSWER = (
    '<div class="groq-answer"><div class="groq-text"><p>Hi.</p><pre>raw</pre></div>'
    f"{Bar('gpt-oss-120b', '318 tokens').html(SLOT)}</div>"
)
STREAM = (
    f'<div class="groq-answer"><div class="groq-slot-stream groq-doc-s1 {TOKEN_CLASS}">'
    "unfinished</div></div>"
)
# What an answer shows while it streams: its text is "answer s1".
ANSWER_OF_S1 = {
    "doc": "s1",
    "whole": True,
    "count": 1,
    "text": [["block", 0, "<p>answer s1</p>", "text"]],
    "reasoning": [],
    "show": {"figures": "1 s"},
}
# A manager with the models that are named; each view is an element with its model's name.
START = """async ({ code, html, known, context, canTell, docs, token }) => {
  document.body.innerHTML = html;
  window.known = new Set(known);
  window.sent = [];
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
  const figures = "318 tokens · 806 tok/s";
  const facts = { figures, copy: "Hi.", stale: "", answer: "groq-answer-1" };
  const state = {
    picker: "p1",
    token,
    present: {
      current: "gpt-oss-120b",
      key: { state: "no key yet", wanted: true },
      panel: "v1",
      turns: { "groq-turn-a-1": facts },
      docs,
    },
  };
  const model = {
    widget_manager: manager,
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off() {},
    send: (content) => window.sent.push(content),
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
        page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("http://127.0.0.1:9/")

    def start(
        self,
        html: str = ANSWER,
        known: tuple[str, ...] = ("p1",),
        context: Any = None,
        *,
        can_distinguish: bool = True,
        docs: tuple[dict[str, Any], ...] = (ANSWER_OF_S1,),
    ) -> None:
        given = {"html": html, "known": known, "context": context, "canTell": can_distinguish}
        given |= {"docs": docs, "token": TOKEN}
        self.page.evaluate(START, {"code": SessionWidget._esm, **given})

    @property
    def picker(self) -> Any:
        return self.page.locator(".groq-slot-picker")
