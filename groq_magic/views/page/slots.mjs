// What a slot shows, and what it held before.

import { giveBack, takeView } from "./views.mjs";

/** A view that is put in place by hand, and the views in it, learn it from us. */
export async function displayed(view) {
  view.trigger("displayed");
  const children = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(children.map(displayed));
}

/** Whether a model is there; a manager that can't say so finds out by getting it. */
export function isKnown(manager, id) {
  return manager.has_model?.(id) ?? true;
}

/** A slot that holds something of ours, and what it held before. */
export class Filled {
  constructor(node) {
    this.node = node;
    this.before = [...node.childNodes];
    this.gone = false;
  }

  with(...nodes) {
    if (!this.gone) this.node.replaceChildren(...nodes);
  }

  // A text that changes often is changed in place, which wakes no observer of the page.
  say(text) {
    if (this.said?.parentNode === this.node) {
      if (this.said.data !== text) this.said.data = text;
      return;
    }
    this.said = new Text(text);
    this.with(this.said);
  }

  /** Show a view of a model; where that fails, what was here before stays. */
  async withView(manager, id, label) {
    try {
      const [view, isNew] = await takeView(manager, id);
      this.leave = () => giveBack(manager, id, view);
      if (this.gone) return this.leave();
      if (isNew) await displayed(view);
      if (label) view.el.querySelector("select")?.setAttribute("aria-label", label);
      this.with(view.el);
    } catch {
      this.with(...this.before);
    }
  }

  restore() {
    this.gone = true;
    this.node.replaceChildren(...this.before);
    this.leave?.();
    this.leave = null;
  }
}
