// What a screen reader announces. Outputs are replaced when an answer ends, and a region that is
// removed is not read: this one stands outside of them.

import { element } from "./html.mjs";

const REGION = "#groq-announcements"; // one for all sessions of a page
const KEPT = 3000; // ms: later, a reader of the whole page would take it for new
const ENDS = { complete: "Answer complete", stopped: "Stopped.", failed: "Answer failed" };

/** Announce a text politely. */
export function announce(text) {
  const region = theRegion();
  region.textContent = text;
  clearTimeout(region.clearing);
  region.clearing = setTimeout(() => region.replaceChildren(), KEPT);
}

/** Announce how each answer of a session ended; return what ends that. */
export function startAnnouncing(model) {
  const region = theRegion(); // read only if it was there before
  const onMessage = ({ ended, how, words }) => {
    if (!ENDS[how] || region.dataset.ended === ended) return;
    region.dataset.ended = ended; // two sessions of a page may see one end
    announce(words || ENDS[how]);
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}

function theRegion() {
  return document.querySelector(REGION) ?? document.body.appendChild(newRegion());
}

function newRegion() {
  const region = element("div", "groq-unseen");
  region.id = REGION.slice(1);
  region.setAttribute("role", "status");
  return region;
}
