// The place of an answer while it streams.

import { parsed } from "./html.mjs";
import { replaceOutput } from "./outputs.mjs";
import { Filled } from "./slots.mjs";

const TAKEN = Symbol.for("groq_magic.stream");

/** The place of an answer while it streams. The output holds a line that says it is unfinished. */
export class Stream extends Filled {
  /** Return the places on the page; the class of each names the model to show. */
  static places() {
    return document.querySelectorAll(".groq-slot-stream");
  }

  static idOf(node) {
    const named = [...node.classList].find((name) => name.startsWith("groq-stream-"));
    return named?.slice("groq-stream-".length) ?? "";
  }

  // Two views of one kernel, a notebook's and a console's, can see the same place.
  static isTaken(node) {
    return Boolean(node[TAKEN]);
  }

  constructor(node, manager) {
    super(node);
    node[TAKEN] = true;
    this.manager = manager;
    this.id = Stream.idOf(node);
    this.with(); // before it is painted
    this.withView(manager, this.id);
  }

  restore() {
    super.restore();
    delete this.node[TAKEN];
  }

  /** The kernel has gone: keep what came, on the page and in the notebook. */
  keep() {
    const text = this.view?.el.querySelector(".groq-text");
    const html = text?.textContent.trim() ? interrupted(text) : "";
    this.restore();
    if (!html) return;
    this.node.replaceChildren(...parsed(html).firstChild.childNodes);
    replaceOutput(this.manager, this.id, ({ data, ...rest }) => ({
      ...rest,
      data: { ...data, "text/html": html },
    }));
  }
}

function interrupted(text) {
  const answer = document.createElement("div");
  answer.className = "groq-answer mathjax_ignore tex2jax_ignore";
  const notice = document.createElement("div");
  notice.className = "groq-notice";
  notice.textContent = "This answer was interrupted; run the cell again.";
  const kept = document.createElement("div");
  kept.className = "groq-text";
  kept.append(...text.cloneNode(true).childNodes);
  for (const made of kept.querySelectorAll(".groq-copy-code")) made.remove();
  kept.normalize();
  if (!readsBack(kept)) {
    const plain = document.createElement("pre");
    plain.textContent = text.innerText;
    kept.replaceChildren(plain);
  }
  answer.append(notice, kept);
  return answer.outerHTML;
}

// The kernel's HTML is safe; HTML that the page writes is as safe if it gives the same elements.
function readsBack(element) {
  const inert = document.implementation.createHTMLDocument("");
  const again = inert.createElement("div");
  again.innerHTML = element.outerHTML;
  return again.childNodes.length === 1 && again.firstChild.isEqualNode(element);
}
