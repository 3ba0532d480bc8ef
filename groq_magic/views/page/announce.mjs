// Announcements for screen readers. Outputs are replaced when an answer ends, and a removed
// region is not read, so this one is outside of the outputs.

import { element } from "./html.mjs";

const REGION = "#groq-announcements"; // one for all sessions of a page
const KEPT = 3000; // ms; later, it would look new to somebody who reads the whole page

/** Announce a text politely. */
export function announce(text) {
  const region = theRegion();
  region.textContent = text;
  delete region.dataset.event;
  clearTimeout(region.clearing);
  region.clearing = setTimeout(() => region.replaceChildren(), KEPT);
}

/** Announce the beginning and the end of each answer and map of a session, questions and errors;
return what ends that. */
export function startAnnouncing(model) {
  theRegion(); // read only if it was there before
  const kinds = new Map(); // documents that have begun → "Answer" or "Map"
  const onMessage = (message) => {
    const { ended, how, words, question, error } = message;
    if (message.doc) announceBegin(message, kinds);
    if (ended) {
      const kind = kinds.get(ended) ?? "Answer";
      kinds.delete(ended);
      announceOnce(ended, words || (how === "stopped" ? "Stopped." : `${kind} ${how}`));
    }
    if (question?.replies.length) announceOnce(question.prompt, question.prompt);
    if (error) announce(error);
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}

function announceBegin({ doc, whole, text, show }, kinds) {
  const isMap = show?.progress !== undefined;
  if (kinds.has(doc) || !(isMap || text?.length)) return;
  kinds.set(doc, isMap ? "Map" : "Answer");
  // A page that was loaded in mid-stream, or is behind, gets the whole: it is no news.
  if (!whole) announceOnce(`${doc} begins`, `${kinds.get(doc)} begins`);
}

// Two sessions of a page may see one message.
function announceOnce(event, text) {
  const region = theRegion();
  if (region.dataset.event === event && region.textContent) return;
  announce(text);
  region.dataset.event = event;
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
