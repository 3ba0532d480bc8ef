/** A signal of Lab's. */
export function signal() {
  const slots = new Set();
  return {
    connect: (slot) => slots.add(slot),
    disconnect: (slot) => slots.delete(slot),
    emit: (value) => [...slots].forEach((slot) => slot(null, value)),
    size: () => slots.size,
  };
}

/** A notebook's document as Lab has it: cells by id, and what was done to them. */
export function documentOf(
  cells,
  { undoable = false, writable = true, path = "a.ipynb", source } = {},
) {
  const saveState = signal();
  const document = {
    path,
    saveState,
    saves: 0,
    contentsModel: { writable },
    model: { dirty: false, sharedModel: { canUndo: () => undoable }, cells: [] },
    async save() {
      saveState.emit("started");
      document.saves += 1;
      await null;
      document.model.dirty = false;
      saveState.emit("completed");
    },
  };
  for (const [id, all] of Object.entries(cells)) {
    const changed = (change) => (value, other) => {
      change(value, other);
      document.model.dirty = true;
    };
    const outputs = {
      toJSON: () => [...all],
      set: changed((at, output) => (all[at] = output)),
      add: changed((output) => all.push(output)),
      fromJSON: changed((others) => all.splice(0, all.length, ...others)),
    };
    const sharedModel = { canUndo: () => false, getSource: () => source };
    document.model.cells.push({ id, outputs, sharedModel, all });
  }
  return document;
}
