// What a slot shows, and what it held before. Stands before slots.js in one module.

/** A view that is put in place by hand, and the views in it, learn it from us. */
async function displayed(view) {
  view.trigger("displayed");
  const children = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(children.map(displayed));
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // rendered and made safe by the kernel
  return document.importNode(template.content, true);
}

/** Whether a model is there; a manager that can't say so finds out by getting it. */
function isKnown(manager, id) {
  return manager.has_model?.(id) ?? true;
}

/** A slot that holds something of ours, and what it held before. */
class Filled {
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
    if (this.said?.data === text) return;
    if (this.said?.parentNode === this.node) this.said.data = text;
    else this.with((this.said = new Text(text)));
  }

  /** Show a view of a model; where that fails, what was here before stays. */
  async withView(manager, id, label) {
    try {
      const view = await manager.create_view(await manager.get_model(id));
      if (this.gone) return view.remove();
      this.view = view;
      await displayed(view);
      if (label) view.el.querySelector("select")?.setAttribute("aria-label", label);
      this.with(view.el);
    } catch {
      this.with(...this.before);
    }
  }

  restore() {
    this.gone = true;
    this.node.replaceChildren(...this.before);
    this.view?.remove();
  }
}

const TAKEN = Symbol.for("groq_magic.stream");

/** The place of an answer while it streams. The output holds a line that says it is unfinished. */
class Stream extends Filled {
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
