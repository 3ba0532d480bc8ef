// An element whose static text gives way to something of ours for a while.

import { giveBack, takeView } from "./views.mjs";

/** Report to a view that is put in place by hand, and the views in it, that they are displayed. */
export async function displayed(view) {
  view.trigger("displayed");
  const children = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(children.map(displayed));
}

/** Whether a model is there; a manager that can't say so finds out by getting it. */
export function isKnown(manager, id) {
  return manager.has_model?.(id) ?? true;
}

/** One slot, with what stood in it before. */
export class Slot {
  constructor(node) {
    this.node = node;
    this.before = [...node.childNodes];
    this.isClosed = false;
  }

  fill(...nodes) {
    if (!this.isClosed) this.node.replaceChildren(...nodes);
  }

  // A text that changes often is changed in place, which wakes no observer of the page.
  setText(text) {
    if (this.text?.parentNode === this.node) {
      if (this.text.data !== text) this.text.data = text;
      return;
    }
    this.text = new Text(text);
    this.fill(this.text);
  }

  /** Show a view of a model; where that fails, what was here before stays. */
  async showView(manager, id, label) {
    try {
      const [view, isNew] = await takeView(manager, id);
      this.release = () => giveBack(manager, id, view);
      if (this.isClosed) return this.release();
      if (isNew) await displayed(view);
      if (label) view.el.querySelector("select")?.setAttribute("aria-label", label);
      this.fill(view.el);
    } catch {
      this.fill(...this.before);
    }
  }

  restore() {
    this.isClosed = true;
    this.node.replaceChildren(...this.before);
    this.release?.();
    this.release = null;
  }
}
