import session from "../../groq_magic/views/page/session.mjs";
import { newModel } from "./model.mjs";
import { equal, ok, page, test } from "./testing.mjs";

const BAR =
  '<div class="groq-bar groq-answer-1 groq-turn-a-1"><span class="groq-slot-copy"></span></div>';
const ANSWER = `<div class="groq-answer"><div class="groq-text">Hi.</div>${BAR}</div>`;
const MINUTE = { limit: 6000, left: 5000, window: 60, full_in: 10, unit: "tokens" };
const factsOf = (more) => ({ copy: "", figures: "", stale: "", answer: "groq-answer-1", ...more });
const PRESENT = {
  current: "m",
  panel: "",
  speeds: {},
  turns: { "groq-turn-a-1": factsOf({ copy: "Hi." }) },
  quota: { model: "m", minute: MINUTE, day: null },
};

function start(manager = {}) {
  const traits = { picker: "p", token: "abc", present: PRESENT };
  const model = newModel(traits, { has_model: () => false, ...manager });
  return { model, end: session().initialize({ model }) };
}

test("elements of a foreign notebook that lack a part leave the others filled", () => {
  const meter = '<progress class="groq-meter-minute"></progress>';
  const body = page(`<main>${BAR}${meter}${ANSWER}<p>${meter}<small>…</small></p></main>`);
  const { end } = start();
  equal(body.querySelector(".groq-answer .groq-slot-copy").textContent, "Copy");
  ok(body.querySelector("p small").textContent.includes(" of 6,000 tokens"));
  end();
});

test("a bar gets the facts of its own answer, not those of another one to the same ask", () => {
  const lost = { "groq-turn-a-1": factsOf({ copy: "No.", answer: "groq-answer-2" }) };
  const body = page(`<main>${ANSWER}</main>`);
  const before = body.innerHTML;
  const { model, end } = start();
  equal(body.querySelectorAll(".groq-copy").length, 1);
  model.receive({ turns: lost });
  equal(body.innerHTML, before);
  model.receive({ turns: PRESENT.turns });
  equal(body.querySelectorAll(".groq-copy").length, 1);
  end();

  // As a version saved it that did not name the answer.
  body.innerHTML = before.replace("groq-answer-1 ", "");
  const saved = body.innerHTML;
  const later = start();
  equal(body.innerHTML, saved);
  later.end();
});

test("an export of this session has a Copy button until the end, another notebook's has no button", () => {
  const code = '<div class="groq-text"><pre><code>x = 1\n</code></pre></div>';
  const exported = (token) => `<div class="groq-answer groq-export ${token}">${code}</div>`;
  const body = page(`${exported("groq-token-abc")}${exported("groq-token-xyz")}`);
  const before = body.outerHTML;
  const { model, end } = start();
  model.receive({ current: "m" });
  const buttons = body.querySelectorAll("button");
  equal([buttons.length, buttons[0].ariaLabel], [1, "Copy code"]);
  ok(body.querySelector(".groq-token-abc button"));
  end();
  equal(body.outerHTML, before);
});

test("its end gives the static text back and leaves no listener, however many messages came", () => {
  const body = page(ANSWER);
  const before = body.outerHTML;
  const { model, end } = start();
  const listeners = model.listeners();
  for (let ask = 1; ask <= 100; ask += 1) {
    model.receive({ turns: { [`groq-turn-a-${ask}`]: factsOf({ figures: `${ask}` }) } });
    model.receive({ doc: `s${ask}`, count: 1, text: [["block", 0, "<p>x</p>", "text"]] });
    model.receive({ ended: `s${ask}`, how: "complete" });
  }
  equal(model.listeners(), listeners);
  end();
  equal(body.outerHTML, before);
});

test("a part that Lab's internals break leaves the others running", () => {
  const body = page(ANSWER);
  const saveState = {
    connect() {
      throw new Error("no signal");
    },
  };
  const { model, end } = start({ context: { saveState } });
  equal(body.querySelector(".groq-slot-copy").textContent, "Copy");
  const before = model.listeners();
  end();
  equal([body.querySelector(".groq-slot-copy").textContent, before > 0], ["", true]);
});

