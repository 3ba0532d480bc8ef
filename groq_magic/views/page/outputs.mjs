// Where on the page, and in the notebook, a session's outputs are.

/** Return the elements to look in: all panels of the session's notebooks, or the whole page.

A console's manager knows no notebook: its outputs are static, and a notebook's are not its own.

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

/** Change the output of the notebook's that holds the place of an answer.

@param slot the answer's
@param change gives the new output from the old one
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

/** Return which output's HTML contains some text; -1 for none. */
export function indexOf(outputs, text) {
  return text ? outputs.findIndex((each) => htmlOf(each).includes(text)) : -1;
}

/** Return an output's HTML; a notebook file holds it in lines. */
export function htmlOf({ data }) {
  return [data?.["text/html"] ?? ""].flat().join("");
}
