// Fills the slots of this session's outputs while its kernel lives: answers as they stream, the
// picker and the panel as views of shared models; figures, quota, Copy and the stale warning as
// native elements. The slots have static text, which is restored when the kernel ends.

import { Answers } from "./answers.mjs";
import { Bar, PICKER } from "./bars.mjs";
import { withCopy } from "./copy.mjs";
import { showErrors } from "./errors.mjs";
import { KeyEntry } from "./key_entry.mjs";
import { focusAllScrolled } from "./keyboard.mjs";
import { rootsOf } from "./outputs.mjs";
import { grouped, Refill } from "./quota.mjs";
import { isKnown, Slot } from "./slots.mjs";
import { endViews } from "./views.mjs";

// ms between two drawings of the quota: while this minute's is not full, and otherwise.
const [SOON, LATER] = [1000, 30_000];
const FILLED_BY = Symbol.for("groq_magic.slots");

export class SessionSlots {
  constructor(model) {
    this.model = model;
    this.manager = model.widget_manager;
    this.picker = model.get("picker");
    this.token = `.groq-token-${model.get("token")}`;
    this.answers = new Answers(model, (slot, label) => this.showView(slot, this.picker, label));
    this.filled = new Map(); // element → Slot, Bar, or another object with `restore`
    this.others = new Set(); // documents of other notebooks on the session's kernel
    this.awaited = new Map(); // Slot → [model id, label] of a view whose model is not there yet
    this.turns = {}; // facts by the class of a bar
    this.speeds = {};
    this.isLive = true;
    this.takeFacts(model.get("present"));
  }

  /** Handle a message of the kernel. */
  receive(message) {
    if (message.doc || message.ended) return this.answers.receive(message);
    this.takeFacts(message);
    this.fill();
  }

  takeFacts({ current = this.current, panel = this.panel, key, quota, speeds, turns }) {
    this.key = key ?? this.key;
    this.current = current;
    this.panel = panel;
    this.speeds = speeds ?? this.speeds;
    Object.assign(this.turns, turns);
    if (quota) this.takeQuota(quota);
  }

  takeQuota({ model, minute, day }) {
    this.quotaModel = model;
    this.minute = minute && new Refill(minute);
    this.day = day && new Refill(day);
    clearTimeout(this.timer);
    if (minute || day) this.timer = setTimeout(() => this.drawQuota(), SOON);
  }

  // The limits can be of another model than the pickers show.
  get quotaPrefix() {
    const { current, quotaModel } = this;
    return current === quotaModel ? "" : `${quotaModel.split("/").pop()}: `;
  }

  get left() {
    if (!this.minute) return "";
    return `${this.quotaPrefix}${grouped(this.minute.left)} ${this.minute.unit} left this minute`;
  }

  drawQuota() {
    this.showQuota();
    for (const root of this.roots) this.drawMeters(root);
    this.timer = setTimeout(() => this.drawQuota(), this.minute?.used ? SOON : LATER);
  }

  // Only below the newest answer, and below streaming ones.
  showQuota() {
    const bars = [...this.filled.values()].filter((each) => each instanceof Bar);
    const newest = Math.max(...bars.map((bar) => bar.order));
    for (const bar of bars) bar.showQuota(bar.order === newest ? this.left : "");
    this.answers.showQuota(this.left);
  }

  drawMeters(root) {
    for (const name of ["minute", "day"])
      for (const meter of root.querySelectorAll(`.groq-meter-${name}`))
        this[name]?.drawIn(meter, this.quotaPrefix);
  }

  /** Fill new slots on the page, and close removed ones. */
  fill() {
    if (!this.isLive) return;
    for (const [node, filled] of this.filled) {
      if (!node.isConnected || (filled instanceof Bar && !this.turnOf(node))) {
        filled.restore();
        this.filled.delete(node);
        delete node[FILLED_BY];
      }
    }
    for (const [slot, [id, label]] of this.awaited)
      if (slot.isClosed || isKnown(this.manager, id)) {
        this.awaited.delete(slot);
        if (!slot.isClosed) slot.showView(this.manager, id, label);
      }
    this.answers.fill(this.roots);
    for (const root of this.roots) this.fillIn(root);
    this.showQuota();
  }

  get roots() {
    return rootsOf(this.manager, this.others);
  }

  /** Return the document of the notebook of ours that shows an element; undefined for none. */
  documentAt(node) {
    return [this.manager.context, ...this.others].find(
      (each) => each?.model && rootsOf({ context: each }).some((root) => root.contains(node)),
    );
  }

