// The remaining quota at every moment: it refills by the clock, and the kernel sends it once.

const LONG = 100; // s; shorter times are shown in seconds
const CLOCK = 60; // s; for longer times the time of day is shown too

function inWords(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < LONG) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}

function atClock(seconds) {
  if (seconds < CLOCK) return "";
  const then = new Date(Date.now() + seconds * 1000);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const today = then.toDateString() === new Date().toDateString();
  return `, at ${today ? "" : `${then.toLocaleDateString("en-GB", { weekday: "short" })} `}${time}`;
}

export function grouped(number) {
  return number.toLocaleString("en-US");
}

/** A limit as the kernel sent it, updated by the clock. */
export class Refill {
  constructor({ limit, left, window, full_in, unit }) {
    this.limit = limit;
    this.unit = unit;
    this.received = { left, fullIn: full_in, perSecond: limit / window, at: Date.now() };
  }

  get passed() {
    return Math.max(0, (Date.now() - this.received.at) / 1000);
  }

  get left() {
    const { left, fullIn, perSecond } = this.received;
    // Usage beyond the limit has to refill first.
    const level = left || Math.min(0, this.limit - fullIn * perSecond);
    return Math.max(0, Math.min(this.limit, Math.floor(level + perSecond * this.passed)));
  }

  get used() {
    return this.limit - this.left;
  }

  get label() {
    const used = `${grouped(this.used)} of ${grouped(this.limit)} ${this.unit} used`;
    const wait = Math.max(0, this.received.fullIn - this.passed);
    return this.used ? `${used} · back to 0 in ${inWords(wait)}${atClock(wait)}` : used;
  }

  /** Draw it in the panel: the progress bar, and the words in the element after it. */
  drawIn(meter, whose) {
    const words = meter.nextElementSibling?.firstChild;
    const label = `${whose}${this.label}`;
    if (!words || words.data === label) return;
    meter.max = Math.max(1, this.limit);
    meter.value = this.used;
    meter.setAttribute("aria-label", label);
    words.data = label;
  }
}
