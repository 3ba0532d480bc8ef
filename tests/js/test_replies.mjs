import { startReplies } from "../../groq_magic/views/page/replies.mjs";
import { newModel } from "./model.mjs";
import { equal, page, test } from "./testing.mjs";

const PROMPT = "Run it? Type run, no REASON or stop: ";
const QUESTION = {
  prompt: PROMPT,
  replies: [
    ["Run", "k7 run"],
    ["No", "k7 no"],
  ],
};
const ENDED = { prompt: PROMPT, replies: [] };

const boxOf = (prompt) =>
  `<div class="jp-Stdin"><pre class="jp-Stdin-prompt">${prompt}</pre><input class="jp-Stdin-input"></div>`;
const labels = () =>
  [...document.querySelectorAll(".groq-replies button")].map((b) => b.textContent);
const soon = () => new Promise((done) => setTimeout(done, 20));

function asking(prompt = PROMPT) {
  const output = page(boxOf(prompt));
  const model = newModel();
  const end = startReplies(model);
  const sent = [];
  document.body.addEventListener("keydown", (event) => sent.push([event.key, event.target.value]));
  return { output, model, end, sent };
}

test("a press types the reply into the question's box and sends it, once", () => {
  const { model, end, sent } = asking();
  model.receive({ question: QUESTION });
  equal(labels(), ["Run", "No"]);
  const [run, no] = document.querySelectorAll(".groq-replies button");
  run.click();
  no.click();
  equal(sent, [["Enter", "k7 run"]]);
  end();
});

test("a box that comes after the question gets its buttons", async () => {
  const { output, model, end } = asking("Your name? ");
  model.receive({ question: QUESTION });
  equal(labels(), []);
  output.insertAdjacentHTML("afterend", boxOf(PROMPT));
  await soon();
  equal(labels(), ["Run", "No"]);
  end();
});

test("a box of other code has no buttons", async () => {
  const { model, end } = asking("Run it? ");
  model.receive({ question: QUESTION });
  await soon();
  equal(labels(), []);
  end();
});

test("the buttons go with their question, and with the session", () => {
  const { model, end } = asking();
  model.receive({ question: QUESTION });
  model.receive({ quota: {} });
  equal(labels().length, 2);
  model.receive({ question: ENDED });
  equal(labels(), []);
  model.receive({ question: QUESTION });
  end();
  equal([labels().length, model.listeners()], [0, 0]);
});
