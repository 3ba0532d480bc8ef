import { replaceOutput, rootsOf } from "../../groq_magic/views/page/outputs.mjs";
import { startWriteBack } from "../../groq_magic/views/page/write_back.mjs";
import { newModel } from "./model.mjs";
import { equal, page, test, until } from "./testing.mjs";

const TABS = `<div data-id="one" title="Name: a.ipynb\nPath: d/a.ipynb"></div>
  <div data-id="two" title="Name: a.ipynb\nPath: a.ipynb"></div>`;
const panel = (id) => `<div class="jp-NotebookPanel" id="${id}"></div>`;
const ids = (roots) => roots.map((root) => root.id || root.localName);

/** Outputs as Lab's model of a cell has them. */
function outputsOf(...all) {
  return { toJSON: () => all, set: (at, output) => (all[at] = output) };
}

const placeOf = (id) => ({ data: { "text/html": [`<div class="groq-doc-${id}">`, "</div>"] } });

test("a notebook's session looks in the panels of its own path", () => {
  page(TABS + panel("one") + panel("two"));
  equal(ids(rootsOf({ context: { path: "d/a.ipynb" } })), ["one"]);
  equal(ids(rootsOf({ context: { path: "RTC:d/a.ipynb" } })), ["one"]);
  equal(ids(rootsOf({ context: { path: "other.ipynb" } })), []);
  equal(ids(rootsOf({ context: {} })), []);
});

test("another notebook's panels count where it is on the session's kernel", () => {
  page(TABS + panel("one") + panel("two"));
  equal(ids(rootsOf({ context: { path: "d/a.ipynb" } }, [{ path: "a.ipynb" }])), ["one", "two"]);
  equal(ids(rootsOf({ context: undefined }, [{ path: "a.ipynb" }])), ["two"]);
});

test("the only panel of a page without tabs is the session's", () => {
  page(panel("one"));
  equal(ids(rootsOf({ context: { path: "a.ipynb" } })), ["one"]);
});

test("a page without panels is looked at whole, a console's not at all", () => {
  equal(ids(rootsOf({})), ["body"]);
  page('<div class="jp-CodeConsole"></div>');
  equal(ids(rootsOf({})), []);
});

test("the output that holds an answer's place is replaced, no other", () => {
  const [first, second] = [outputsOf({ data: {} }), outputsOf(placeOf("s1"), placeOf("s2"))];
  const model = { cells: [{ outputs: first }, {}, { outputs: second }] };
  replaceOutput({ context: { model } }, "s2", (before) => ({ ...before, metadata: 1 }));
  equal(second.toJSON(), [placeOf("s1"), { ...placeOf("s2"), metadata: 1 }]);
  equal(first.toJSON(), [{ data: {} }]);
});

test("an answer in an Output widget is finished there, and the widget's state with it", async () => {
  const state = [];
  const widget = {
    outputs: outputsOf(placeOf("s1")),
    set: (...given) => state.push(given),
    save_changes: () => state.push("sent"),
  };
  const manager = { has_model: (id) => id === "w", get_model: async () => widget };
  const model = newModel({ present: {} }, manager);
  const end = startWriteBack(model);
  const offer = { id: 1, cell: "", request: "r", place: "groq-doc-s1", captured: ["gone", "w"] };
  model.receive({ finished: [{ ...offer, output: { new: 1 } }] });
  await until(() => model.sent.length);
  equal(state, [["outputs", [{ new: 1 }], { newMessage: true }], "sent"]);
  equal(model.sent, [{ stands: [1] }]);
  end();
});

test("a notebook that was closed is left alone", () => {
  const outputs = outputsOf(placeOf("s1"));
  const model = { isDisposed: true, cells: [{ outputs }] };
  replaceOutput({ context: { model } }, "s1", () => ({}));
  equal(outputs.toJSON(), [placeOf("s1")]);
});
