// The slots of a finished answer: picker, Copy, figures, what is left, the stale mark.

import { button, withCopy } from "./copy.mjs";
import { element, parsed } from "./html.mjs";
import { Slot } from "./slots.mjs";

export const PICKER = "Model of the next ask";

function fold([summary, html]) {
  const made = element("details", "groq-reasoning");
  const body = element("div");
  body.dir = "auto";
  body.append(parsed(html));
  made.append(element("summary", "", summary), body);
  return made;
}

/** The slots of one finished answer. */
export class Bar {
  constructor(bar, session) {
    this.slots = {};
    const answer = bar.closest(".groq-answer");
    const reasoning = answer.querySelector(".groq-slot-reasoning");
    if (reasoning) this.slots.reasoning = new Slot(reasoning);
    for (const name of ["picker", "copy", "figures", "quota", "stale"]) {
      const node = bar.querySelector(`.groq-slot-${name}`);
      if (node) this.slots[name] = new Slot(node);
    }
    this.model = this.slots.picker?.before.map((node) => node.textContent).join("") ?? "";
    if (this.slots.picker) session.showView(this.slots.picker, session.picker, PICKER);
    const text = () => answer.querySelector(".groq-text") ?? answer;
    this.slots.copy?.fill(button("groq-copy", ["Copy", "Copy"], () => this.facts.copy, text));
    this.buttons = [...answer.querySelectorAll(".groq-text pre")].map(withCopy);
  }

  update(facts, current, left) {
    if (facts.thought && !this.facts) this.slots.reasoning?.fill(fold(facts.thought));
    this.facts = facts;
    // The picker shows the next ask's model: say which one answered, if another.
    const other = isNamed(current, this.model) ? "" : this.model;
    const figures = [other, facts.figures].filter(Boolean).join(" · ");
    for (const [name, text] of [
      ["figures", figures],
      ["stale", facts.stale],
    ]) {
      if (this.slots[name] && this.slots[name].node.textContent !== text)
        this.slots[name].fill(text);
    }
    this.showLeft(left);
  }

  showLeft(left) {
    this.slots.quota?.setText(left);
  }

  restore() {
    for (const slot of Object.values(this.slots)) slot.restore();
    for (const made of this.buttons) made.remove();
  }
}

export function isNamed(id, model) {
  return id === model || id.endsWith(`/${model}`);
}
