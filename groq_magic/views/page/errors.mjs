// Our errors of one line: JupyterLab breaks them within words, and shows backticks.

import { phrase } from "./html.mjs";

const ERRORS = '[data-mime-type="application/vnd.jupyter.stderr"] pre:not(.groq-error)';
const ONE_LINE = /^[A-Z]\w+Error: .*\n?$/; // a traceback begins with an element

/** Break the errors under an element between words, and show text in backticks as code. */
export function showErrors(root) {
  for (const pre of root.querySelectorAll(ERRORS)) {
    if (!ONE_LINE.test(pre.firstChild?.data ?? "")) continue;
    pre.classList.add("groq-error");
    unlinkCode(pre);
    for (const node of [...pre.childNodes].filter(({ data }) => data))
      node.replaceWith(...phrase(node.data));
  }
}

// JupyterLab makes links of model ids, which would separate the backticks around them.
function unlinkCode(pre) {
  let isCode = false;
  for (const node of [...pre.childNodes]) {
    if (node.textContent.split("`").length % 2 === 0) isCode = !isCode;
    else if (isCode && node.localName === "a") node.replaceWith(node.textContent);
  }
  pre.normalize();
}
