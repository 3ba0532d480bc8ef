// The state of the key in the banner or the panel, and a form that sends a key to the kernel.
// No widget's state contains the key, and so no saved notebook does.

import { focusOutputOf } from "./focus.mjs";
import { element, phrase } from "./html.mjs";
import { Slot } from "./slots.mjs";

function keyButton(label, press) {
  const made = element("button", "", label);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

export class KeyEntry {
  constructor(node, send) {
    this.slot = new Slot(node);
    this.send = send;
  }

  /** Show the key's state; `error` is why an entered key is not used. */
  update(key) {
    if (!key || key === this.key) return;
    this.key = key;
    if (key.error && this.form?.isConnected) this.showError(key.error);
    else this.showState();
  }

  showState() {
    const focused = document.activeElement;
    // A field that is disabled, while its key is checked, has lost the focus.
    const hadFocus =
      this.form?.contains(focused) || (this.input?.disabled && focused === document.body);
    this.form = null;
    this.input = null;
    // The panel's row is already labelled Key.
    const inPanel = this.slot.node.closest(".groq-panel");
    const { state, wanted } = this.key;
    const text = element("span");
    text.append(...phrase(inPanel ? state.replace(/^key /, "") : state));
    this.opener = wanted ? keyButton("Enter key", () => this.open()) : null;
    this.slot.fill(text, ...(this.opener ? [" · ", this.opener] : []));
    if (!hadFocus) return;
    if (this.opener) this.opener.focus();
    else focusOutputOf(this.slot.node);
  }

  open() {
    this.form = element("form", "groq-key-form");
    this.input = element("input");
    Object.assign(this.input, { type: "password", autocomplete: "off", required: true });
    this.input.setAttribute("aria-label", "Groq API key");
    this.input.placeholder = "gsk_…";
    this.status = element("span", "groq-key-status");
    this.status.setAttribute("role", "status");
    const connect = element("button", "", "Connect");
    this.form.append(
      this.input,
      connect,
      keyButton("Cancel", () => this.showState()),
      this.status,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    // Jupyter's shortcuts, such as Enter and D D, act on the cell.
    for (const name of ["keydown", "keypress"])
      this.form.addEventListener(name, (event) => {
        event.stopPropagation();
        if (event.key === "Escape") this.showState();
      });
    this.slot.fill(this.form);
    this.input.focus();
  }

  submit() {
    if (this.input.disabled) return;
    this.send({ key: this.input.value });
    this.input.value = "";
    this.input.disabled = true;
    this.status.textContent = "Checking…";
  }

  showError(error) {
    this.input.disabled = false;
    this.status.replaceChildren(...phrase(error));
    this.input.focus();
  }

  restore() {
    this.slot.restore();
  }
}
