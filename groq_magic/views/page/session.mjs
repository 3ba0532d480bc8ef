// Fills the slots of this session's outputs while its kernel lives: answers as
// they stream, the picker and the panel as views of shared models; figures, quota,
// Copy and the stale mark as native elements. Outputs hold static text, which comes
// back when the kernel goes.

import { startAnnouncing } from "./announce.mjs";
import { Answers } from "./answers.mjs";
import { Bar, isNamed, PICKER } from "./bars.mjs";
import { startKeepingFocus } from "./focus.mjs";
import { startHello } from "./hello.mjs";
import { startOrder } from "./order.mjs";
import { rootsOf } from "./outputs.mjs";
import { startProse } from "./prose.mjs";
import { grouped, Refill } from "./quota.mjs";
import { Filled, isKnown } from "./slots.mjs";
import { endViews } from "./views.mjs";
import { watchPage } from "./watch.mjs";
import { startWriteBack } from "./write_back.mjs";

// ms between two drawings of what is left, while this minute's is not full, and after.
const [SOON, LATER] = [1000, 30_000];
const GONE = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** What this session holds, and where it is shown at present. */
class Session {
  constructor(model) {
    this.model = model;
    this.manager = model.widget_manager;
    this.picker = model.get("picker");
    this.token = `.groq-token-${model.get("token")}`;
    this.answers = new Answers(model, (slot, label) => this.showView(slot, this.picker, label));
    this.filled = new Map();
    this.awaited = new Map();
    this.live = true;
    this.took(model.get("present"));
  }

  took({ current = this.current, panel = this.panel, quota, speeds, turns = {} }) {
    this.current = current;
    this.speeds = speeds ?? this.speeds ?? {};
    this.panel = panel;
    this.turns = { ...this.turns, ...turns };
    if (quota) this.tookQuota(quota);
  }

  tookQuota({ model, minute, day }) {
    this.asked = model;
    this.minute = minute && new Refill(minute);
    this.day = day && new Refill(day);
    clearTimeout(this.timer);
    if (minute || day) this.timer = setTimeout(() => this.drawLeft(), SOON);
  }

  // The pickers name the next ask's model; the limits can be another one's.
  get whose() {
    return isNamed(this.current, this.asked) ? "" : `${this.asked.split("/").pop()}: `;
  }

  get left() {
    return this.minute ? `${this.whose}${grouped(this.minute.left)} left this minute` : "";
  }

  drawLeft() {
    for (const held of this.filled.values()) if (held instanceof Bar) held.sayLeft(this.left);
    for (const root of rootsOf(this.manager)) this.drawMeters(root);
    this.timer = setTimeout(() => this.drawLeft(), this.minute?.used ? SOON : LATER);
  }

  drawMeters(root) {
    for (const name of ["minute", "day"])
      for (const meter of root.querySelectorAll(`.groq-meter-${name}`))
        this[name]?.drawIn(meter, this.whose);
  }

  fill() {
    if (!this.live) return;
    for (const [node, held] of this.filled) {
      if (!node.isConnected || (held instanceof Bar && !this.turnOf(node))) {
        held.restore();
        this.filled.delete(node);
      }
    }
    for (const [slot, [id, label]] of this.awaited)
      if (slot.gone || isKnown(this.manager, id)) {
        this.awaited.delete(slot);
        if (!slot.gone) slot.withView(this.manager, id, label);
      }
    const roots = rootsOf(this.manager);
    this.answers.fill(roots);
    for (const root of roots) this.fillIn(root);
  }

  fillIn(root) {
    for (const bar of root.querySelectorAll(".groq-answer .groq-bar")) this.fillBar(bar);
    for (const node of root.querySelectorAll(`.groq-load .groq-slot-picker${this.token}`))
      this.fillWith(node, this.picker, PICKER);
    for (const node of root.querySelectorAll(`.groq-slot-panel${this.token}`)) {
      if (this.panel) this.fillWith(node, this.panel);
      else this.wantPanel();
    }
    for (const node of root.querySelectorAll(".groq-slot-speed")) this.fillSpeed(node);
    this.drawMeters(root);
  }

  fillSpeed(node) {
    const speed = this.speeds[[...node.classList].find((name) => name.startsWith("groq-model-"))];
    if (!speed || (this.filled.has(node) && node.textContent === speed)) return;
    if (!this.filled.has(node)) this.filled.set(node, new Filled(node));
    this.filled.get(node).with(speed);
  }

  turnOf(bar) {
    return this.turns[[...bar.classList].find((name) => name.startsWith("groq-turn-"))];
  }

  fillBar(bar) {
    const facts = this.turnOf(bar);
    if (!facts) return;
    if (!this.filled.has(bar)) this.filled.set(bar, new Bar(bar, this));
    this.filled.get(bar).update(facts, this.current, this.left);
  }

  fillWith(node, id, label) {
    if (this.filled.has(node)) return;
    const slot = new Filled(node);
    this.filled.set(node, slot);
    this.showView(slot, id, label);
  }

  /** Show a view, when its model is there: a page that loads anew gets models in any order. */
  showView(slot, id, label) {
    if (isKnown(this.manager, id)) slot.withView(this.manager, id, label);
    else this.awaited.set(slot, [id, label]);
  }

  // The panel's widgets are made when a panel is first seen.
  wantPanel() {
    if (this.wanted) return;
    this.wanted = true;
    this.model.send({ make: "panel" });
  }

  /** Give the static text back; of an answer that a kernel left unfinished, keep the text. */
  end({ keep }) {
    if (!this.live) return;
    this.live = false;
    clearTimeout(this.timer);
    this.answers.end({ keep });
    for (const held of this.filled.values()) held.restore();
    this.filled.clear();
    this.awaited.clear();
    endViews(this.manager);
  }
}

export default () => ({
  initialize({ model }) {
    const session = new Session(model);
    const { context, restored } = session.manager;
    const fill = () => session.fill();
    const endWatch = watchPage(fill, () => session.answers.isStreaming);
    const starts = [startAnnouncing, startKeepingFocus, startWriteBack, startOrder, startProse];
    const parts = [...starts, startHello].map((start) => start(model));
    const ended = ({ keep }) => {
      for (const end of parts.splice(0)) end();
      endWatch();
      session.end({ keep });
    };
    const isGone = () => ended({ keep: true });
    const onStatus = (_, status) => GONE.has(status) && isGone();

    model.on("msg:custom", (message) => {
      if (message.doc || message.ended) return session.answers.receive(message);
      session.took(message);
      session.fill();
    });
    model.on("comm_live_update", isGone);
    context?.sessionContext?.statusChanged.connect(onStatus);
    context?.sessionContext?.kernelChanged.connect(isGone);
    restored?.connect?.(fill);
    session.fill();

    return () => {
      context?.sessionContext?.statusChanged.disconnect(onStatus);
      context?.sessionContext?.kernelChanged.disconnect(isGone);
      restored?.disconnect?.(fill);
      ended({ keep: false });
    };
  },
});
