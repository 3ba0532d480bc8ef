// Where on the page, and in the notebook, a session's outputs are.

import { isKnown } from "./slots.mjs";

/** Return the elements to look in: all panels of the session's notebook, or the whole page.

A console's manager knows no notebook: its outputs are static, and a notebook's are not its own.
*/
export function rootsOf(manager) {
  const path = manager.context?.path;
  const panels = [...document.querySelectorAll(".jp-NotebookPanel")];
  if (!panels.length) return document.querySelector(".jp-CodeConsole") ? [] : [document.body];
  if (path === undefined) return [];
  const paths = panels.map(pathOf);
  if (panels.length === 1 && paths[0] === undefined) return panels; // Notebook 7 has no tabs
  return panels.filter((_, at) => [path, path.replace(/^[^/]*:/, "")].includes(paths[at]));
}

// A tab's title has lines: "Name: …", "Path: …" and more, in the user's language.
function pathOf(panel) {
  const tab = document.querySelector(`[data-id="${CSS.escape(panel.id)}"]`);
  const lines = tab?.title.split("\n") ?? [];
  return lines[1]?.replace(/^[^:：]*[:：]\s*/, "");
}

/** Change the output that holds the place of an answer, wherever the page has it.

@param slot the answer's
@param change gives the new output from the old one
@param captured ids of Output widgets that may hold it
*/
export async function replaceOutput(manager, slot, change, captured = []) {
  const model = manager.context?.model;
  if (model && !model.isDisposed) {
    for (const cell of model.cells ?? []) replaceIn(cell.outputs, slot, change);
  }
  for (const each of captured.filter((known) => isKnown(manager, known))) {
    const output = await manager.get_model(each);
    if (replaceIn(output.outputs, slot, change)) {
      // As the widget itself does when something is displayed in it.
      output.set("outputs", output.outputs.toJSON(), { newMessage: true });
      output.save_changes();
    }
  }
}

function replaceIn(outputs, slot, change) {
  if (!outputs?.set) return false;
  const all = outputs.toJSON();
  const at = all.findIndex(({ data }) =>
    [data?.["text/html"]].flat().join("").includes(`groq-doc-${slot}`),
  );
  if (at >= 0) outputs.set(at, change(all[at]));
  return at >= 0;
}
