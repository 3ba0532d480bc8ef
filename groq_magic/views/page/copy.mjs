// Buttons that copy.

import { announce } from "./announce.mjs";
import { element } from "./html.mjs";

const COPIED = 1500; // ms for which a button shows "Copied"
const FAILED = 6000; // ms; the user has to read this, and to press keys
const KEYS = /Mac|iP/.test(navigator.platform) ? "⌘C" : "Ctrl-C";

/** Make a button that copies.

@param label the text of the button; `name` is its name for screen readers
@param source returns the text to copy
@param shown returns the element with the text, which is selected if copying fails
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

// Without access to the clipboard, as on plain http, the old way mostly works.
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

/** Insert a button before some code that copies the code. */
export function withCopy(pre) {
  const code = () => made.nextElementSibling.querySelector("code") ?? made.nextElementSibling;
  const made = button("groq-copy-code", ["Copy", "Copy code"], () => code().textContent, code);
  pre.before(made);
  return made;
}
