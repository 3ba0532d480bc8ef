// Fills the slots of this session's outputs while its kernel lives: the picker
// and the panel as views of shared models; figures, quota, Copy and the stale
// mark as native elements. Outputs hold static text, which comes back when the
// kernel goes.

// ms between two drawings of what is left, while this minute's is not full, and after.
const [SOON, LATER] = [1000, 30000];
const GONE = new Set(["restarting", "autorestarting", "terminating", "dead"]);

// A view that is put in place by hand, and the views in it, learn it from us.
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

function fold([summary, html]) {
  const made = document.createElement("details");
  const head = document.createElement("summary");
  const body = document.createElement("div");
  made.className = "groq-reasoning";
  head.textContent = summary;
  body.append(parsed(html));
  made.append(head, body);
  return made;
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

  async withView(manager, id, label) {
    const child = await manager.get_model(id);
    const view = await manager.create_view(child);
    if (this.gone) return view.remove();
    this.view = view;
    await displayed(view);
    if (label) view.el.querySelector("select")?.setAttribute("aria-label", label);
    this.with(view.el);
  }

  restore() {
    this.gone = true;
    this.node.replaceChildren(...this.before);
    this.view?.remove();
  }
}

/** The slots of one settled answer. */
class Bar {
  constructor(bar, session) {
    this.slots = {};
    const answer = bar.closest(".groq-answer");
    const reasoning = answer.querySelector(".groq-slot-reasoning");
    if (reasoning) this.slots.reasoning = new Filled(reasoning);
    for (const name of ["picker", "copy", "figures", "quota", "stale"]) {
      const node = bar.querySelector(`.groq-slot-${name}`);
      if (node) this.slots[name] = new Filled(node);
    }
    this.model = this.slots.picker?.before.map((node) => node.textContent).join("") ?? "";
    this.slots.picker?.withView(session.manager, session.picker, "Model of the next ask");
    this.slots.copy?.with(button("groq-copy", "Copy", () => this.facts.copy));
    this.buttons = [...answer.querySelectorAll(".groq-text pre")].map(withCopy);
  }

  update(facts, current, left) {
    if (facts.thought && !this.facts) this.slots.reasoning?.with(fold(facts.thought));
    this.facts = facts;
    // The picker shows the next ask's model: say which one answered, if another.
    const other = isNamed(current, this.model) ? "" : this.model;
    const figures = [other, facts.figures].filter(Boolean).join(" · ");
    for (const [name, text] of [["figures", figures], ["stale", facts.stale]]) {
      if (this.slots[name] && this.slots[name].node.textContent !== text) this.slots[name].with(text);
    }
    this.sayLeft(left);
  }

  sayLeft(left) {
    this.slots.quota?.say(left);
  }

  restore() {
    for (const slot of Object.values(this.slots)) slot.restore();
    for (const made of this.buttons) made.remove();
  }
}

function isNamed(id, model) {
  return id === model || id.endsWith(`/${model}`);
}

/** What this session holds, and where it is shown at present. */
class Session {
  constructor(model) {
    this.model = model;
    this.manager = model.widget_manager;
    this.picker = model.get("picker");
    this.filled = new Map();
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
    this.drawMeters(panelOf(this.manager.context));
    this.timer = setTimeout(() => this.drawLeft(), this.minute?.used ? SOON : LATER);
  }

  drawMeters(root) {
    for (const name of ["minute", "day"])
      for (const meter of root?.querySelectorAll(`.groq-meter-${name}`) ?? [])
        this[name]?.drawIn(meter, this.whose);
  }

  fill() {
    if (!this.live) return;
    const root = panelOf(this.manager.context);
    for (const [node, held] of this.filled) {
      if (!node.isConnected || (held instanceof Bar && !this.turnOf(node))) {
        held.restore();
        this.filled.delete(node);
      }
    }
    for (const bar of root?.querySelectorAll(".groq-bar") ?? []) this.fillBar(bar);
    for (const node of root?.querySelectorAll(".groq-load .groq-slot-picker") ?? [])
      this.fillWith(node, this.picker, "Model of the next ask");
    for (const node of root?.querySelectorAll(".groq-slot-panel") ?? []) {
      if (this.panel) this.fillWith(node, this.panel);
      else this.wantPanel();
    }
    for (const node of root?.querySelectorAll(".groq-slot-speed") ?? []) this.fillSpeed(node);
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
    slot.withView(this.manager, id, label);
  }

  // The panel's widgets are made when a panel is first seen.
  wantPanel() {
    if (this.wanted) return;
    this.wanted = true;
    this.model.send({ make: "panel" });
  }

  end() {
    this.live = false;
    clearTimeout(this.timer);
    for (const held of this.filled.values()) held.restore();
    this.filled.clear();
  }
}

// Notebooks of one Lab share a document; each session keeps to its own.
function panelOf(context) {
  const panels = [...document.querySelectorAll(".jp-NotebookPanel")];
  if (panels.length === 1) return panels[0];
  const tabs = [...document.querySelectorAll("[data-id]")];
  return panels.find((panel) => {
    const title = tabs.find((tab) => tab.dataset.id === panel.id)?.title ?? "";
    return title.split("\n").some((line) => line.endsWith(`: ${context.path}`));
  });
}

export default () => ({
  initialize({ model }) {
    const session = new Session(model);
    const watch = new MutationObserver(() => session.fill());
    const context = session.manager.context;
    const ended = () => {
      watch.disconnect();
      session.end();
    };
    const onStatus = (_, status) => GONE.has(status) && ended();

    model.on("msg:custom", (told) => {
      session.took(told);
      session.fill();
    });
    model.on("comm_live_update", ended);
    context?.sessionContext?.statusChanged.connect(onStatus);
    context?.sessionContext?.kernelChanged.connect(ended);
    watch.observe(document.body, { childList: true, subtree: true });
    session.fill();

    return () => {
      context?.sessionContext?.statusChanged.disconnect(onStatus);
      context?.sessionContext?.kernelChanged.disconnect(ended);
      ended();
    };
  },
});
