// The frame of a document while it streams: notices, the fold of its reasoning, the reason for a
// wait, and the bar with Stop.

import { PICKER } from "./bars.mjs";
import { element, parsed } from "./html.mjs";
import { focusAllScrolled, focusIfScrolled } from "./keyboard.mjs";
import { Mount } from "./mounts.mjs";
import { Slot } from "./slots.mjs";

const END = 4; // px within which the reader counts as being at the end

// The button's label after a press. It never sends an interrupt, which could arrive late and stop
// another cell.
const STOP = { sent: "Stopping", received: "Stopping", unconfirmed: "Stop with ■ in the toolbar" };

function scrollerOf(node) {
  for (let at = node.parentElement; at; at = at.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(at).overflowY);
    if (scrolls && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

// What replaces an element that had the focus; a call may have no fold.
function focusOn(node) {
  const target = node.querySelector("summary") ?? node;
  if (target === node) node.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** One view of a streaming answer. */
export class Frame {
  /**
  @param stop called when the user presses Stop
  @param showPicker called with the slot for the picker's view
  */
  constructor({ stop, showPicker }) {
    this.root = element("div", "groq-streaming");
    this.notices = element("div", "groq-notices");
    this.fold = element("details", "groq-reasoning");
    this.summary = element("summary");
    this.calls = element("div", "groq-calls");
    this.callsShown = [];
    // Of a map: its progress, and its first rows.
    this.progress = element("div");
    this.rows = element("div");
    this.text = new Mount(element("div", "groq-text"));
    this.reasoning = new Mount(element("div"));
    this.waiting = element("div", "groq-waiting");
    this.status = element("div", "groq-unseen");
    this.bar = element("div", "groq-bar");
    this.picker = new Slot(element("span", "groq-slot-picker"));
    this.stop = element("button", "groq-stop", "■ Stop");
    this.facts = element("span", "groq-facts");
    this.model = element("span", "groq-model");
    this.figures = element("span", "groq-slot-figures");
    this.next = element("span", "groq-next");
    this.left = new Slot(element("span", "groq-slot-quota"));
    this.shown = {};

    this.fold.hidden = true;
    this.fold.append(this.summary, this.reasoning.root);
    this.waiting.hidden = true;
    this.waiting.setAttribute("aria-hidden", "true"); // `status` is read instead
    this.status.setAttribute("role", "status");
    this.stop.type = "button";
    this.stop.addEventListener("click", stop);
    // New text may move the button between press and release, so the press counts; a touch may be
    // the beginning of a scroll.
    this.stop.addEventListener("pointerdown", ({ button, pointerType }) => {
      if (button === 0 && pointerType !== "touch") stop();
    });
    this.text.root.setAttribute("aria-busy", "true");
    for (const { root } of [this.text, this.reasoning]) root.dir = "auto";
    this.next.append(this.picker.node, this.left.node);
    this.facts.append(this.model, this.figures);
    const row = element("small"); // as in a finished bar
    row.append(this.stop, element("span", "groq-dot"), this.facts, this.next);
    this.bar.append(row);
    this.root.append(this.notices, this.fold, this.calls, this.text.root);
    this.root.append(this.progress, this.rows);
    this.root.append(this.waiting, this.status, this.bar);
    focusIfScrolled(this.thought.root);
    showPicker(this.picker, PICKER);
  }

  /** Draw the answer's changes, and keep its end visible if it was. */
  draw(answer) {
    const scroller = scrollerOf(this.bar);
    const below = () =>
      this.bar.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
    const inner = scroller !== document.scrollingElement;
    const following = inner && this.bar.isConnected && below() <= END;
    this.text.draw(answer.text.blocks);
    this.reasoning.draw(answer.reasoning.blocks);
    this.#show(answer.show);
    if (answer.ended) this.#end();
    if (following && below() > 0) scroller.scrollTop += below();
  }

  showQuota(left) {
    this.left.setText(left);
  }

  /** Return the picker's view. */
  close() {
    this.picker.restore();
  }

  #show(facts) {
    const { notices, summary, calls, model, figures, progress, rows, waiting, stop } = facts;
    const isNew = (name) => facts[name] !== undefined && facts[name] !== this.shown[name];
    if (isNew("notices")) this.notices.replaceChildren(parsed(notices));
    if (isNew("summary")) {
      this.summary.textContent = summary;
      this.fold.hidden = summary === "";
    }
    if (isNew("calls")) this.#drawCalls(calls);
    if (isNew("model")) this.model.textContent = `${model} · `;
    if (isNew("figures")) this.figures.textContent = figures;
    if (isNew("progress")) this.progress.replaceChildren(parsed(progress));
    if (isNew("rows")) this.#drawRows(rows);
    for (const name of ["calls", "rows"]) if (isNew(name)) focusAllScrolled(this[name]);
    if (isNew("waiting")) this.#wait(waiting);
    if (isNew("stop")) {
      this.stop.ariaDisabled = "true"; // a disabled button would lose the focus
      this.stop.textContent = STOP[stop];
      if (stop === "unconfirmed") this.status.textContent = STOP[stop];
    }
    this.shown = facts;
  }

  // The table of rows keeps its scroll position and the focus.
  #drawRows(html) {
    const before = this.rows.querySelector(".groq-scrolls");
    const hadFocus = before && before === document.activeElement;
    const { scrollLeft = 0 } = before ?? {};
    this.rows.replaceChildren(parsed(html));
    const table = this.rows.querySelector(".groq-listing");
    if (!(before && table)) return;
    table.scrollLeft = scrollLeft;
    if (!hadFocus) return;
    table.tabIndex = 0;
    table.focus({ preventScroll: true });
  }

  // Unchanged calls are not drawn again, so that their folds stay open or closed.
  #drawCalls(html) {
    const made = [...(parsed(html).firstElementChild?.children ?? [])];
    const now = made.map((node) => node.outerHTML);
    for (const [at, node] of made.entries()) {
      if (now[at] === this.callsShown[at]) continue;
      const before = this.calls.children[at];
      const hadFocus = before?.contains(document.activeElement);
      if (before) before.replaceWith(node);
      else this.calls.append(node);
      if (hadFocus) focusOn(node);
    }
    this.callsShown = now;
  }

  // The finished output replaces it at once, or a little later on a page that was loaded in
  // mid-stream.
  #end() {
    this.text.root.removeAttribute("aria-busy");
    this.stop.ariaDisabled = "true";
  }

  // A countdown is drawn each second, but read out once.
  #wait(html) {
    const before = this.waiting.textContent.replace(/\d/g, "");
    this.waiting.replaceChildren(parsed(html));
    this.waiting.hidden = html === "";
    const now = this.waiting.textContent;
    if (now.replace(/\d/g, "") !== before) this.status.textContent = now;
  }
}
