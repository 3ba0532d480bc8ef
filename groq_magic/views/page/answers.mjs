// The session's answers while they stream: the state of each, and the elements that show it.

import { sendNow } from "./control.mjs";
import { Frame } from "./frame.mjs";
import { keepInterrupted } from "./interrupted.mjs";
import { NO_DOCUMENTS, reduce } from "./reducer.mjs";
import { Slot } from "./slots.mjs";

const SHOWN = Symbol.for("groq_magic.stream");
const ASK_AGAIN = 1000; // ms between two requests for a missed message
const UNCONFIRMED = 2000; // ms after which an unconfirmed press of Stop counts as lost
// ms after which this session shows an answer in another notebook, whose own session may wait.
const FOR_OTHERS = 300;

function slotOf(node) {
  const named = [...node.classList].find((name) => name.startsWith("groq-doc-"));
  return named?.slice("groq-doc-".length) ?? "";
}

export class Answers {
  /**
  @param model the session widget's
  @param showPicker called with the slot for a picker's view
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

  /** Handle a message of the kernel or of this page. */
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

  /** Show each answer in new elements, and forget removed ones.

  @param roots the panels of the session's own notebook
  */
  fill(roots = this.roots ?? []) {
    this.roots = roots;
    for (const [node, { slot }] of this.places) {
      if (node.isConnected) continue;
      this.#remove(node);
      if (this.state.docs[slot]?.ended) this.#forget(slot);
    }
    // Also in views of one output, outside of all notebooks, and in other notebooks on this kernel,
    // whose own session may have to wait for a busy kernel.
    for (const node of document.querySelectorAll(`.groq-slot-stream.${this.token}`)) {
      if (node[SHOWN] || !this.state.docs[slotOf(node)]) continue;
      const panel = node.closest(".jp-NotebookPanel");
      if (!panel || roots.includes(panel)) this.#show(node);
      else this.#later(() => this.#show(node), FOR_OTHERS);
    }
  }

  /** Show the remaining quota, beside the picker. */
  showQuota(left) {
    for (const { frame } of this.places.values()) frame.showQuota(left);
  }

  /** Restore the static text; with `keep`, keep the text of unfinished answers. */
  end({ keep }) {
    for (const timer of this.timers) clearTimeout(timer);
    const places = [...this.places];
    for (const [node] of places) this.#remove(node);
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
    // The widgets of a notebook and of a console can find the same element.
    if (!answer?.count || !node.isConnected || node[SHOWN]) return;
    node[SHOWN] = true;
    const showPicker = this.showPicker;
    const frame = new Frame({ stop: () => this.#stop(slot), showPicker });
    const box = new Slot(node);
    this.places.set(node, { slot, box, frame });
    frame.draw(answer);
    box.fill(frame.root);
  }

  #remove(node) {
    const { box, frame } = this.places.get(node);
    this.places.delete(node);
    frame.close();
    box.restore();
    delete node[SHOWN];
  }

  // A page that is behind keeps its last drawing until the finished output replaces it.
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
