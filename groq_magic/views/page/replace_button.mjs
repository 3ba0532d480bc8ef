// The button below a diff: it replaces the failed cell with the fixed one, and undoes that.

import { announce } from "./announce.mjs";
import { element } from "./html.mjs";
import { tried } from "./lab.mjs";
import { replaceCell, targetOf, undoReplacement } from "./replacing.mjs";
import { Slot } from "./slots.mjs";

const NOTES = {
  failed: () => "",
  fixed: (name) => `${name} is replaced; run it again.`,
  // Its number has changed.
  ran: () => "The cell is replaced, and has run since.",
  changed: (name) => `${name} has changed since it ran.`,
  gone: (name) => `${name} can't be found in this notebook.`,
  locked: (name) => `${name} is read-only.`,
};
let count = 0;

export class ReplaceButton {
  /** Fill a slot of a finished answer. */
  constructor(node, document, fix) {
    this.notebook = document.model;
    this.button = element("button", "groq-replace");
    this.note = element("span", "groq-replace-note");
    this.note.id = `groq-replace-note-${++count}`;
    this.button.type = "button";
    this.button.setAttribute("aria-describedby", this.note.id);
    this.button.addEventListener("click", () => this.press());
    this.slot = new Slot(node);
    this.slot.fill(this.button, this.note);
    this.drawSoon = () => {
      this.due ??= setTimeout(() => this.draw());
    };
    tried(() => this.notebook.contentChanged.connect(this.drawSoon));
    this.update(fix);
  }

  update(fix) {
    const given = JSON.stringify(fix);
    if (given === this.given) return;
    this.given = given;
    this.fix = { ...fix }; // the page adds the cell's id once it has found the cell
    this.draw();
  }

  get state() {
    return tried(() => targetOf(this.notebook, this.fix).state) ?? "gone";
  }

  // Unknown if the kernel doesn't know the cell's number.
  get hasRun() {
    const shown = tried(() => targetOf(this.notebook, this.fix).cell.executionCount);
    return Boolean(this.fix.number && shown && shown !== this.fix.number);
  }

  draw() {
    this.due = undefined;
    const { state } = this;
    const note = state === "fixed" && this.hasRun ? "ran" : state;
    if (note === this.drawn && this.fix === this.drawnFix) return;
    [this.drawn, this.drawnFix] = [note, this.fix];
    const { name } = this.fix;
    this.button.textContent = state === "fixed" ? "Undo" : `Replace ${name} instead`;
    if (state === "fixed") this.button.ariaLabel = `Undo: put ${name} back as it was`;
    else this.button.removeAttribute("aria-label");
    this.button.setAttribute("aria-disabled", `${!["failed", "fixed"].includes(state)}`);
    this.note.textContent = NOTES[note](`${name[0].toUpperCase()}${name.slice(1)}`);
  }

  press() {
    const { state, notebook, fix } = this;
    const isDone = tried(() =>
      state === "fixed" ? undoReplacement(notebook, fix) : replaceCell(notebook, fix),
    );
    this.draw();
    const isBack = isDone && state === "fixed";
    announce(isBack ? "Undone; the fixed cell is below." : this.note.textContent);
  }

  restore() {
    clearTimeout(this.due);
    tried(() => this.notebook.contentChanged.disconnect(this.drawSoon));
    this.slot.restore();
  }
}
