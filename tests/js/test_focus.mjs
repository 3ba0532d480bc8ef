import { startKeepingFocus } from "../../groq_magic/views/page/focus.mjs";
import { newModel } from "./model.mjs";
import { equal, page, test } from "./testing.mjs";

const STREAMING = `<div class="jp-OutputArea"><div class="groq-answer">
  <div class="groq-doc-a"><button class="groq-stop">Stop</button></div></div></div><input>`;
const FINISHED = '<div class="groq-answer"><button class="groq-copy">Copy</button></div>';

/** Show an answer that streams, with the focus on an element; return what ends it. */
function streaming(selector) {
  const output = page(STREAMING);
  const model = newModel();
  const end = startKeepingFocus(model);
  document.querySelector(selector).focus();
  const finish = (html, slot = "a") => {
    model.receive({ ended: slot, how: "complete" });
    output.innerHTML = html;
  };
  return { output, finish, end, model };
}

const focused = () => document.activeElement.className || document.activeElement.localName;
const soon = () => new Promise((done) => setTimeout(done, 20));

test("the focus stays in the output, on no button", async () => {
  const { output, finish, end } = streaming(".groq-stop");
  finish(FINISHED);
  await soon();
  equal(document.activeElement, output);
  end();
});

test("an output that has lost the focus can't be focused any more", () => {
  const { output, finish, end } = streaming(".groq-stop");
  finish(FINISHED);
  document.querySelector("input").focus();
  equal([focused(), output.hasAttribute("tabindex")], ["input", false]);
  end();
});

test("a focus elsewhere stays there", async () => {
  const { finish, end } = streaming("input");
  finish(FINISHED);
  await soon();
  equal(focused(), "input");
  end();
});

test("the end of another answer moves nothing", async () => {
  const { finish, end } = streaming(".groq-stop");
  finish(FINISHED, "b");
  await soon();
  equal(focused(), "body");
  end();
});

test("after its end nothing listens", async () => {
  const { finish, end, model } = streaming(".groq-stop");
  end();
  finish(FINISHED);
  await soon();
  equal([focused(), model.listeners()], ["body", 0]);
});
