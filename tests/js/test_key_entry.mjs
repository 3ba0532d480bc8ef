import { KeyEntry } from "../../groq_magic/views/page/key_entry.mjs";
import { equal, ok, page, test } from "./testing.mjs";

const WANTED = { state: "no key yet", wanted: true, error: "" };
const NAME = "key";

function opened() {
  const node = page("<span>no key yet: static</span>");
  const sent = [];
  const entry = new KeyEntry(node, (content) => sent.push(content));
  entry.update({ ...WANTED });
  node.querySelector("button").click();
  return { node, sent, entry, input: node.querySelector("input") };
}

function typed({ node, input }, text) {
  input.value = text;
  node.querySelector("form").requestSubmit();
}

test("a key that is wanted has a button, one that is there has no button", () => {
  const node = page("<span>static</span>");
  const entry = new KeyEntry(node, () => {});
  entry.update({ ...WANTED });
  equal(node.querySelector("button").textContent, "Enter key");
  equal(node.textContent, "no key yet · Enter key");
  entry.update({ state: "key from .env", wanted: false, error: "" });
  equal([node.textContent, node.querySelector("button")], ["key from .env", null]);
  entry.restore();
  equal(node.innerHTML, "static");
});

test("what is typed is masked, sent once, and kept nowhere on the page", () => {
  const all = opened();
  equal([all.input.type, document.activeElement === all.input], ["password", true]);
  typed(all, "gsk_1");
  all.node.querySelector("form").requestSubmit();
  equal(all.sent, [{ [NAME]: "gsk_1" }]);
  equal([all.input.value, all.node.querySelector("[role=status]").textContent], ["", "Checking…"]);
  ok(!document.documentElement.outerHTML.includes("gsk_1"));
});

test("backticks in the state and in a refusal are code", () => {
  const all = opened();
  all.entry.update({ ...WANTED, error: "Refused. `%groq_key` asks <b>again</b>." });
  const status = all.node.querySelector("[role=status]");
  equal(status.innerHTML, "Refused. <code>%groq_key</code> asks &lt;b&gt;again&lt;/b&gt;.");
  all.node.querySelector("[type=button]").click();
  all.entry.update({ state: "no key; `%groq_practice on` needs none", wanted: true, error: "" });
  equal(all.node.querySelector("code").textContent, "%groq_practice on");
  ok(!all.node.textContent.includes("`"));
});

test("an empty key is not sent", () => {
  const all = opened();
  typed(all, "");
  equal(all.sent, []);
});

test("a refused key is said, and another one can be typed", () => {
  const all = opened();
  typed(all, "gsk_1");
  all.entry.update({ ...WANTED, error: "The key was refused." });
  equal(all.node.querySelector("[role=status]").textContent, "The key was refused.");
  typed(all, "gsk_2");
  equal(all.sent.length, 2);
  all.entry.update({ state: "key from %groq_key", wanted: false, error: "" });
  equal(all.node.textContent, "key from %groq_key");
});

test("a refusal of another form's key leaves a closed one closed", () => {
  const node = page("<span>static</span>");
  const entry = new KeyEntry(node, () => {});
  entry.update({ ...WANTED, error: "The key was refused." });
  equal(node.querySelector("button").textContent, "Enter key");
  equal(node.querySelector("form"), null);
});

test("Cancel and Escape give the button back, and Jupyter gets none of the keys", () => {
  for (const cancel of [
    ({ node }) => node.querySelector("[type=button]").click(),
    ({ input }) =>
      input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })),
  ]) {
    const all = opened();
    let seen = 0;
    document.body.addEventListener("keydown", () => (seen += 1), { once: true });
    cancel(all);
    equal([all.node.querySelector("form"), seen], [null, 0]);
    equal(document.activeElement, all.node.querySelector("button"));
  }
});
