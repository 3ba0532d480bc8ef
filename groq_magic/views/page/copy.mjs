// Buttons that copy.

import { announce } from "./announce.mjs";
import { element } from "./html.mjs";

const COPIED = 1500; // ms for which a button shows it
const FAILED = 6000; // ms: there is something to read, and to do
const KEYS = /Mac|iP/.test(navigator.platform) ? "⌘C" : "Ctrl-C";

/** Make a button that copies.

@param label what it shows, and `name` what a screen reader reads before it was pressed
@param source gives the text
@param shown gives the element that shows the text: selected where the browser copies nothing
*/
export function button(className, [label, name], source, shown) {
  const made = element("button", className);
  let shownFor = 0;
  const show = (text) => {
    made.textContent = text;
    made.ariaLabel = text === label ? name : text;
    made.classList.toggle("groq-has-message", text !== label);
  };
  const report = (text, time) => {
    show(text);
    announce(text);
    clearTimeout(shownFor);
    shownFor = setTimeout(() => show(label), time);
  };
  made.type = "button";
  show(label);
  made.addEventListener("click", async () => {
    if (await isCopied(source())) return report("Copied", COPIED);
    getSelection().selectAllChildren(shown());
    report(`Not copied: press ${KEYS}`, FAILED);
  });
  return made;
}

// Browsers have no clipboard on plain http, or may not use it; the old way works there, mostly.
async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    focused?.focus({ preventScroll: true });
    return copied;
  }
}

/** Put a button before some code, which copies what comes after it. */
export function withCopy(pre) {
  const code = () => made.nextElementSibling.querySelector("code") ?? made.nextElementSibling;
  const made = button("groq-copy-code", ["Copy", "Copy code"], () => code().textContent, code);
  pre.before(made);
  return made;
}
