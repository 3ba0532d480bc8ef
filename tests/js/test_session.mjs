import session from "../../groq_magic/views/page/session.mjs";
import { newModel } from "./model.mjs";
import { equal, ok, page, test } from "./testing.mjs";

const BAR = '<div class="groq-bar groq-turn-a-1"><span class="groq-slot-copy"></span></div>';
const ANSWER = `<div class="groq-answer"><div class="groq-text">Hi.</div>${BAR}</div>`;
const MINUTE = { limit: 6000, left: 5000, window: 60, full_in: 10, unit: "tokens" };
const PRESENT = {
  current: "m",
  panel: "",
  speeds: {},
  turns: { "groq-turn-a-1": { copy: "Hi.", figures: "", stale: "" } },
  quota: { model: "m", minute: MINUTE, day: null },
};

function start(present = {}) {
  const traits = { picker: "p", token: "abc", present: { ...PRESENT, ...present } };
  const model = newModel(traits, { has_model: () => false });
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

test("its end gives the static text back and leaves no listener, however many messages came", () => {
  const body = page(ANSWER);
  const before = body.outerHTML;
  const { model, end } = start();
  const listeners = model.listeners();
  for (let ask = 1; ask <= 100; ask += 1) {
    model.receive({
      turns: { [`groq-turn-a-${ask}`]: { copy: "", figures: `${ask}`, stale: "" } },
    });
    model.receive({ doc: `s${ask}`, count: 1, text: [["block", 0, "<p>x</p>", "text"]] });
    model.receive({ ended: `s${ask}`, how: "complete" });
  }
  equal(model.listeners(), listeners);
  end();
  equal(body.outerHTML, before);
});
