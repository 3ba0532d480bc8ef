import { startWriteBack } from "../../groq_magic/views/page/write_back.mjs";
import { documentOf, signal } from "./document.mjs";
import { newModel } from "./model.mjs";
import { html, offerOf } from "./offers.mjs";
import { equal, test, until } from "./testing.mjs";

const PLACE = html('<div class="groq-doc-s1">unfinished</div>');
const [FORMER, FINAL, SECOND] = ["former", "final", "second"].map((text) =>
  html(`<div class="groq-bar groq-turn-a-${text === "second" ? 2 : 1}">${text}</div>`),
);
const adler = (text) => {
  let [low, high] = [1, 0];
  for (const byte of new TextEncoder().encode(text)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
};
const sumOf = (output) => adler(output.data["text/html"]);

const offer = (more) => offerOf({ checksum: sumOf(FINAL), ...more });

const second = (more = {}) =>
  offer({
    id: 2,
    place: "",
    turn: "groq-turn-a-2",
    checksum: sumOf(SECOND),
    earlier: [sumOf(FINAL)],
    ...more,
  });

/** Start it on a page; `kernel` answers what the page asks for, as the kernel does. */
function start(document, finished = [], outputs = { 1: FINAL, 2: SECOND }) {
  const model = newModel({ present: { finished } }, { context: document, restored: signal() });
  const send = model.send.bind(model);
  model.send = (content) => {
    send(content);
    const wanted = [...finished, ...offered].filter(({ id }) => content.want?.includes(id));
    const whole = wanted.map((each) => ({ ...each, output: outputs[each.id], save: true }));
    if (whole.length) queueMicrotask(() => model.receive({ finished: whole }));
  };
  const offered = [];
  const give = (message) => {
    offered.push(...(message.finished ?? []));
    model.receive(message);
  };
  return { model, give, end: startWriteBack(model) };
}

const sent = (model, name) => model.sent.flatMap((content) => content[name] ?? []);
const begin = (place = "groq-doc-s1") => ({ began: { cell: "a", request: "r1", place } });
const allOf = (document) => document.model.cells[0].all;
const later = () => new Promise((done) => setTimeout(done, 300));

test("a page that loads later writes what it lacks in its place, saves once, and confirms it", async () => {
  const document = documentOf({ a: [html("<p>before</p>"), PLACE] });
  const { model } = start(document, [offer(), second()]);
  await until(() => sent(model, "stands").length === 2);
  equal(allOf(document), [html("<p>before</p>"), FINAL, SECOND]);
  equal(document.saves, 1);
  equal(sent(model, "stands"), [1, 2]);
});

test("the first output of an execution replaces those of a former one", async () => {
  const document = documentOf({ a: [html("<p>printed</p>"), FORMER] });
  const { model } = start(document, [offer(), second()]);
  await until(() => sent(model, "stands").length === 2);
  equal(allOf(document), [FINAL, SECOND]);
});

test("what the file has already is confirmed and not written", async () => {
  const document = documentOf({ a: [FINAL] });
  const { model } = start(document, [offer()]);
  await later();
  equal(model.sent, [{ stands: [1] }]);
  equal(document.saves, 0);
});

test("a page that stays asks for nothing, and confirms what it has once that is saved", async () => {
  const document = documentOf({ a: [PLACE] });
  const { model, give } = start(document);
  give(begin());
  document.model.cells[0].outputs.set(0, FINAL);
  give({ finished: [offer()] });
  await later();
  equal(model.sent, [{ shown: [1] }]);
  equal(document.saves, 0);
  await document.save();
  equal(sent(model, "stands"), [1]);
});

test("a cell that was cut and pasted while it ran gets what its page has no more updates for", async () => {
  const pasted = documentOf({ a: [FINAL] });
  pasted.sessionContext = { session: { kernel: { clientId: "this page" } } };
  const { model, give } = start(pasted);
  const { began } = begin("groq-doc-s2");
  give({ began: { ...began, client: "this page" } });
  give({ finished: [second({ place: "groq-doc-s2" })] });
  await until(() => allOf(pasted).length === 2);
  equal(allOf(pasted), [FINAL, SECOND]);
  equal(sent(model, "want"), [2]);
  give({ began: { ...began, request: "r2", client: "this page" } });
  give({ finished: [offer({ id: 3, request: "r2", cell: "deleted", place: "groq-doc-s2" })] });
  await later();
  equal(sent(model, "absent"), []);
});

test("copies of a cell that were made while it ran get its output too", async () => {
  const document = documentOf({
    a: [PLACE],
    copy: [html("<p>before</p>"), PLACE],
    other: [FORMER],
  });
  const { model, give } = start(document);
  give(begin());
  document.model.cells[0].outputs.set(0, FINAL);
  give({ finished: [offer()] });
  await until(() => document.model.cells[1].all[1] === FINAL);
  equal(
    document.model.cells.map(({ all }) => all.length),
    [1, 2, 1],
  );
  equal(sent(model, "shown"), [1]);
});

test("a page confirms what it shows unsaved when another one lacks it", async () => {
  const document = documentOf({ a: [PLACE] });
  const { model, give } = start(document);
  give(begin());
  document.model.cells[0].outputs.set(0, FINAL);
  give({ finished: [offer()] });
  give({ confirm: [1, 2] });
  equal(sent(model, "shown"), [1, 1]);
  await document.save();
  give({ confirm: [1] });
  equal(sent(model, "shown"), [1, 1]);

  const other = start(documentOf({ a: [] }), [offer()]).model;
  await until(() => sent(other, "want").length);
  equal(Object.keys(other.sent[0]), ["lacks"]);
});

test("an output that was cleared while it came stays so", async () => {
  const document = documentOf({ a: [PLACE] });
  const { model, give } = start(document);
  give(begin());
  document.model.cells[0].outputs.fromJSON([]);
  give({ finished: [offer()] });
  await later();
  equal(allOf(document), []);
  equal(model.sent, [{ shown: [1] }]);
});

test("another page of the notebook writes nothing, though the output is sent to all pages", async () => {
  const document = documentOf({ a: [FORMER] });
  const { model, give } = start(document);
  give(begin());
  give({ finished: [offer()] });
  give({ finished: [{ ...offer(), output: FINAL, save: true }] });
  await later();
  equal(allOf(document), [FORMER]);
  equal(model.sent, []);
  equal(document.saves, 0);
});

test("a page that was there but not updated asks for the output", async () => {
  const document = documentOf({ a: [PLACE] });
  const { model, give } = start(document);
  give(begin());
  give({ finished: [offer()] });
  await until(() => allOf(document)[0] === FINAL);
  equal(sent(model, "want"), [1]);
});

test("unsaved edits of the reader's are not saved for them", async () => {
  const document = documentOf({ a: [] }, { undoable: true });
  document.model.dirty = true;
  const { model } = start(document, [offer()]);
  await until(() => allOf(document).length);
  await later();
  equal(document.saves, 0);
  equal(sent(model, "stands"), []);
  await document.save();
  equal(sent(model, "stands"), [1]);
});

test("a notebook that can't be written is not saved", async () => {
  const document = documentOf({ a: [] }, { writable: false });
  start(document, [offer()]);
  await until(() => allOf(document).length);
  await later();
  equal(document.saves, 0);
});

test("a save that fails is no error of the page's, and confirms nothing", async () => {
  const fails = [
    () => Promise.reject(new Error("no space left")),
    () => new Date(Number.NaN).toISOString(),
  ];
  for (const save of fails) {
    const document = documentOf({ a: [] });
    document.save = save;
    const { model } = start(document, [offer()]);
    await until(() => allOf(document).length);
    await later();
    equal(sent(model, "stands"), []);
  }
});

test("a cell that the page has not is named to the kernel, and nothing goes into another", async () => {
  const document = documentOf({ b: [], c: [] });
  const { model } = start(document, [offer()]);
  await later();
  equal(model.sent, [{ absent: [1] }]);
  equal(
    document.model.cells.map(({ all }) => all.length),
    [0, 0],
  );
});

test("a copy of the notebook, with the same ids, is left alone unless it has the placeholder", async () => {
  const copy = documentOf({ a: [FORMER] }, { path: "copy.ipynb" });
  const { model } = start(copy, [offer()]);
  await later();
  equal(model.sent, []);
  const renamed = documentOf({ a: [PLACE] }, { path: "renamed.ipynb" });
  start(renamed, [offer()]);
  await until(() => allOf(renamed)[0] === FINAL);
});

test("a cell that runs again gets no output of its former run", async () => {
  const document = documentOf({ a: [] });
  document.model.cells[0].executionState = "running";
  const { model } = start(document, [offer()]);
  await later();
  equal(model.sent, []);
});

test("answers outside of cells do not stand for runs of one cell", async () => {
  const offers = [1, 2].map((id) => offer({ id, cell: "", request: `r${id}`, captured: ["w"] }));
  const { model } = start(documentOf({}), offers);
  await later();
  equal(sent(model, "want"), [1, 2]);
});

test("a failed ask leaves nothing but takes its placeholder away", async () => {
  const empty = html("");
  const document = documentOf({ a: [PLACE], b: [FORMER] });
  const { model } = start(
    document,
    [offer({ checksum: 0 }), offer({ id: 2, cell: "b", place: "groq-doc-s2", checksum: 0 })],
    { 1: empty },
  );
  await until(() => allOf(document)[0] === empty);
  equal(sent(model, "want"), [1]);
  equal(document.model.cells[1].all, [FORMER]);
});

test("pages without a notebook, and notebooks that are closed, do nothing", async () => {
  const closed = documentOf({ a: [] });
  closed.model.isDisposed = true;
  for (const context of [undefined, {}, { model: null }, closed]) {
    const { model, give, end } = start(context, [offer()]);
    give(begin());
    give({ finished: [second()] });
    await later();
    equal(sent(model, "want"), []);
    end();
  }
});

test("its end leaves no listener, however many asks there were", () => {
  const document = documentOf({ a: [FINAL] });
  const { model, give, end } = start(document);
  for (let id = 1; id <= 1000; id += 1) {
    const request = `r${id}`;
    give({ began: { cell: "a", request, place: "groq-doc-s1" } });
    give({ finished: [offer({ id, request })] });
  }
  equal(model.listeners(), 1);
  end();
  equal(model.listeners(), 0);
  equal(document.saveState.size(), 0);
  equal(model.widget_manager.restored.size(), 0);
});
