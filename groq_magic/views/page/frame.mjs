// What stands around a document while it streams: notices, the fold of its reasoning, the line
// that names the reason for a wait, and the bar with Stop.

import { PICKER } from "./bars.mjs";
import { element, parsed } from "./html.mjs";
import { Mount } from "./mounts.mjs";
import { Slot } from "./slots.mjs";

const END = 4; // px within which the reader counts as being at the end

// The button's label once it was pressed. An interrupt is the user's to send: one that
// arrives late would break another cell.
const STOP = { sent: "Stopping", received: "Stopping", unconfirmed: "Stop with ■ in the toolbar" };

function scrollerOf(node) {
  for (let at = node.parentElement; at; at = at.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(at).overflowY);
    if (scrolls && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

/** One view of a streaming answer. */
export class Frame {
  /**
  @param stop called when the reader presses Stop
  @param showPicker called with the slot that the picker's view belongs into
  */
  constructor({ stop, showPicker }) {
    this.root = element("div", "groq-streaming");
    this.notices = element("div", "groq-notices");
    this.fold = element("details", "groq-reasoning");
    this.summary = element("summary");
    this.calls = element("div", "groq-calls");
    this.callsShown = [];
    // Of a map: how far it is, and its first rows.
    this.progress = element("div");
    this.rows = element("div");
    this.text = new Mount(element("div", "groq-text"));
    this.thought = new Mount(element("div"));
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
    this.fold.append(this.summary, this.thought.root);
    this.waiting.hidden = true;
    this.waiting.setAttribute("aria-hidden", "true"); // `status` speaks for it
    this.status.setAttribute("role", "status");
    this.stop.type = "button";
    this.stop.addEventListener("click", stop);
    // The text may push it on between press and release: the press counts.
    // A finger that goes down may scroll.
    this.stop.addEventListener("pointerdown", ({ button, pointerType }) => {
      if (button === 0 && pointerType !== "touch") stop();
    });
    this.text.root.setAttribute("aria-busy", "true");
    for (const { root } of [this.text, this.thought]) root.dir = "auto";
    this.next.append(this.picker.node, this.left.node);
    this.facts.append(this.model, this.figures);
    const row = element("small"); // as in a finished bar
    row.append(this.stop, element("span", "groq-dot"), this.facts, this.next);
    this.bar.append(row);
    this.root.append(this.notices, this.fold, this.calls, this.text.root);
    this.root.append(this.progress, this.rows);
    this.root.append(this.waiting, this.status, this.bar);
    showPicker(this.picker, PICKER);
  }

  /** Draw what is new of the answer, and keep its end in sight if it was. */
  draw(answer) {
    const scroller = scrollerOf(this.bar);
    const below = () =>
      this.bar.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
    const inner = scroller !== document.scrollingElement;
    const following = inner && this.bar.isConnected && below() <= END;
    this.text.draw(answer.text.blocks);
    this.thought.draw(answer.thought.blocks);
    this.#show(answer.show);
    if (answer.ended) this.#end();
    if (following && below() > 0) scroller.scrollTop += below();
  }

  showLeft(left) {
    this.left.setText(left);
  }

  /** Remove what other parts of the page hold of it. */
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
    if (isNew("rows")) this.rows.replaceChildren(parsed(rows));
    if (isNew("waiting")) this.#wait(waiting);
    if (isNew("stop")) {
      this.stop.ariaDisabled = "true"; // disabled, it would lose the focus
      this.stop.textContent = STOP[stop];
      if (stop === "unconfirmed") this.status.textContent = STOP[stop];
    }
    this.shown = facts;
  }

  // What has not changed stays, so that a fold stays as the reader left it.
  #drawCalls(html) {
    const made = [...(parsed(html).firstElementChild?.children ?? [])];
    const now = made.map((node) => node.outerHTML);
    for (const [at, node] of made.entries()) {
      if (now[at] === this.callsShown[at]) continue;
      const before = this.calls.children[at];
      if (before) before.replaceWith(node);
      else this.calls.append(node);
    }
    this.callsShown = now;
  }

  // The finished output takes its place at once, or, on a page that was loaded in
  // mid-stream, a little later.
  #end() {
    this.text.root.removeAttribute("aria-busy");
    this.stop.ariaDisabled = "true";
  }

  // A countdown is drawn at each second, but spoken once.
  #wait(html) {
    const before = this.waiting.textContent.replace(/\d/g, "");
    this.waiting.replaceChildren(parsed(html));
    this.waiting.hidden = html === "";
    const now = this.waiting.textContent;
    if (now.replace(/\d/g, "") !== before) this.status.textContent = now;
  }
}
