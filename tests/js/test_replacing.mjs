import { markFor } from "../../groq_magic/views/page/inserted.mjs";
import { ReplaceButton } from "../../groq_magic/views/page/replace_button.mjs";
import { replaceCell, targetOf, undoReplacement } from "../../groq_magic/views/page/replacing.mjs";
import { cellOf, notebookOf } from "./cells.mjs";
import { equal, ok, page, test, until } from "./testing.mjs";

const FIX = { asked: "a", cell: "b", number: 3, name: "cell 3", before: "y = 0", code: "y = 2" };

const inserted = (code, source = code) => cellOf(source, markFor("a", code).groq_magic);

/** The cell that failed, the one that asked, and the fix below it. */
function failing(source = "y = 0", below = [inserted("y = 2")]) {
  const failed = cellOf(source, undefined, "code", "b");
  failed.executionCount = 3;
  return notebookOf([failed, cellOf("%groq_fix", undefined, "code", "a"), ...below]);
}

const sources = ({ cells }) => [...cells].map((cell) => cell.sharedModel.getSource());

test("a fix replaces the cell that failed, and goes back below", () => {
  const notebook = failing();
  ok(replaceCell(notebook, { ...FIX }));
  equal(sources(notebook), ["y = 2", "%groq_fix"]);
  equal(targetOf(notebook, FIX).state, "fixed");
  notebook.insert(2, inserted("y = 2")); // asked again
  ok(replaceCell(notebook, FIX));
  equal(sources(notebook), ["y = 2", "%groq_fix"]);
  ok(undoReplacement(notebook, FIX));
  equal(sources(notebook), ["y = 0", "%groq_fix", "y = 2"]);
  equal(notebook.cells[2].getMetadata("groq_magic"), markFor("a", "y = 2").groq_magic);
  ok(!undoReplacement(notebook, FIX));
});

test("what the user edited below, or has there besides, stays, and none is added twice", () => {
  const mine = [inserted("y = 2", "y = 2  # mine"), cellOf("y = 2")];
  const notebook = failing("y = 0", mine);
  replaceCell(notebook, FIX);
  equal(sources(notebook), ["y = 2", "%groq_fix", "y = 2  # mine", "y = 2"]);
  undoReplacement(notebook, FIX);
  equal(sources(notebook), ["y = 0", "%groq_fix", "y = 2  # mine", "y = 2", "y = 2"]);
  const undone = failing("y = 2");
  undoReplacement(undone, FIX);
  equal(sources(undone), ["y = 0", "%groq_fix", "y = 2"]);
});

test("a cell that was changed, is gone, or is read-only stays as it is", () => {
  const locked = failing();
  locked.cells[0].setMetadata("editable", false);
  for (const [notebook, fix, state] of [
    [failing("y = 0 "), FIX, "changed"],
    [failing(), { ...FIX, cell: "c" }, "gone"],
    [locked, FIX, "locked"],
  ]) {
    const before = sources(notebook);
    equal(targetOf(notebook, fix).state, state);
    ok(!replaceCell(notebook, fix) && !undoReplacement(notebook, fix));
    equal(sources(notebook), before);
  }
});

test("empty lines at a cell's end are no change", () => {
  equal(targetOf(failing("y = 0\n\n"), FIX).state, "failed");
});

test("without an id it is the one cell of that number and source, whatever runs later", () => {
  const fix = { ...FIX, cell: "" };
  const notebook = failing();
  const other = cellOf("y = 0");
  notebook.insert(0, other);
  equal(targetOf(notebook, fix).state, "failed");
  equal(fix.cell, "b");
  notebook.cells[1].executionCount = 9;
  equal(targetOf(notebook, fix).state, "failed");
  other.executionCount = 3;
  notebook.cells[1].executionCount = 3;
  equal(targetOf(notebook, { ...FIX, cell: "" }).state, "gone"); // which of the two?
});

test("a cell that was found by its number stays known when the facts come again", () => {
  const fix = { ...FIX, cell: "" };
  const notebook = failing();
  const { node, made, button } = buttonOn(notebook, fix);
  notebook.cells[0].executionCount = 9;
  made.update({ ...fix });
  made.draw();
  equal(shown({ node, button })[1], "false");
  made.update({ ...fix, code: "y = 5" });
  equal(shown({ node, button }).slice(1), ["true", "Cell 3 can't be found in this notebook."]);
});

function buttonOn(notebook, fix = FIX) {
  const node = page('<div class="groq-slot-replace"></div>');
  const made = new ReplaceButton(node, { model: notebook }, fix);
  return { node, made, button: node.querySelector("button") };
}

const shown = ({ button, node }) => [
  button.textContent,
  button.getAttribute("aria-disabled"),
  node.querySelector("span").textContent,
];

test("its button replaces the cell, offers to undo that, and keeps the focus", () => {
  const notebook = failing();
  const { node, button } = buttonOn(notebook);
  equal(shown({ node, button }), ["Replace cell 3 instead", "false", ""]);
  button.focus();
  button.click();
  equal(sources(notebook), ["y = 2", "%groq_fix"]);
  equal(shown({ node, button }), ["Undo", "false", "Cell 3 is replaced; run it again."]);
  equal(button.ariaLabel, "Undo: put cell 3 back as it was");
  equal(document.querySelector("[role=status]").textContent, "Cell 3 is replaced; run it again.");
  button.click();
  equal(sources(notebook), ["y = 0", "%groq_fix", "y = 2"]);
  equal(shown({ node, button }), ["Replace cell 3 instead", "false", ""]);
  equal([button.ariaLabel, document.activeElement === button], [null, true]);
});

test("the note no longer asks to run the cell once it has run", () => {
  const notebook = failing();
  const { node, made, button } = buttonOn(notebook);
  button.click();
  notebook.cells[0].executionCount = null; // it runs
  made.draw();
  equal(shown({ node, button })[2], "Cell 3 is replaced; run it again.");
  notebook.cells[0].executionCount = 5;
  made.draw();
  equal(shown({ node, button }), ["Undo", "false", "The cell is replaced, and has run since."]);
});

test("once the cell has changed, its button says so and does nothing", async () => {
  const notebook = failing();
  const { node, made, button } = buttonOn(notebook);
  notebook.cells[0].sharedModel.setSource("y = 1");
  button.click(); // before the page has drawn it
  equal(sources(notebook)[0], "y = 1");
  await until(() => shown({ node, button })[1] === "true");
  equal(shown({ node, button })[2], "Cell 3 has changed since it ran.");
  equal(
    document.querySelector(`#${button.getAttribute("aria-describedby")}`),
    node.querySelector("span"),
  );
  notebook.cells[0].sharedModel.setSource("y = 0");
  await until(() => shown({ node, button })[1] === "false");
  made.restore();
  equal([node.childNodes.length, notebook.contentChanged.size()], [0, 0]);
});

test("asked again, the button is for the new fix", () => {
  const notebook = failing();
  const { made, button } = buttonOn(notebook);
  made.update({ ...FIX, code: "y = 5" });
  button.click();
  equal(sources(notebook)[0], "y = 5");
});
