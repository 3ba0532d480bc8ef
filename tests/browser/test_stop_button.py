"""The Stop button's own code in a bare page: what a press sends, and what the button then says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from groq_magic.views.page_code import page_code
from groq_magic.views.slots import TOKEN, TOKEN_CLASS

CODE = page_code("session")
PLACE = f'<div class="groq-slot-stream groq-doc-s1 {TOKEN_CLASS}"></div>'

# An answer on a page, with `kernel` in the session's widget manager.
SHOWN = """async ([code, kernel, views, place, token]) => {
  const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const noted = (window.noted = []);
  const kernels = {
    heard: {
      clientId: "page-1",
      username: "someone",
      sendControlMessage: (message) =>
        message.content.hello || noted.push(["control", message]),
    },
    dead: { sendControlMessage: () => { throw new Error("Kernel is dead"); } },
    none: undefined,
  };
  const docs = [{ doc: "s1", whole: true, count: 1, text: [], reasoning: [], show: {} }];
  const present = { current: "m", panel: "", turns: {}, docs };
  const model = {
    get: (name) => ({ present, picker: "", token })[name],
    on: (event, receive) => {
      if (event === "msg:custom") window.tell = (message) => receive({ doc: "s1", ...message });
    },
    set() {},
    send: (content) => content.hello || noted.push(["comm", content]),
    widget_manager: { kernel: kernels[kernel], has_model: () => false },
  };
  document.body.innerHTML = place.repeat(views);
  module.default().initialize({ model });
}"""
RECEIVED = "tell({ count: 2, show: { stop: 'received' } })"
CONFIRMED_WITHIN = 2000  # ms


class AnswerPage:
    """A page that shows an answer; its clock stands still."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.clock.install(time=0)
        page.goto("about:blank")
        page.clock.pause_at(3_600_000)

    def show(self, kernel: str = "heard", views: int = 1) -> AnswerPage:
        self.page.evaluate(SHOWN, [CODE, kernel, views, PLACE, TOKEN])
        return self

    @property
    def button(self) -> Any:
        return self.page.locator(".groq-stop")

    def sent(self) -> list[Any]:
        noted: list[Any] = self.page.evaluate("noted")
        return noted


@pytest.fixture
def shown(lone_page: Any) -> AnswerPage:
    return AnswerPage(lone_page)


def test_a_press_goes_out_once_on_both_channels(shown: AnswerPage) -> None:
    shown.show().button.dispatch_event("pointerdown", {"button": 0})
    assert len(shown.sent()) == 2  # before the release: the button may move on with the text
    shown.button.dispatch_event("click")

    (comm, content), (control, message) = shown.sent()
    assert (comm, content) == ("comm", {"stop": "s1"})
    assert control == message["channel"] == "control"
    assert message["header"].pop("date").endswith("Z")
    assert message["header"].pop("msg_id").startswith("page-1_")
    assert message["header"] == {
        "msg_type": f"groq_session_{TOKEN}",
        "session": "page-1",
        "username": "someone",
        "version": "5.3",
    }
    assert message["content"] == {"stop": "s1"}
    assert [message[part] for part in ("parent_header", "metadata", "buffers")] == [{}, {}, []]
    expect(shown.button).to_have_text("Stopping")
    expect(shown.button).to_be_disabled()


def test_a_finger_that_goes_down_may_scroll_and_a_tap_stops(shown: AnswerPage) -> None:
    touch = {"button": 0, "pointerType": "touch"}
    shown.show().button.dispatch_event("pointerdown", touch)
    assert shown.sent() == []

    shown.button.dispatch_event("click")
    assert next(content for _, content in shown.sent()) == {"stop": "s1"}


def test_a_press_that_is_confirmed_says_stopping_for_as_long_as_it_takes(shown: AnswerPage) -> None:
    shown.show().button.press("Enter")
    shown.page.evaluate(RECEIVED)
    shown.page.clock.fast_forward(10 * CONFIRMED_WITHIN)

    expect(shown.button).to_have_text("Stopping")


@pytest.mark.parametrize("kernel", ["heard", "dead", "none"])
def test_a_press_that_nobody_confirms_names_the_toolbars_button(
    shown: AnswerPage, kernel: str
) -> None:
    shown.show(kernel).button.press("Enter")
    assert shown.sent()[0] == ["comm", {"stop": "s1"}]
    shown.page.clock.fast_forward(CONFIRMED_WITHIN - 1)
    expect(shown.button).to_have_text("Stopping")

    shown.page.clock.fast_forward(1)
    expect(shown.button).to_have_text("Stop with ■ in the toolbar")
    said = shown.page.locator(".groq-streaming").get_by_role("status")
    expect(said).to_have_text("Stop with ■ in the toolbar")

    # It was on its way all the same.
    shown.page.evaluate(RECEIVED)
    expect(shown.button).to_have_text("Stopping")


def test_a_press_in_one_view_shows_in_all(shown: AnswerPage) -> None:
    shown.show(views=2).button.last.press("Enter")

    expect(shown.button).to_have_text(["Stopping", "Stopping"])
    shown.button.first.dispatch_event("click")
    assert len(shown.sent()) == 2
    shown.page.clock.fast_forward(CONFIRMED_WITHIN)
    expect(shown.button).to_have_text(["Stop with ■ in the toolbar"] * 2)


def test_a_page_that_misses_messages_asks_for_the_whole_once_a_second(shown: AnswerPage) -> None:
    shown.show()
    for count in (3, 4, 5):
        shown.page.evaluate("(count) => tell({ count, show: {} })", count)
    assert [channel for channel, _ in shown.sent()] == ["comm", "control"]
    assert shown.sent()[0][1] == shown.sent()[1][1]["content"] == {"whole": "s1"}

    shown.page.clock.fast_forward(1000)
    shown.page.evaluate("tell({ count: 6, show: {} })")
    assert len(shown.sent()) == 4

    shown.page.evaluate("tell({ whole: true, count: 6, text: [], reasoning: [], show: {} })")
    shown.page.clock.fast_forward(1000)
    shown.page.evaluate("tell({ count: 7, show: { figures: '7 s' } })")
    assert len(shown.sent()) == 4
    expect(shown.page.locator(".groq-slot-figures")).to_have_text("7 s")
