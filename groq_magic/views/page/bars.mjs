// The slots of a finished answer: Copy and figures at the left, picker and quota of the next ask at
// the right, above the answer the warning that it is out of date, and below a diff the button that
// replaces the failed cell.

import { button, withCopy } from "./copy.mjs";
import { element, parsed } from "./html.mjs";
import { ReplaceButton } from "./replace_button.mjs";
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
    this.answer = answer;
    this.session = session;
    for (const name of ["stale", "reasoning", "copy", "figures", "picker", "quota"]) {
      const node = answer.querySelector(`.groq-slot-${name}`);
      if (node) this.slots[name] = new Slot(node);
    }
    if (this.slots.picker) session.showView(this.slots.picker, session.picker, PICKER);
    const text = () => answer.querySelector(".groq-text") ?? answer;
    this.slots.copy?.fill(button("groq-copy", ["Copy", "Copy"], () => this.facts.copy, text));
    this.buttons = [...answer.querySelectorAll(".groq-text pre")].map(withCopy);
  }

  /** Later answers have higher numbers. */
  get order() {
    return this.facts?.order ?? 0;
  }

  update(facts) {
    if (facts.reasoning && !this.facts) this.slots.reasoning?.fill(fold(facts.reasoning));
    this.facts = facts;
    for (const [name, text] of [
      ["figures", facts.figures && ` · ${facts.figures}`],
      ["stale", facts.stale],
    ]) {
      if (this.slots[name] && this.slots[name].node.textContent !== text)
        this.slots[name].fill(text);
    }
    this.updateReplacing(facts.replacement);
  }

  // The button edits cells: its slot needs the session's token, which foreign notebooks lack.
  updateReplacing(fix) {
    if (this.replacing && fix) return this.replacing.update(fix);
    this.replacing?.restore();
    this.replacing = undefined;
    const node = fix && this.answer.querySelector(`.groq-slot-replace${this.session.token}`);
    const document = node && this.session.documentAt(node);
    if (document) this.replacing = new ReplaceButton(node, document, fix);
  }

  showQuota(left) {
    this.slots.quota?.setText(left);
  }

  restore() {
    for (const slot of Object.values(this.slots)) slot.restore();
    for (const made of this.buttons) made.remove();
    this.replacing?.restore();
  }
}
