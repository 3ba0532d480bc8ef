// One answer while it streams: its blocks, the fold of its reasoning, the line
// that says what is waited for, and the bar. Everything drawn is told by the
// kernel; only Stop goes back.

import { withCopy } from "./copy.mjs";
import { parsed } from "./html.mjs";

const END = 4; // px within which the reader counts as being at the end
const ASK_AGAIN = 1000; // ms in which what was missed is asked for once
const UNCONFIRMED = 2000; // ms after which a press of Stop that the kernel has not confirmed counts as lost

// The button's label once it was pressed. An interrupt is the user's to send: one that
// arrives late would break another cell.
const STOP = { sent: "Stopping", received: "Stopping", unconfirmed: "Stop with ■ in the toolbar" };

// A busy kernel runs a widget's messages after the cell, but reads its control channel.
// Sending twice does no harm.
function send(model, content) {
  model.send(content);
  try {
    const kernel = model.widget_manager.kernel;
    kernel.sendControlMessage({
      channel: "control",
      header: {
        msg_id: `${kernel.clientId}_${performance.now()}`,
        msg_type: model.get("present").onControl,
        session: kernel.clientId,
        username: kernel.username,
        date: new Date().toISOString(),
        version: "5.3",
      },
      parent_header: {},
      metadata: {},
      content,
      buffers: [],
    });
  } catch {
    // No JupyterLab, or its kernel is gone: a stop that is not confirmed changes the button's label.
  }
}

/** The top-level blocks of a document, changed by `[op, index, html]` patches. */
class Blocks {
  constructor(root, blocks = []) {
    this.root = root;
    this.blocks = blocks;
    this.withCopies = 0; // so many blocks have a Copy button at all their code
  }

  apply([op, index, html]) {
    this.withCopies = Math.min(this.withCopies, index);
    this[op](index, parsed(html));
  }

  block(index, fragment) {
    const nodes = [...fragment.childNodes];
    const next = this.blocks.slice(index).flatMap((block) => block.nodes)[0] ?? null;
    this.root.insertBefore(fragment, next);
    this.blocks[index]?.nodes.forEach((node) => node.remove());
    this.blocks[index] = { nodes, tail: 0 };
  }

  grow(index, fragment) {
    this.#endWith(index, fragment, 0);
  }

  tail(index, fragment) {
    this.#endWith(index, fragment, fragment.childNodes.length);
  }

  cut(index) {
    for (const block of this.blocks.splice(index)) block.nodes.forEach((node) => node.remove());
  }

  /** Make a change; what the reader opened or closed stays so, and settled code can be copied. */
  change(change) {
    const open = [...this.root.querySelectorAll("details")].map((fold) => fold.open);
    change();
    if (open.length) {
      const folds = this.root.querySelectorAll("details");
      open.forEach((each, at) => folds[at] && (folds[at].open = each));
    }
    if (this.root.matches(".groq-text")) this.#addCopies();
  }

  #addCopies() {
    for (const made of this.root.querySelectorAll(":scope > .groq-copy-code"))
      if (made.nextSibling?.localName !== "pre") made.remove();
    for (const block of this.blocks.slice(this.withCopies)) {
      const settled = block === this.blocks.at(-1) ? settledOf(block) : block.nodes;
      for (const pre of settled.flatMap(codeIn))
        if (pre.previousSibling?.className !== "groq-copy-code") withCopy(pre);
    }
    this.withCopies = Math.max(0, this.blocks.length - 1);
  }

  copy() {
    const root = this.root.cloneNode(true);
    for (const made of root.querySelectorAll(".groq-copy-code")) made.remove();
    const nodes = [...root.childNodes];
    const blocks = this.blocks.map(({ nodes: own, tail }) => ({
      nodes: nodes.splice(0, own.length),
      tail,
    }));
    return new Blocks(root, blocks);
  }

  // The tail is the container's last nodes: they go, what comes takes their place.
  #endWith(index, fragment, tail) {
    const block = this.blocks[index];
    const container = containerOf(block.nodes);
    for (let left = block.tail; left > 0; left--) container.lastChild.remove();
    container.append(fragment);
    block.tail = tail;
  }
}

/** The nodes of the last block that can't change any more. */
function settledOf({ nodes, tail }) {
  const root = nodes.find((node) => node.nodeType === Node.ELEMENT_NODE);
  if (!root?.matches("ul, ol, blockquote")) return [];
  return [...root.childNodes].slice(0, root.childNodes.length - tail);
}

function codeIn(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  return node.localName === "pre" ? [node] : [...node.querySelectorAll("pre")];
}