  /** Also fill the slots of another notebook on this kernel; return a function that stops this. */
  addNotebook(document) {
    this.others.add(document);
    this.fill();
    return () => {
      this.others.delete(document);
      this.fill();
    };
  }

  fillIn(root) {
    for (const bar of root.querySelectorAll(".groq-answer .groq-bar")) this.fillBar(bar);
    for (const node of root.querySelectorAll(`.groq-load .groq-slot-picker${this.token}`))
      this.fillWithView(node, this.picker, PICKER);
    for (const node of root.querySelectorAll(`.groq-slot-panel${this.token}`)) {
      if (this.panel) this.fillWithView(node, this.panel);
      else this.requestPanel();
    }
    for (const node of root.querySelectorAll(`.groq-export${this.token}`)) this.addCopy(node);
    for (const node of root.querySelectorAll(`.groq-slot-key${this.token}`)) this.fillKey(node);
    for (const node of root.querySelectorAll(".groq-slot-speed")) this.fillSpeed(node);
    for (const listing of root.querySelectorAll(".groq-models")) this.fillMarks(listing);
    showErrors(root);
    focusAllScrolled(root);
    this.drawMeters(root);
  }

  // An alias, or a model that is not in the list, moves no mark.
  fillMarks(listing) {
    const name = `groq-model-${this.current.replace(/[^A-Za-z0-9_-]/g, "-")}`;
    const marks = [...listing.querySelectorAll(".groq-slot-mark")];
    if (!marks.some((node) => node.classList.contains(name))) return;
    for (const node of marks) {
      const mark = node.classList.contains(name) ? " ✓" : "";
      if (node.textContent === mark) continue;
      if (!this.filled.has(node)) this.filled.set(node, new Slot(node));
      this.filled.get(node).fill(mark);
    }
  }

  fillSpeed(node) {
    const speed = this.speeds[[...node.classList].find((name) => name.startsWith("groq-model-"))];
    if (!speed || (this.filled.has(node) && node.textContent === speed)) return;
    if (!this.filled.has(node)) this.filled.set(node, new Slot(node));
    this.filled.get(node).fill(speed);
  }

  fillKey(node) {
    if (!this.key || this.belongsToOther(node)) return;
    const send = (content) => this.model.send(content);
    if (!this.filled.has(node)) this.filled.set(node, new KeyEntry(node, send));
    this.filled.get(node).update(this.key);
  }

  // A page that was reloaded without the edit of a prompt has the former answer to the same ask.
  turnOf(bar) {
    const facts = this.turns[[...bar.classList].find((name) => name.startsWith("groq-turn-"))];
    return facts && bar.classList.contains(facts.answer) ? facts : undefined;
  }

  fillBar(bar) {
    const facts = this.turnOf(bar);
    if (!facts || this.belongsToOther(bar)) return;
    if (!this.filled.has(bar)) this.filled.set(bar, new Bar(bar, this));
    this.filled.get(bar).update(facts);
  }

  fillWithView(node, id, label) {
    if (this.filled.has(node) || this.belongsToOther(node)) return;
    const slot = new Slot(node);
    this.filled.set(node, slot);
    this.showView(slot, id, label);
  }

  addCopy(node) {
    const pre = node.querySelector("pre");
    if (!pre || this.filled.has(node) || this.belongsToOther(node)) return;
    const made = withCopy(pre);
    this.filled.set(node, { restore: () => made.remove() });
  }

  // JupyterLab may run the session widget for each of two notebooks on its kernel.
  belongsToOther(node) {
    node[FILLED_BY] ??= this;
    return node[FILLED_BY] !== this;
  }

  /** Show a view once its model exists: a reloaded page gets models in any order. */
  showView(slot, id, label) {
    if (isKnown(this.manager, id)) slot.showView(this.manager, id, label);
    else this.awaited.set(slot, [id, label]);
  }

  // The panel's widgets are made when a panel is first seen.
  requestPanel() {
    if (this.isPanelRequested) return;
    this.isPanelRequested = true;
    this.model.send({ make: "panel" });
  }

  /** Restore the static text; with `keep`, keep the text of unfinished answers. */
  end({ keep }) {
    if (!this.isLive) return;
    this.isLive = false;
    clearTimeout(this.timer);
    this.answers.end({ keep });
    for (const [node, filled] of this.filled) {
      filled.restore();
      delete node[FILLED_BY];
    }
    this.filled.clear();
    this.awaited.clear();
    endViews(this.manager);
  }
}
