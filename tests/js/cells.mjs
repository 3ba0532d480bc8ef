import { signal } from "./document.mjs";

let made = 0;

/** A cell of Lab's, with the mark of one that we inserted if one is given. */
export function cellOf(text, mark, type = "code", id = `made-${++made}`) {
  const metadata = mark ? { groq_magic: mark } : {};
  let source = text;
  const cell = {
    id,
    type,
    metadata,
    executionCount: null,
    getMetadata: (key) => metadata[key],
    setMetadata: (key, value) => (metadata[key] = value),
    sharedModel: {
      getSource: () => source,
      setSource: (other) => {
        source = other;
        cell.changed?.();
      },
    },
  };
  return cell;
}

/** A notebook of Lab's: cells, and the signals of their changes. */
export function notebookOf(all) {
  const cells = [...all];
  cells.changed = signal();
  const contentChanged = signal();
  const change = (call) => {
    call();
    cells.changed.emit();
    contentChanged.emit();
  };
  for (const cell of cells) cell.changed = contentChanged.emit;
  const insert = (at, cell) => change(() => cells.splice(at, 0, cell));
  const sharedModel = {
    transact: (call) => call(),
    deleteCell: (at) => change(() => cells.splice(at, 1)),
    moveCell: (from, to) => change(() => cells.splice(to, 0, ...cells.splice(from, 1))),
    insertCell: (at, { source, metadata }) => insert(at, cellOf(source, metadata.groq_magic)),
  };
  cells.notebook = { cells, contentChanged, sharedModel, insert };
  return cells.notebook;
}
