// The notebooks on one kernel that a page shows.

import { connectionOf, documentOf, sharedModules, tried } from "./lab.mjs";

/** Start a part in the session's notebook, and in others on its kernel once they run a cell.

JupyterLab sends the messages of a kernel's widgets to one of a page's notebooks or consoles. Only
there the session widget runs; it finds other notebooks when their cells are about to run.

@param start called with a notebook's document; returns a function that ends the part there
@returns a function that ends the part everywhere
*/
export function inEachNotebook(model, start) {
  const own = documentOf(model);
  const kernel = (connectionOf(own) ?? model.widget_manager?.kernel)?.id;
  if (kernel === undefined) return () => {};
  const ends = new Map(own ? [[own, start(own)]] : []);
  let live = true;
  const add = (_, { notebook }) =>
    tried(() => {
      const document = notebook.parent.context;
      if (ends.has(document) || connectionOf(document).id !== kernel) return;
      ends.set(
        document,
        endWithNotebook(document, start(document), () => ends.delete(document)),
      );
    });
  let scheduled;
  const connect = (signal) => {
    if (!live) return;
    scheduled = signal;
    signal.connect(add);
  };
  executionsOf().then(connect, () => {}); // if it is missing, hello.mjs reports it
  return () => {
    live = false;
    scheduled?.disconnect(add);
    for (const end of ends.values()) end();
    ends.clear();
  };
}

/** Return JupyterLab's signal that a cell is about to run. */
export async function executionsOf() {
  const [{ NotebookActions }] = await sharedModules("@jupyterlab/notebook");
  if (typeof NotebookActions.executionScheduled.connect !== "function")
    throw new Error("no signal");
  return NotebookActions.executionScheduled;
}

// Ends a part when its notebook is closed, or gets another kernel.
function endWithNotebook(document, endPart, forget) {
  const { disposed, sessionContext } = document;
  const end = () => {
    disposed.disconnect(end);
    sessionContext.kernelChanged.disconnect(end);
    forget();
    endPart();
  };
  disposed.connect(end);
  sessionContext.kernelChanged.connect(end);
  return end;
}
