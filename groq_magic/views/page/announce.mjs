// Announcements for screen readers. Outputs are replaced when an answer ends, and a removed
// region is not read, so this one is outside of the outputs.

import { element } from "./html.mjs";

const REGION = "#groq-announcements"; // one for all sessions of a page
const KEPT = 3000; // ms; later, it would look new to somebody who reads the whole page
const ENDS = { complete: "Answer complete", stopped: "Stopped.", failed: "Answer failed" };

/** Announce a text politely. */
export function announce(text) {
  const region = theRegion();
  region.textContent = text;
  clearTimeout(region.clearing);
  region.clearing = setTimeout(() => region.replaceChildren(), KEPT);
}

/** Announce the end of each answer of a session; return a function that stops this. */
export function startAnnouncing(model) {
  const region = theRegion(); // it is read only if it existed before
  const onMessage = ({ ended, how }) => {
    if (!ENDS[how] || region.dataset.ended === ended) return;
    region.dataset.ended = ended; // two widgets on a page may get the same message
    announce(ENDS[how]);
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
