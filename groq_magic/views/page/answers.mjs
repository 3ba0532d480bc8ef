// The session's answers while they stream: what has come of each, and the places that show it.

import { sendNow } from "./control.mjs";
import { Frame } from "./frame.mjs";
import { keepInterrupted } from "./kept.mjs";
import { NO_DOCUMENTS, reduce } from "./reducer.mjs";
import { Slot } from "./slots.mjs";

const SHOWN = Symbol.for("groq_magic.stream");
const ASK_AGAIN = 1000; // ms in which what was missed is asked for once
const UNCONFIRMED = 2000; // ms after which a press of Stop that the kernel has not confirmed counts as lost
// ms after which an answer that its own notebook's session does not show is shown by another.
const FOR_OTHERS = 300;

function slotOf(node) {
  const named = [...node.classList].find((name) => name.startsWith("groq-doc-"));
  return named?.slice("groq-doc-".length) ?? "";
}

export class Answers {
  /**
  @param model the session widget's
  @param showPicker called with the slot that a picker's view belongs into
  */
  constructor(model, showPicker) {
    this.model = model;
    this.showPicker = showPicker;
    this.token = `groq-token-${model.get("token")}`;
    this.state = NO_DOCUMENTS;
    this.places = new Map(); // element → { slot, box, frame }
    this.asked = -ASK_AGAIN;
    this.timers = new Set();
    const loaded = model.get("present").docs ?? [];
    for (const message of loaded) this.state = reduce(this.state, message);
  }

  get isStreaming() {
    return this.places.size > 0;
  }

  /** Take a message, of the kernel's or of our own. */
  receive(message) {
    const before = this.state;
    this.state = reduce(before, message);
    const slot = message.doc ?? message.ended ?? message.pressed;
    const answer = this.state.docs[slot];
    if (answer?.behind) this.#askForWhole(slot);
    if (!answer || this.state === before) return;
    if (!before.docs[slot]) this.fill();
    for (const place of this.places.values()) if (place.slot === slot) place.frame.draw(answer);
    if (answer.ended) this.#forget(slot);
  }

  /** Show each answer in the places that have come, and forget those that have gone.

  @param roots the panels of the session's own notebook
  */
  fill(roots = this.roots ?? []) {
    this.roots = roots;
    for (const [node, { slot }] of this.places) {
      if (node.isConnected) continue;
      this.#leave(node);
      if (this.state.docs[slot]?.ended) this.#forget(slot);
    }
    // Outside of all notebooks too, in a view of one output: the slot names its document. So does
    // it in another notebook on this kernel, whose own session a busy kernel may keep waiting.
    for (const node of document.querySelectorAll(`.groq-slot-stream.${this.token}`)) {
      if (node[SHOWN] || !this.state.docs[slotOf(node)]) continue;
      const panel = node.closest(".jp-NotebookPanel");
      if (!panel || roots.includes(panel)) this.#show(node);
      else this.#later(() => this.#show(node), FOR_OTHERS);
    }
  }

  /** Show what is left of the limits, beside the picker. */
  showLeft(left) {
    for (const { frame } of this.places.values()) frame.showLeft(left);
  }

  /** Give the static text back; of an answer that the kernel left unfinished, keep the text. */
  end({ keep }) {
    for (const timer of this.timers) clearTimeout(timer);
    const places = [...this.places];
    for (const [node] of places) this.#leave(node);
    if (!keep) return;
    for (const [slot, answer] of Object.entries(this.state.docs)) {
      const nodes = places.filter(([, place]) => place.slot === slot).map(([node]) => node);
      if (!answer.ended) keepInterrupted(this.model.widget_manager, slot, answer, nodes);
    }
    this.state = NO_DOCUMENTS;
  }

  #show(node) {
    const slot = slotOf(node);
    const answer = this.state.docs[slot];
    // Two views of one kernel, a notebook's and a console's, can see the same place.
    if (!answer?.count || !node.isConnected || node[SHOWN]) return;
    node[SHOWN] = true;
    const showPicker = this.showPicker;
    const frame = new Frame({ stop: () => this.#stop(slot), showPicker });
    const box = new Slot(node);
    this.places.set(node, { slot, box, frame });
    frame.draw(answer);
    box.fill(frame.root);
  }

  #leave(node) {
    const { box, frame } = this.places.get(node);
    this.places.delete(node);
    frame.close();
    box.restore();
    delete node[SHOWN];
  }

  // A page that is behind shows the last drawing until the finished output takes its place.
  #forget(slot) {
    if ([...this.places.values()].some((place) => place.slot === slot)) return;
    this.state = reduce(this.state, { forgotten: slot });
  }

  #askForWhole(slot) {
    if (performance.now() - this.asked < ASK_AGAIN) return;
    this.asked = performance.now();
    sendNow(this.model, { whole: slot });
  }

  #stop(slot) {
    if (this.state.docs[slot]?.show.stop) return;
    this.receive({ pressed: slot, as: "sent" });
    this.#later(() => {
      if (this.state.docs[slot]?.show.stop === "sent")
        this.receive({ pressed: slot, as: "unconfirmed" });
    }, UNCONFIRMED);
    sendNow(this.model, { stop: slot });
  }

  #later(call, wait) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      call();
    }, wait);
    this.timers.add(timer);
  }
}
