// Finds a session's outputs on the page and in the notebook.

/** Return the elements to search: all panels of the session's notebooks, or the whole page.

A console's manager has no notebook: its outputs are static.

@param others documents of other notebooks on the session's kernel
*/
export function rootsOf(manager, others = []) {
  const documents = [manager.context, ...others].filter((each) => each?.path !== undefined);
  const panels = [...document.querySelectorAll(".jp-NotebookPanel")];
  if (!panels.length) return document.querySelector(".jp-CodeConsole") ? [] : [document.body];
  if (!documents.length) return [];
  const found = panels.map(pathOf);
  if (panels.length === 1 && found[0] === undefined) return panels; // Notebook 7 has no tabs
  const wanted = new Set(documents.flatMap(({ path }) => [path, path.replace(/^[^/]*:/, "")]));
  return panels.filter((_, at) => wanted.has(found[at]));
}

// A tab's title has lines: "Name: …", "Path: …" and more, in the user's language.
function pathOf(panel) {
  const tab = document.querySelector(`[data-id="${CSS.escape(panel.id)}"]`);
  const lines = tab?.title.split("\n") ?? [];
  return lines[1]?.replace(/^[^:：]*[:：]\s*/, "");
}

/** Change the output of the notebook that has the slot of an answer.

@param slot the answer's
@param change takes the output, and returns the new one
*/
export function replaceOutput(manager, slot, change) {
  const model = manager.context?.model;
  if (!model || model.isDisposed) return;
  for (const { outputs } of model.cells ?? []) {
    if (!outputs?.set) continue;
    const all = outputs.toJSON();
    const at = indexOf(all, `groq-doc-${slot}`);
    if (at >= 0) outputs.set(at, change(all[at]));
  }
}

/** Return the index of the output whose HTML contains a text; -1 for none. */
export function indexOf(outputs, text) {
  return text ? outputs.findIndex((each) => htmlOf(each).includes(text)) : -1;
}

/** Return an output's HTML, which a notebook file may have as lines. */
export function htmlOf({ data }) {
  return [data?.["text/html"] ?? ""].flat().join("");
}