function containerOf(nodes) {
  const root = nodes.find((node) => node.nodeType === Node.ELEMENT_NODE);
  return root.matches("ul, ol, blockquote") ? root : root.querySelector("tbody, code");
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function scrollerOf(node) {
  for (let at = node.parentElement; at; at = at.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(at).overflowY);
    if (scrolls && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

/** One view of the answer: its elements, and how what is told changes them. */
class View {
  constructor(el, text, thought, stop) {
    this.text = text;
    this.thought = thought;
    this.notices = element("div", "groq-notices");
    this.fold = element("details", "groq-reasoning");
    this.summary = element("summary", "");
    this.waiting = element("div", "groq-waiting");
    this.said = element("div", "groq-unseen");
    this.bar = element("div", "groq-bar");
    this.picker = element("span", "groq-slot-picker");
    this.stop = element("button", "groq-stop", "■ Stop");
    this.figures = element("span", "groq-slot-figures");

    this.fold.hidden = true;
    this.fold.append(this.summary, thought.root);
    this.waiting.hidden = true;
    this.waiting.setAttribute("aria-hidden", "true"); // `said` speaks for it
    this.said.setAttribute("role", "status");
    this.stop.type = "button";
    this.stop.addEventListener("click", stop);
    // The text may push it on between press and release: the press counts.
    this.stop.addEventListener("pointerdown", (press) => press.button || stop());
    text.root.setAttribute("aria-busy", "true");
    this.bar.append(this.picker, this.stop, element("span", "groq-dot"), this.figures);
    el.append(this.notices, this.fold, text.root, this.waiting, this.said, this.bar);
  }

  show({ notices, summary, figures, waiting, stop }) {
    if (notices) {
      this.notices.replaceChildren(parsed(notices));
    }
    if (summary !== undefined) {
      this.summary.textContent = summary;
      this.fold.hidden = summary === "";
    }
    if (figures !== undefined) this.figures.textContent = figures;
    if (waiting !== undefined) this.#wait(waiting);
    if (stop) {
      this.stop.disabled = true;
      this.stop.textContent = STOP[stop];
      if (stop === "unconfirmed") this.said.textContent = STOP[stop];
    }
  }

  // A countdown is drawn at each second, but spoken once.
  #wait(html) {
    const before = this.waiting.textContent.replace(/\d/g, "");
    this.waiting.replaceChildren(parsed(html));
    this.waiting.hidden = html === "";
    const now = this.waiting.textContent;
    if (now.replace(/\d/g, "") !== before) this.said.textContent = now;
  }

  /** Make a change; keep the answer's end in sight if it was. */
  changed(change) {
    const scroller = scrollerOf(this.bar);
    const below = () =>
      this.bar.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
    const inner = scroller !== document.scrollingElement;
    const following = inner && this.bar.isConnected && below() <= END;
    change();
    if (following && below() > 0) scroller.scrollTop += below();
  }
}

export default () => {
  const text = new Blocks(element("div", "groq-text"));
  const thought = new Blocks(element("div", ""));
  const views = new Set();
  const shown = {};
  let count = 0;
  let asked = -ASK_AGAIN;

  function draw(told) {
    Object.assign(shown, told.show);
    // Without a view the blocks are kept up all the same, for the one to come.
    const lists = views.size ? [...views] : [{ text, thought, show() {}, changed: (f) => f() }];
    for (const view of lists) {
      view.changed(() => {
        for (const [list, patches] of [[view.text, told.text], [view.thought, told.thought]]) {
          list.change(() => {
            if (told.whole) list.cut(0);
            patches?.forEach((patch) => list.apply(patch));
          });
        }
        view.show(told.show ?? {});
      });
    }
    count = told.count;
  }

  function initialize({ model }) {
    draw({ ...model.get("present"), whole: true });
    model.on("msg:custom", (told) => {
      if (told.whole || told.count === count + 1) draw(told);
      else if (told.count > count && performance.now() - asked >= ASK_AGAIN) {
        asked = performance.now(); // some was lost on the way
        send(model, { tell: "whole" });
      }
    });
  }

  function stop(model) {
    if (shown.stop) return;
    draw({ count, show: { stop: "sent" } });
    setTimeout(() => shown.stop === "sent" && draw({ count, show: { stop: "unconfirmed" } }), UNCONFIRMED);
    send(model, { stop: true });
  }

  function render({ model, el }) {
    const taken = views.size > 0;
    const [own, thoughts] = taken ? [text.copy(), thought.copy()] : [text, thought];
    el.classList.add("groq-streaming");
    const view = new View(el, own, thoughts, () => stop(model));
    view.show(shown);
    views.add(view);
    // Without a picker it is an answer all the same.
    const picker = pickerIn(view.picker, model).catch(() => null);
    return async () => {
      views.delete(view);
      (await picker)?.remove();
    };
  }

  return { initialize, render };
};

// The session's own picker: one model, one view of it in each bar.
async function pickerIn(slot, model) {
  const manager = model.widget_manager;
  const view = await manager.create_view(await manager.get_model(model.get("picker")));
  view.el.querySelector("select")?.setAttribute("aria-label", "Model of the next ask");
  slot.replaceChildren(view.el);
  view.trigger("displayed"); // it is put in place by hand, so nobody else says so
  return view;
}
