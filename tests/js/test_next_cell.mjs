import { sumOf } from "../../groq_magic/views/page/inserted.mjs";
import { startNextCell } from "../../groq_magic/views/page/next_cell.mjs";
import { cellOf, notebookOf } from "./cells.mjs";
import { newModel } from "./model.mjs";
import { equal, test, until } from "./testing.mjs";

const inserted = (code, source = code, of = "a") =>
  cellOf(source, { next_of: of, sum: sumOf(code) });

/** A notebook whose first cell, "a", asks; and the session widget's part on its page. */
function start(below, next = {}) {
  const notebook = notebookOf([cellOf("%groq_fix", undefined, "code", "a"), ...below]);
  const { cells } = notebook;
  const document = { path: "a.ipynb", model: notebook };
  const model = newModel({ present: { next } }, { context: document, kernel: { id: "k" } });
  const end = startNextCell(model);
  return {
    cells,
    model,
    end,
    insert: (code) => notebook.insert(1, cellOf(code)),
    sources: () => cells.slice(1).map((cell) => cell.sharedModel.getSource()),
  };
}

const later = () => new Promise((done) => setTimeout(done));

test("the new cell replaces the one before it, whether it or the message comes first", async () => {
  for (const isInsertedFirst of [true, false]) {
    const page = start([inserted("x = 1"), cellOf("print(x)")]);
    if (isInsertedFirst) page.insert("x = 2");
    page.model.receive({ next: { a: { code: "x = 2" } } });
    await later();
    if (!isInsertedFirst) page.insert("x = 2");
    await later();
    equal(page.sources(), ["x = 2", "print(x)"]);
    equal(page.cells[1].metadata.groq_magic, { next_of: "a", sum: sumOf("x = 2") });
  }
});

test("an edited cell stays, and the new one goes below it", async () => {
  const page = start([inserted("x = 1", "x = 1  # mine"), inserted("x = 3"), cellOf("print(x)")]);
  page.model.receive({ next: { a: { code: "x = 2" } } });
  page.insert("x = 2");
  await until(() => page.sources().length === 3);
  equal(page.sources(), ["x = 1  # mine", "x = 2", "print(x)"]);
});

test("an equal cell stays as it is, also one that nothing marks, and none is added", async () => {
  for (const cell of [inserted("x = 1"), inserted("x = 0", "x = 1"), cellOf("x = 1")]) {
    const page = start([cell]);
    page.insert("x = 1");
    page.model.receive({ next: { a: { code: "x = 1" } } });
    await later();
    equal(page.cells.length, 2);
    equal(page.cells[1] === cell, true);
  }
});

test("a page that loads later replaces what was inserted before it was there", async () => {
  const page = start([cellOf("x = 2"), inserted("x = 1")], { a: { code: "x = 2" } });
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
    page.model.receive({ next: { a: { code: "x = 2" } } });
    page.insert("x = 2");
    await later();
    equal(page.cells.length, 2 + below.length);
  }
});

test("it acts once for each message, and no more after its end", async () => {
  const page = start([]);
  page.model.receive({ next: { a: { code: "x = 2" } } });
  page.insert("x = 2");
  await later();
  page.insert("x = 2"); // the user's own copy
  await later();
  equal(page.sources(), ["x = 2", "x = 2"]);
  page.end();
  page.model.receive({ next: { a: { code: "x = 3" } } });
  page.insert("x = 3");
  await later();
  equal(page.cells[1].metadata, {});
  equal([page.model.listeners(), page.cells.changed.size()], [0, 0]);
});

test("with a replacement the code goes into the cell that failed, or else stays below", async () => {
  for (const [source, expected] of [
    ["y = 0", ["y = 2"]],
    ["y = 0  # mine", ["y = 0  # mine", "y = 2"]],
  ]) {
    const failed = cellOf(source, undefined, "code", "b");
    const page = start([]);
    page.cells.unshift(failed);
    const fix = {
      asked: "a",
      cell: "b",
      number: 3,
      name: "cell 3",
      before: "y = 0",
      code: "y = 2",
    };
    page.model.receive({ next: { a: { code: "y = 2", replaces: fix } } });
    await later();
    equal(failed.sharedModel.getSource(), source); // Jupyter has not inserted the cell yet
    page.cells.notebook.insert(2, cellOf("y = 2"));
    await until(() =>
      page.cells.every((cell) => cell.id === "a" || cell.id === "b" || cell.metadata.groq_magic),
    );
    equal(
      page.cells.filter(({ id }) => id !== "a").map((cell) => cell.sharedModel.getSource()),
      expected,
    );
    page.end();
  }
});

test("small edits change the sum", () => {
  equal(new Set(["121", "202", "112", "", "a", "b", "é", "e\u0301"].map(sumOf)).size, 8);
});
