// "Enter key": a button that gives way to a masked field. What is entered goes to the kernel in one
// message; no widget's state holds it, so that no notebook can save it.

import { announce } from "./announce.mjs";
import { element } from "./html.mjs";
import { Slot } from "./slots.mjs";

function keyButton(label, press) {
  const made = element("button", "", label);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** The slot of the key, in the line of `%load_ext` and in the panel. */
export class KeyEntry {
  /** @param send called with the key that was entered */
  constructor(node, send) {
    this.slot = new Slot(node);
    this.send = send;
    this.isInPanel = Boolean(node.closest(".groq-panel")); // which shows the key's state itself
    this.open = keyButton("Enter key", () => this.#ask());
    this.field = element("input");
    this.field.type = "password";
    this.field.autocomplete = "off";
    this.field.placeholder = this.field.ariaLabel = "Groq API key";
    this.field.addEventListener("keydown", (event) => this.#press(event));
    this.use = keyButton("Use", () => this.#use());
    this.cancel = keyButton("Cancel", () => this.#close());
    this.line = element("span", "groq-key-line");
    this.line.setAttribute("role", "alert");
    this.isAsking = false;
    this.isChecked = false;
  }

  /** Show the key's state, or what was wrong with the key that was entered. */
  update(facts) {
    if (facts === this.facts) return;
    this.facts = facts;
    if (this.isChecked && facts.problem) {
      this.#check(false);
      this.line.textContent = facts.problem;
      this.field.select();
    } else if (this.isChecked) {
      announce("Key accepted");
      this.#close();
    } else if (!this.isAsking) this.#draw();
  }

  restore() {
    this.slot.restore();
  }

  #draw() {
    const { state, is_missing } = this.facts;
    const shown = this.isInPanel ? [] : [state];
    if (this.isAsking) shown.push(this.field, this.use, this.cancel, this.line);
    else if (this.isInPanel || is_missing) shown.push(this.open);
    this.slot.fill(...shown.flatMap((each, at) => (at ? [" ", each] : [each])));
  }

  #ask() {
    this.isAsking = true;
    this.line.textContent = this.facts.hint;
    this.#draw();
    this.field.focus();
  }

  #press(event) {
    event.stopPropagation(); // the notebook's shortcuts are not for a field
    if (event.key === "Enter") this.#use();
    if (event.key === "Escape") this.#close();
  }

  #use() {
    const key = this.field.value.trim();
    if (!key || this.isChecked) return;
    this.#check(true);
    this.send(key);
  }

  // A busy kernel checks it after its cell.
  #check(isChecked) {
    this.isChecked = this.field.disabled = isChecked;
    this.use.ariaDisabled = `${isChecked}`;
    if (isChecked) this.line.textContent = "Checking the key…";
  }

  #close() {
    this.field.value = "";
    this.isAsking = false;
    this.#check(false);
    this.#draw();
    if (this.open.isConnected) this.open.focus();
  }
}
