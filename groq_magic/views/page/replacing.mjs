// Replaces the failed cell with the fixed one, and undoes that: the fixed cell is inserted again.
//
// A fix has the ids of both cells (`asked`, and `cell`, "" if the kernel knows only its number), the
// failed cell's name, and its source before and after.

import { insertedFrom, isUnedited, markFor, sourceOf } from "./inserted.mjs";
import { isCode, tried } from "./lab.mjs";

/** Return the cell that a fix is for, and its state: failed, fixed, changed, locked or gone. */
export function targetOf(notebook, fix) {
  const cell = found([...notebook.cells], fix);
  if (!cell) return { state: "gone" };
  const source = bare(sourceOf(cell));
  if (source !== fix.before && source !== bare(fix.code)) return { cell, state: "changed" };
  if (cell.getMetadata("editable") === false) return { cell, state: "locked" };
  return { cell, state: source === fix.before ? "failed" : "fixed" };
}

/** Replace the failed cell, and remove the inserted one; return whether the cell is fixed. */
export function replaceCell(notebook, fix) {
  const { cell, state } = targetOf(notebook, fix);
  if (state === "failed") setSource(cell, fix.code);
  else if (state !== "fixed") return false;
  const { sharedModel } = notebook;
  beginChange(sharedModel);
  const cells = [...notebook.cells];
  const below = insertedBelow(cells, fix).filter((each) => isUnedited(each) && isFixed(each, fix));
  sharedModel.transact(() => {
    for (const each of below.reverse()) sharedModel.deleteCell(cells.indexOf(each));
  });
  return true;
}

/** Restore the failed cell, and insert the fixed one again; return whether that was possible. */
export function undoReplacement(notebook, fix) {
  const { cell, state } = targetOf(notebook, fix);
  if (state !== "fixed") return false;
  setSource(cell, fix.before);
  const cells = [...notebook.cells];
  const below = insertedBelow(cells, fix);
  const at = cells.findIndex(({ id }) => id === fix.asked) + 1;
  if (!at || below.some((each) => isFixed(each, fix))) return true;
  const metadata = { ...markFor(fix.asked, fix.code), trusted: true };
  beginChange(notebook.sharedModel);
  notebook.sharedModel.insertCell(at + below.length, {
    cell_type: "code",
    source: fix.code,
    metadata,
  });
  return true;
}

// The cell has its number only until it runs again, so its id is kept.
function found(cells, fix) {
  if (fix.cell) return cells.find(({ id }) => id === fix.cell);
  const source = [fix.before, bare(fix.code)];
  const same = cells.filter(
    (cell) =>
      isCode(cell) && cell.executionCount === fix.number && source.includes(bare(sourceOf(cell))),
  );
  if (same.length !== 1) return;
  fix.cell = same[0].id;
  return same[0];
}

// A change that the cell editor's undo reverts.
function setSource({ sharedModel }, source) {
  beginChange(sharedModel);
  sharedModel.setSource(source);
}

// Changes within half a second of each other are undone as one.
function beginChange(sharedModel) {
  tried(() => sharedModel.undoManager.stopCapturing());
}

function insertedBelow(cells, fix) {
  const at = cells.findIndex(({ id }) => id === fix.asked) + 1;
  return at ? insertedFrom(cells, at, fix.asked) : [];
}

const isFixed = (cell, fix) => bare(sourceOf(cell)) === bare(fix.code);

// The kernel removes empty lines at the end of a cell's source.
const bare = (source) => source.replace(/\n+$/, "");
