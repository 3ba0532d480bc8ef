import { Bar, PICKER } from "../../groq_magic/views/page/bars.mjs";
import { cellOf, notebookOf } from "./cells.mjs";
import { equal, page, test, until } from "./testing.mjs";

const ANSWER = `<div class="groq-answer">
  <div class="groq-slot-stale"></div><div class="groq-slot-reasoning"></div>
  <div class="groq-text"><p>Hi.</p><pre><code>x = 1\n</code></pre></div>
  <div class="groq-bar groq-turn-a-1"><span class="groq-slot-copy"></span>
  <span class="groq-facts">openai/gpt-oss-120b<span class="groq-slot-figures"> · 318 tokens</span></span>
  <span class="groq-slot-picker"></span><span class="groq-slot-quota"></span></div></div>`;
const FACTS = { copy: "Hi.", figures: "318 tokens · 806 tok/s", stale: "" };

function barOn(answer) {
  const shown = [];
  const session = { picker: "p1", showView: (slot, id, label) => shown.push([slot, id, label]) };
  return { bar: new Bar(answer.querySelector(".groq-bar"), session), shown };
}

function textOf(answer, name) {
  return answer.querySelector(`.groq-slot-${name}`).textContent;
}

test("a bar is filled, and gives its text back", () => {
  const answer = page(ANSWER);
  const before = answer.outerHTML;
  const { bar, shown } = barOn(answer);
  equal(shown, [[bar.slots.picker, "p1", PICKER]]);
  bar.update(FACTS);
  bar.showQuota("7,320 tokens left this minute");
  equal(
    ["copy", "figures", "quota"].map((name) => textOf(answer, name)),
    ["Copy", " · 318 tokens · 806 tok/s", "7,320 tokens left this minute"],
  );
  equal(answer.querySelectorAll(".groq-copy-code").length, 1);
  bar.restore();
  equal(answer.outerHTML, before);
});

test("its Copy button copies the answer's source", async () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  bar.update(FACTS);
  const copy = answer.querySelector(".groq-copy");
  copy.click();
  await until(() => copy.textContent === "Copied");
  equal(await navigator.clipboard.readText(), "Hi.");
});

test("without figures the line has no separator at its end", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  bar.update({ ...FACTS, figures: "" });
  equal(answer.querySelector(".groq-facts").textContent, "openai/gpt-oss-120b");
});

test("an answer that is out of date says so, and no more once it is not", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  bar.update({ ...FACTS, stale: "Cell 1 changed." });
  equal(textOf(answer, "stale"), "Cell 1 changed.");
  bar.update(FACTS);
  equal(textOf(answer, "stale"), "");
});

test("the reasoning is a fold, closed, and stays as the reader left it", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  const facts = { ...FACTS, reasoning: ["Reasoning, 3 s", "<p>Let me see.</p>"] };
  bar.update(facts);
  const fold = answer.querySelector("details");
  equal([fold.open, fold.textContent], [false, "Reasoning, 3 sLet me see."]);
  fold.open = true;
  bar.update(facts);
  equal([answer.querySelectorAll("details").length, fold.open], [1, true]);
});

test("only a slot with the session's token gets the button that replaces a cell", () => {
  const replacement = { cell: "b", name: "cell 3", before: "x", code: "y" };
  const slot = (token) => `<div class="groq-slot-replace groq-token-${token}"></div>`;
  const notebook = notebookOf([cellOf("x", undefined, "code", "b")]);
  for (const [token, count] of [
    ["mine", 1],
    ["other", 0],
  ]) {
    const answer = page(
      ANSWER.replace('<div class="groq-bar', `${slot(token)}<div class="groq-bar`),
    );
    const before = answer.outerHTML;
    const session = {
      token: ".groq-token-mine",
      showView: () => {},
      documentAt: (node) => answer.contains(node) && { model: notebook },
    };
    const bar = new Bar(answer.querySelector(".groq-bar"), session);
    bar.update({ ...FACTS, replacement });
    bar.update({ ...FACTS, replacement });
    equal(answer.querySelectorAll(".groq-replace").length, count);
    bar.update({ ...FACTS, replacement: null });
    equal(answer.querySelectorAll(".groq-replace").length, 0);
    bar.update({ ...FACTS, replacement });
    bar.restore();
    equal(answer.outerHTML, before);
  }
  equal(notebook.contentChanged.size(), 0);
});
