// Cells with a prompt are edited as Markdown while the extension is loaded.

import { isCode, missingOn } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { PROMPT_MAGIC, PROMPT_MIME, promptLanguage } from "./prompt_language.mjs";

const NEEDED = [
  "notebook.cells",
  "cells.changed",
  "sharedModel.getSource",
  "sharedModel.changed",
  "cell.mimeType",
];

export function startPromptCells(model) {
  return inEachNotebook(model, startIn);
}

function startIn(document) {
  let end;
  const start = (addLanguage) => {
    if (end !== null && !missingOn(document).some((name) => NEEDED.includes(name)))
      end = promptCellsIn(document.model.cells, addLanguage());
  };
  // If it is missing, hello.mjs reports it.
  promptLanguage()
    .then(start)
    .catch(() => {});
  return () => {
    end?.();
    end = null;
  };
}

function promptCellsIn(cells, removeLanguage) {
  const watched = new Map();
  const update = () => {
    const present = new Set([...cells].filter(isCode));
    for (const [cell, watch] of watched)
      if (!present.has(cell)) {
        watch.end();
        watched.delete(cell);
      }
    for (const cell of present) if (!watched.has(cell)) watched.set(cell, new PromptCell(cell));
  };
  cells.changed.connect(update);
  update();
  return () => {
    cells.changed.disconnect(update);
    for (const watch of watched.values()) watch.end();
    removeLanguage();
  };
}

/** One code cell: it has our MIME type while its first line is one of our magics. */
class PromptCell {
  constructor(cell) {
    this.cell = cell;
    this.type = cell.mimeType;
    this.onChange = (_, { sourceChange }) => sourceChange && this.update();
    this.onType = () => this.update();
    cell.sharedModel.changed.connect(this.onChange);
    cell.mimeTypeChanged.connect(this.onType);
    this.update();
  }

  update() {
    const { cell } = this;
    // Lab sets the kernel's type again after each start, and on new cells.
    if (cell.mimeType !== PROMPT_MIME) this.type = cell.mimeType;
    const type = PROMPT_MAGIC.test(cell.sharedModel.getSource()) ? PROMPT_MIME : this.type;
    if (cell.mimeType !== type) cell.mimeType = type;
  }

  end() {
    const { cell } = this;
    cell.sharedModel.changed.disconnect(this.onChange);
    cell.mimeTypeChanged.disconnect(this.onType);
    if (cell.mimeType === PROMPT_MIME) cell.mimeType = this.type;
  }
}
