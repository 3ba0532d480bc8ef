// Keeps the text of an answer whose kernel ended while it streamed.

import { element, parsed } from "./html.mjs";
import { tried } from "./lab.mjs";
import { Mount } from "./mounts.mjs";
import { replaceOutput } from "./outputs.mjs";

/** Keep the text so far of an answer, on the page and in the notebook.

@param nodes the places that showed it
*/
export function keepInterrupted(manager, slot, answer, nodes) {
  const text = element("div");
  new Mount(text).draw(answer.text.blocks);
  if (!text.textContent.trim()) return;
  const html = interrupted(text);
  for (const node of nodes) node.replaceChildren(...parsed(html).firstChild.childNodes);
  const change = ({ data, ...rest }) => ({ ...rest, data: { ...data, "text/html": html } });
  tried(() => replaceOutput(manager, slot, change)); // if it fails, the page still shows it
}

/** Return a finished output's HTML with the text of an element. */
export function interrupted(text) {
  const answer = element("div", "groq-answer mathjax_ignore tex2jax_ignore");
  const notice = element("div", "groq-notice", "This answer was interrupted; run the cell again.");
  const kept = element("div", "groq-text");
  kept.dir = "auto";
  kept.append(...text.cloneNode(true).childNodes);
  for (const made of kept.querySelectorAll(".groq-copy-code")) made.remove();
  kept.normalize();
  if (!readsBack(kept)) {
    // biome-ignore lint/performance/useDomNodeTextContent: it has no lines for blocks
    kept.replaceChildren(element("pre", "", text.innerText));
  }
  answer.append(notice, kept);
  return answer.outerHTML;
}

// The kernel's HTML is safe; the page's HTML is too if it is parsed to the same elements.
function readsBack(made) {
  const inert = document.implementation.createHTMLDocument("");
  const again = inert.createElement("div");
  again.innerHTML = made.outerHTML;
  return again.childNodes.length === 1 && again.firstChild.isEqualNode(made);
}
