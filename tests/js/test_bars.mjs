import { Bar, isNamed, PICKER } from "../../groq_magic/views/page/bars.mjs";
import { equal, page, test } from "./testing.mjs";

const ANSWER = `<div class="groq-answer">
  <div class="groq-slot-reasoning"></div>
  <div class="groq-text"><p>Hi.</p><pre><code>x = 1\n</code></pre></div>
  <div class="groq-bar groq-turn-a-1"><span class="groq-slot-picker">gpt-oss-120b</span>
  <span class="groq-slot-copy"></span><span class="groq-slot-figures">318 tokens</span>
  <span class="groq-slot-quota"></span><span class="groq-slot-stale"></span></div></div>`;
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
  bar.update(FACTS, "openai/gpt-oss-120b", "7,320 left this minute");
  equal(
    ["copy", "figures", "quota"].map((name) => textOf(answer, name)),
    ["Copy", "318 tokens · 806 tok/s", "7,320 left this minute"],
  );
  equal(answer.querySelectorAll(".groq-copy-code").length, 1);
  bar.restore();
  equal(answer.outerHTML, before);
});

test("the figures name the model that answered where the picker names another", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  bar.update(FACTS, "llama-3.1-8b-instant", "");
  equal(textOf(answer, "figures"), "gpt-oss-120b · 318 tokens · 806 tok/s");
});

test("an answer that is out of date says so, and no more once it is not", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  bar.update({ ...FACTS, stale: "Cell 1 changed." }, "gpt-oss-120b", "");
  equal(textOf(answer, "stale"), "Cell 1 changed.");
  bar.update(FACTS, "gpt-oss-120b", "");
  equal(textOf(answer, "stale"), "");
});

test("the reasoning is a fold, closed, and stays as the reader left it", () => {
  const answer = page(ANSWER);
  const { bar } = barOn(answer);
  const facts = { ...FACTS, thought: ["Reasoning, 3 s", "<p>Let me see.</p>"] };
  bar.update(facts, "gpt-oss-120b", "");
  const fold = answer.querySelector("details");
  equal([fold.open, fold.textContent], [false, "Reasoning, 3 sLet me see."]);
  fold.open = true;
  bar.update(facts, "gpt-oss-120b", "");
  equal([answer.querySelectorAll("details").length, fold.open], [1, true]);
});

test("a model is named by its id or by the part after the slash", () => {
  equal(
    ["openai/gpt-oss-120b", "gpt-oss-120b", "other/my-gpt-oss-120b"].map((id) =>
      isNamed(id, "gpt-oss-120b"),
    ),
    [true, true, false],
  );
});
