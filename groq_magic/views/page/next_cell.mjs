// Cells inserted below the cell that asked: a new one replaces the one before.

import { insertedFrom, isUnedited, markFor, markOf, sourceOf } from "./inserted.mjs";
import { isCode, tried } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { replaceCell } from "./replacing.mjs";

/** Start to replace inserted cells; return a function that stops this. */
export function startNextCell(model) {
  return inEachNotebook(model, (document) => nextCellsIn(document.model, model));
}

// Jupyter inserts the cell before or after the kernel's message about it arrives.
function nextCellsIn(notebook, model) {
  const pending = new Map(Object.entries(model.get("present").next ?? {}));
  let due;
  const arrange = () => {
    due = undefined;
    for (const [id, { code, replaces }] of [...pending])
      if (tried(() => arrangeInserted(notebook, id, code))) {
        pending.delete(id);
        // If it can't replace the failed cell, it stays below.
        if (replaces) tried(() => replaceCell(notebook, replaces));
      }
  };
  const arrangeSoon = () => {
    // In a task of its own: Lab fails if a cell is deleted while it is drawn.
    if (pending.size) due ??= setTimeout(arrange);
  };
  const onMessage = ({ next = {} }) => {
    for (const [id, added] of Object.entries(next)) pending.set(id, added);
    arrangeSoon();
  };
  model.on("msg:custom", onMessage);
  notebook.cells.changed.connect(arrangeSoon);
  arrangeSoon();
  return () => {
    clearTimeout(due);
    model.off("msg:custom", onMessage);
    notebook.cells.changed.disconnect(arrangeSoon);
  };
}

/** Arrange the inserted cells below a cell; return whether the new one was there.

The new one replaces unedited ones, is moved below edited ones, and is removed if there is an equal
one.
*/
export function arrangeInserted(notebook, id, code) {
  const cells = [...notebook.cells];
  const at = cells.findIndex((cell) => cell.id === id) + 1;
  const added = cells[at];
  if (!at || !added || !isCode(added) || markOf(added) || sourceOf(added) !== code) return false;
  const former = insertedFrom(cells, at + 1, id);
  const isThere = [cells[at + 1], ...former].some((cell) => cell && sourceOf(cell) === code);
  const { sharedModel } = notebook;
  sharedModel.transact(() => {
    const obsolete = former.filter(
      (cell) => isUnedited(cell) && !(isThere && sourceOf(cell) === code),
    );
    for (const cell of obsolete.reverse()) sharedModel.deleteCell(cells.indexOf(cell));
    if (isThere) return sharedModel.deleteCell(at);
    for (const [key, value] of Object.entries(markFor(id, code))) added.setMetadata(key, value);
    const edited = former.length - obsolete.length;
    if (edited) sharedModel.moveCell(at, at + edited);
  });
  return true;
}
