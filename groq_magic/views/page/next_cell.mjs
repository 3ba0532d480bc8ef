// Cells that were inserted below the cell that asked: a new one replaces the one before it.

import { isCode, tried } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";

// The key in an inserted cell's metadata: the file keeps it, so that it outlives kernel and page.
const KEY = "groq_magic";

/** Start to replace inserted cells; return what ends it. */
export function startNextCell(model) {
  return inEachNotebook(model, (document) => nextCellsIn(document.model, model));
}

// Jupyter inserts the cell, before or after the kernel's message about it comes.
function nextCellsIn(notebook, model) {
  const pending = new Map(Object.entries(model.get("present").next ?? {}));
  let due;
  const arrange = () => {
    due = undefined;
    for (const [id, code] of [...pending])
      if (tried(() => isArranged(notebook, id, code))) pending.delete(id);
  };
  const arrangeSoon = () => {
    // A task of its own: Lab fails where a cell is deleted while it is being drawn.
    if (pending.size) due ??= setTimeout(arrange);
  };
  const onMessage = ({ next = {} }) => {
    for (const [id, code] of Object.entries(next)) pending.set(id, code);
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

The new one replaces unedited ones, goes below edited ones, and is removed where an equal one is.
*/
export function isArranged(notebook, id, code) {
  const cells = [...notebook.cells];
  const at = cells.findIndex((cell) => cell.id === id) + 1;
  const added = cells[at];
  if (!at || !added || !isCode(added) || markOf(added) || sourceOf(added) !== code) return false;
  const end = cells.findIndex((cell, index) => index > at && markOf(cell)?.next_of !== id);
  const former = cells.slice(at + 1, end < 0 ? undefined : end);
  const isThere = [cells[at + 1], ...former].some((cell) => cell && sourceOf(cell) === code);
  const { sharedModel } = notebook;
  sharedModel.transact(() => {
    const obsolete = former.filter(
      (cell) => isUnedited(cell) && !(isThere && sourceOf(cell) === code),
    );
    for (const cell of obsolete.reverse()) sharedModel.deleteCell(cells.indexOf(cell));
    if (isThere) return sharedModel.deleteCell(at);
    added.setMetadata(KEY, { next_of: id, sum: sumOf(code) });
    const edited = former.length - obsolete.length;
    if (edited) sharedModel.moveCell(at, at + edited);
  });
  return true;
}

function markOf(cell) {
  return cell.getMetadata(KEY);
}

function sourceOf(cell) {
  return cell.sharedModel.getSource();
}

function isUnedited(cell) {
  return markOf(cell).sum === sumOf(sourceOf(cell));
}

/** Return a checksum of a text. */
export function sumOf(text) {
  // A polynomial modulo a prime; its base is larger than any unit, so that no small edit keeps it.
  let sum = text.length;
  for (let at = 0; at < text.length; at += 1)
    sum = (sum * 65_599 + text.charCodeAt(at)) % 4_294_967_291;
  return sum;
}
