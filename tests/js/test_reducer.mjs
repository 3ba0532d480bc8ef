import { NO_DOCUMENTS, reduce } from "../../groq_magic/views/page/reducer.mjs";
import { equal, ok, test } from "./testing.mjs";

const paragraph = (index, text) => ["block", index, `<p>${text}</p>`, "text"];
const list = (index, items = "") => ["block", index, `<ul>${items}</ul>`, "text"];

/** Reduce messages one after the other; nothing of an earlier state may change. */
function after(...messages) {
  return messages.reduce((state, message) => reduce(frozen(state), frozen(message)), NO_DOCUMENTS);
}

function frozen(value) {
  if (value && typeof value === "object") Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const texts = (state, slot = "a") =>
  state.docs[slot].text.blocks.map(({ html, grown, tail }) => html + grown + tail);
const keys = (state) => state.docs.a.text.blocks.map(({ key }) => key);

test("a first message begins a document, each slot its own", () => {
  const state = after(
    { doc: "a", count: 1, text: [paragraph(0, "one")], show: { figures: "1 token" } },
    { doc: "b", count: 1, reasoning: [paragraph(0, "hm")] },
  );
  equal([texts(state), state.docs.a.show], [["<p>one</p>"], { figures: "1 token" }]);
  equal([texts(state, "b"), state.docs.b.reasoning.blocks.length], [[], 1]);
});

test("blocks come, grow, change their tail and go", () => {
  const state = after(
    { doc: "a", count: 1, text: [list(0), ["grow", 0, "<li>1</li>"], ["tail", 0, "<li>2"]] },
    { doc: "a", count: 2, text: [["tail", 0, "<li>2 and"]] },
    { doc: "a", count: 3, text: [["grow", 0, "<li>2</li>"], paragraph(1, "x"), paragraph(2, "y")] },
    { doc: "a", count: 4, text: [["cut", 2, ""]] },
  );
  equal(texts(state), ["<ul></ul><li>1</li><li>2</li>", "<p>x</p>"]);
});

test("a block keeps its key while it stays a block of its kind", () => {
  const first = { doc: "a", count: 1, text: [paragraph(0, "one"), paragraph(1, "two")] };
  const changed = after(first, { doc: "a", count: 2, text: [paragraph(1, "two more")] });
  equal(keys(changed), keys(after(first)));
  const code = ["block", 1, "<pre><code>x</code></pre>", "code"];
  const other = after(first, { doc: "a", count: 2, text: [code] });
  equal(keys(other)[0], keys(changed)[0]);
  ok(keys(other)[1] !== keys(changed)[1], "another kind has the same key");
  const again = after(first, { doc: "a", count: 2, text: [["cut", 1, ""], paragraph(1, "new")] });
  ok(keys(again)[1] !== keys(changed)[1], "a block that was cut gave its key to the next");
});

test("what does not change stays the same object", () => {
  const state = after({ doc: "a", count: 1, text: [paragraph(0, "one"), paragraph(1, "two")] });
  const next = reduce(state, { doc: "a", count: 2, text: [paragraph(1, "2")], show: {} });
  ok(next.docs.a.text.blocks[0] === state.docs.a.text.blocks[0], "the first block is a new one");
  ok(next.docs.a.reasoning === state.docs.a.reasoning, "the reasoning is a new one");
  ok(reduce(next, { quota: {} }) === next, "another part's message makes a new state");
});

test("a message that came before changes nothing", () => {
  const state = after(
    { doc: "a", count: 1, text: [paragraph(0, "one")] },
    { doc: "a", count: 2, text: [paragraph(1, "two")] },
  );
  ok(
    reduce(state, { doc: "a", count: 2, text: [["cut", 0, ""]] }) === state,
    "it was applied again",
  );
});

test("a document that missed a message stands still until it gets the whole", () => {
  const behind = after(
    { doc: "a", count: 1, text: [paragraph(0, "one")] },
    { doc: "a", count: 3, text: [paragraph(2, "three")] },
  );
  equal([texts(behind), behind.docs.a.behind], [["<p>one</p>"], true]);
  const next = { doc: "a", count: 4, text: [paragraph(3, "four")] };
  ok(reduce(behind, next) === behind, "it went on without what it missed");
  const whole = [paragraph(0, "one"), paragraph(1, "two"), paragraph(2, "three")];
  const state = after(
    { doc: "a", count: 1, text: [paragraph(0, "one")], show: { waiting: "Trying again" } },
    { doc: "a", count: 3, text: [] },
    { doc: "a", whole: true, count: 4, text: whole, reasoning: [], show: { figures: "3" } },
  );
  equal([texts(state).length, state.docs.a.behind, state.docs.a.count], [3, false, 4]);
  equal(state.docs.a.show, { figures: "3" });
  equal(keys(state)[0], keys(behind)[0]);
});

test("the whole of a shorter document leaves no block over", () => {
  const state = after(
    { doc: "a", count: 1, text: [paragraph(0, "one"), paragraph(1, "two")] },
    { doc: "a", whole: true, count: 5, text: [paragraph(0, "one")] },
  );
  equal([texts(state), state.docs.a.reasoning.blocks], [["<p>one</p>"], []]);
});

test("patches that don't fit make a document ask for the whole, and change nothing", () => {
  const first = { doc: "a", count: 1, text: [paragraph(0, "one")] };
  for (const wrong of [["grow", 4, "x"], ["tail", 1, "x"], paragraph(7, "x"), ["bad", 0, "x"]]) {
    const state = after(first, { doc: "a", count: 2, text: [paragraph(0, "new"), wrong] });
    equal([texts(state), state.docs.a.behind, state.docs.a.count], [["<p>one</p>"], true, 1]);
  }
});

test("a press of Stop is shown, unconfirmed after a while, and what the kernel confirms stays", () => {
  const first = { doc: "a", count: 1, text: [] };
  const stopOf = (state) => state.docs.a.show.stop;
  equal(stopOf(after(first, { pressed: "a", as: "sent" })), "sent");
  equal(
    stopOf(after(first, { pressed: "a", as: "sent" }, { pressed: "a", as: "unconfirmed" })),
    "unconfirmed",
  );
  const confirmed = { doc: "a", count: 2, show: { stop: "received" } };
  equal(stopOf(after(first, confirmed, { pressed: "a", as: "unconfirmed" })), "received");
});

test("an answer's end is noted, and a document is forgotten", () => {
  const state = after({ doc: "a", count: 1, text: [] }, { ended: "a", how: "stopped" });
  equal(state.docs.a.ended, "stopped");
  equal(after({ doc: "a", count: 1, text: [] }, { forgotten: "a" }), NO_DOCUMENTS);
});

test("messages about a document that is not there change nothing", () => {
  for (const message of [
    { ended: "a", how: "complete" },
    { pressed: "a", as: "sent" },
    { forgotten: "a" },
  ])
    ok(
      reduce(NO_DOCUMENTS, message) === NO_DOCUMENTS,
      `${JSON.stringify(message)} made a document`,
    );
});
