import { startNextCell, sumOf } from "../../groq_magic/views/page/next_cell.mjs";
import { signal } from "./document.mjs";
import { newModel } from "./model.mjs";
import { equal, test, until } from "./testing.mjs";

let made = 0;

function cellOf(source, mark, type = "code", id = `made-${++made}`) {
  const metadata = mark ? { groq_magic: mark } : {};
  return {
    id,
    type,
    metadata,
    getMetadata: (key) => metadata[key],
    setMetadata: (key, value) => (metadata[key] = value),
    sharedModel: { getSource: () => source },
  };
}

const inserted = (code, source = code, of = "a") =>
  cellOf(source, { next_of: of, sum: sumOf(code) });

/** A notebook whose first cell, "a", asks; and the session widget's part on its page. */
function start(below, next = {}) {
  const cells = [cellOf("%groq_fix", undefined, "code", "a"), ...below];
  cells.changed = signal();
  const change = (call) => {
    call();
    cells.changed.emit();
  };
  const sharedModel = {
    transact: (call) => call(),
    deleteCell: (at) => change(() => cells.splice(at, 1)),
    moveCell: (from, to) => change(() => cells.splice(to, 0, ...cells.splice(from, 1))),
  };
  const document = { path: "a.ipynb", model: { cells, sharedModel } };
  const model = newModel({ present: { next } }, { context: document, kernel: { id: "k" } });
  const end = startNextCell(model);
  return {
    cells,
    model,
    end,
    insert: (code) => change(() => cells.splice(1, 0, cellOf(code))),
    sources: () => cells.slice(1).map((cell) => cell.sharedModel.getSource()),
  };
}

const later = () => new Promise((done) => setTimeout(done));

test("the new cell replaces the one before it, whether it or the message comes first", async () => {
  for (const isInsertedFirst of [true, false]) {
    const page = start([inserted("x = 1"), cellOf("print(x)")]);
    if (isInsertedFirst) page.insert("x = 2");
    page.model.receive({ next: { a: "x = 2" } });
    await later();
    if (!isInsertedFirst) page.insert("x = 2");
    await later();
    equal(page.sources(), ["x = 2", "print(x)"]);
    equal(page.cells[1].metadata.groq_magic, { next_of: "a", sum: sumOf("x = 2") });
  }
});

test("an edited cell stays, and the new one goes below it", async () => {
  const page = start([inserted("x = 1", "x = 1  # mine"), inserted("x = 3"), cellOf("print(x)")]);
  page.model.receive({ next: { a: "x = 2" } });
  page.insert("x = 2");
  await until(() => page.sources().length === 3);
  equal(page.sources(), ["x = 1  # mine", "x = 2", "print(x)"]);
});

test("an equal cell stays as it is, also one that nothing marks, and none is added", async () => {
  for (const cell of [inserted("x = 1"), inserted("x = 0", "x = 1"), cellOf("x = 1")]) {
    const page = start([cell]);
    page.insert("x = 1");
    page.model.receive({ next: { a: "x = 1" } });
    await later();
    equal(page.cells.length, 2);
    equal(page.cells[1] === cell, true);
  }
});

test("a page that loads later replaces what was inserted before it was there", async () => {
  const page = start([cellOf("x = 2"), inserted("x = 1")], { a: "x = 2" });
  await until(() => page.sources().length === 1);
  equal(page.sources(), ["x = 2"]);
});

test("cells of other asks, of the user, and of another kind stay", async () => {
  const others = [
    [inserted("x = 1", "x = 1", "b")],
    [cellOf("x = 1")],
    [cellOf("x = 1", { next_of: "a" }, "markdown")],
    [cellOf("# text", undefined, "markdown"), inserted("x = 1")],
    [cellOf("x = 1", "forged")],
  ];
  for (const below of others) {
    const page = start(below);
    page.model.receive({ next: { a: "x = 2" } });
    page.insert("x = 2");
    await later();
    equal(page.cells.length, 2 + below.length);
  }
});

test("it acts once for each message, and no more after its end", async () => {
  const page = start([]);
  page.model.receive({ next: { a: "x = 2" } });
  page.insert("x = 2");
  await later();
  page.insert("x = 2"); // the user's own copy
  await later();
  equal(page.sources(), ["x = 2", "x = 2"]);
  page.end();
  page.model.receive({ next: { a: "x = 3" } });
  page.insert("x = 3");
  await later();
  equal(page.cells[1].metadata, {});
  equal([page.model.listeners(), page.cells.changed.size()], [0, 0]);
});

test("small edits change the sum", () => {
  equal(new Set(["121", "202", "112", "", "a", "b", "é", "e\u0301"].map(sumOf)).size, 8);
});
