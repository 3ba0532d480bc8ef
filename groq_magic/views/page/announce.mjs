// What a screen reader announces. Outputs are replaced when an answer ends, and a region that is
// removed is not read: this one stands outside of them.

const REGION = "#groq-announcements"; // one for all sessions of a page
const KEPT = 3000; // ms: then the same words are news again
const ENDS = { complete: "Answer complete", stopped: "Answer stopped", failed: "Answer failed" };

/** Announce a text politely; one that is being announced is not repeated. */
export function announce(text) {
  const region = document.querySelector(REGION) ?? document.body.appendChild(newRegion());
  if (region.textContent === text) return;
  region.textContent = text;
  clearTimeout(region.clearing);
  region.clearing = setTimeout(() => region.replaceChildren(), KEPT);
}

/** Announce how each answer of a session ended; return what ends that. */
export function startAnnouncing(model) {
  const onMessage = ({ how }) => ENDS[how] && announce(ENDS[how]);
  model.on("msg:custom", onMessage);
  document.body.append(document.querySelector(REGION) ?? newRegion()); // read only if it was there before
  return () => model.off("msg:custom", onMessage);
}

function newRegion() {
  const region = document.createElement("div");
  region.id = REGION.slice(1);
  region.className = "groq-unseen";
  region.setAttribute("role", "status");
  return region;
}
