// Reports to the kernel, once, what is missing on this page.

import { sendNow } from "./control.mjs";
import { documentOf, missingOn, tried } from "./lab.mjs";
import { promptLanguage } from "./prompt_language.mjs";

export function startHello(model) {
  const document = documentOf(model);
  let live = true;
  const language = document ? promptLanguage().then(() => [], () => ["editor.languages"]) : [];
  Promise.resolve(language).then((missing) => {
    const hello = { notebook: document?.path, missing: [...missingOn(document), ...missing] };
    if (live) tried(() => sendNow(model, { hello }));
  });
  return () => {
    live = false;
  };
}
