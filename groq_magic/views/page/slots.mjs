// An element whose static text is replaced while the kernel lives.

import { giveBack, takeView } from "./views.mjs";

/** Trigger the `displayed` event of a view that we insert ourselves, and of the views in it. */
export async function displayed(view) {
  view.trigger("displayed");
  const children = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(children.map(displayed));
}

/** Whether a model exists; true for a manager without `has_model`, which finds out later. */
export function isKnown(manager, id) {
  return manager.has_model?.(id) ?? true;
}

// A slider beside a field has the name of the field's label.
function nameSliders(root) {
  for (const handle of root.querySelectorAll('[role="slider"]:not([aria-label])'))
    handle.ariaLabel = handle.closest(".widget-hbox")?.querySelector("label")?.textContent ?? "";
}

/** One slot, with its static content. */
export class Slot {
  constructor(node) {
    this.node = node;
    this.before = [...node.childNodes];
    this.isClosed = false;
  }

  fill(...nodes) {
    if (!this.isClosed) this.node.replaceChildren(...nodes);
  }

  // A frequent change edits the text node, which triggers no observer of the page.
  setText(text) {
    if (this.text?.parentNode === this.node) {
      if (this.text.data !== text) this.text.data = text;
      return;
    }
    this.text = new Text(text);
    this.fill(this.text);
  }

  /** Show a view of a model; if that fails, the static content stays. */
  async showView(manager, id, label) {
    try {
      const [view, isNew] = await takeView(manager, id);
      this.release = () => giveBack(manager, id, view);
      if (this.isClosed) return this.release();
      if (isNew) await displayed(view);
      nameSliders(view.el);
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
