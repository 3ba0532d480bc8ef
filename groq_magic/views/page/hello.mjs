// Reports once to the kernel which of JupyterLab's internals this page lacks.

import { sendNow } from "./control.mjs";
import { documentOf, missingOn, tried } from "./lab.mjs";
import { executionsOf } from "./notebooks.mjs";
import { promptLanguage } from "./prompt_language.mjs";

export function startHello(model) {
  const document = documentOf(model);
  let live = true;
  const found = document ? [missing("editor.languages", promptLanguage)] : [];
  if (document) found.push(missing("notebook.executionScheduled", executionsOf));
  Promise.all(found).then((names) => {
    const hello = { notebook: document?.path, missing: [...missingOn(document), ...names.flat()] };
    if (live) tried(() => sendNow(model, { hello }));
  });
  return () => {
    live = false;
  };
}

const missing = (name, get) =>
  get().then(
    () => [],
    () => [name],
  );