test("widget state that is saved with the notebook has no answers and no reasoning", () => {
  const { model, end } = start();
  equal(model.get("present"), {});
  end();
});

test("what is left is shown under the newest answer alone", () => {
  const answers = [1, 2].map((ask) => ANSWER.replace("turn-a-1", `turn-a-${ask}`));
  const quota = '<span class="groq-slot-quota"></span>';
  const body = page(
    `<main>${answers.join("").replaceAll("</span></div>", `</span>${quota}</div>`)}</main>`,
  );
  const left = () => [...body.querySelectorAll(".groq-slot-quota")].map((slot) => slot.textContent);
  const facts = (order) => factsOf({ order });
  const { model, end } = start();
  model.receive({ turns: { "groq-turn-a-1": facts(1) } });
  ok(left()[0].endsWith(" tokens left this minute"));
  model.receive({ turns: { "groq-turn-a-2": facts(2) } });
  equal([left()[0], left()[1].endsWith(" tokens left this minute")], ["", true]);
  model.receive({ turns: { "groq-turn-a-1": facts(3) } }); // asked again
  equal([left()[0].endsWith(" tokens left this minute"), left()[1]], [true, ""]);
  end();
});

test("the mark in a list of models follows the picker, and stays where no row is meant", () => {
  const row = (id, mark = "") =>
    `<tr><td>${id}<span class="groq-slot-mark groq-model-${id.replace("/", "-")}">${mark}</span></td></tr>`;
  const rows = row("openai/a", " ✓") + row("qwen/b");
  const body = page(`<div class="groq-listing groq-models"><table>${rows}</table></div>`);
  const before = body.outerHTML;
  const texts = () => [...body.querySelectorAll("td")].map((cell) => cell.textContent);
  const { model, end } = start();
  equal(texts(), ["openai/a ✓", "qwen/b"]);
  model.receive({ current: "qwen/b" });
  equal(texts(), ["openai/a", "qwen/b ✓"]);
  model.receive({ current: "fast" });
  equal(texts(), ["openai/a", "qwen/b ✓"]);
  model.receive({ current: "openai/a" });
  equal(texts(), ["openai/a ✓", "qwen/b"]);
  model.receive({ current: "qwen/b" });
  end();
  equal(body.outerHTML, before);
});

test("an error of one line breaks between words, a traceback stays as it is", () => {
  const error = (inner) =>
    `<div data-mime-type="application/vnd.jupyter.stderr"><pre>${inner}</pre></div>`;
  const ours = error("OptionError: Unexpected hello. Run `%x`, <a href='#'>there</a> or `%y`.");
  const body = page(
    `<main>${ours}${error("<span>-----</span>\nTypeError: no")}${error("Oh\nError: no")}</main>`,
  );
  const { end } = start();
  equal(
    [...body.querySelectorAll("pre")].map((pre) => pre.className),
    ["groq-error", "", ""],
  );
  const codes = [...body.querySelectorAll("code")].map((code) => code.textContent);
  equal([codes, body.textContent.includes("`")], [["%x", "%y"], false]);
  end();
});

test("an id of a model in an error is code, though JupyterLab takes it for a path", () => {
  const body = page(
    "<main><div data-mime-type='application/vnd.jupyter.stderr'><pre>ModelError: a" +
      "<a>/b</a> is retired. Use `-m openai<a>/gpt</a>; x` or `%y` (<a href='#'>there</a>)." +
      "</pre></div></main>",
  );
  const { end } = start();
  const texts = (name) => [...body.querySelectorAll(name)].map((each) => each.textContent);
  equal(
    [texts("code"), texts("a")],
    [
      ["-m openai/gpt; x", "%y"],
      ["/b", "there"],
    ],
  );
  end();
});
