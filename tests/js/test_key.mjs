import { KeyEntry } from "../../groq_magic/views/page/key.mjs";
import { equal, ok, page, test } from "./testing.mjs";

const MISSING = { state: "no key yet", is_missing: true, hint: "groq.com gives one", problem: "" };
const FOUND = { ...MISSING, state: "key from %groq_key", is_missing: false };

function entryOn(html) {
  const body = page(html);
  const sent = [];
  const entry = new KeyEntry(body.querySelector(".groq-slot-key"), (key) => sent.push(key));
  const slot = body.querySelector(".groq-slot-key");
  const button = (name) => [...slot.querySelectorAll("button")].find((b) => b.textContent === name);
  return { body, entry, sent, slot, button };
}

const LOADED = '<div class="groq-load"><span class="groq-slot-key">no key yet</span></div>';

function press(input, key) {
  input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}

test("a key that is entered is sent once, and its state shown when it is accepted", () => {
  const { body, entry, sent, slot, button } = entryOn(LOADED);
  const before = body.outerHTML;
  entry.update(MISSING);
  equal(slot.textContent, "no key yet Enter key");
  button("Enter key").click();
  const input = slot.querySelector("input");
  equal([input.type, input.autocomplete, document.activeElement], ["password", "off", input]);
  equal(slot.querySelector("[role=alert]").textContent, "groq.com gives one");
  input.value = " gsk_secret ";
  press(input, "Enter");
  press(input, "Enter");
  equal(sent, ["gsk_secret"]);
  ok(input.disabled);
  entry.update(FOUND);
  equal([slot.textContent, input.value], ["key from %groq_key", ""]);
  entry.restore();
  equal(body.outerHTML, before);
});

test("a key that is refused stays to be corrected, with the reason", () => {
  const { entry, slot, button } = entryOn(LOADED);
  entry.update(MISSING);
  button("Enter key").click();
  const input = slot.querySelector("input");
  input.value = "gsk_wrong";
  button("Use").click();
  equal(slot.querySelector("[role=alert]").textContent, "Checking the key…");
  entry.update({ ...MISSING, problem: "Groq refuses this key." });
  equal(slot.querySelector("[role=alert]").textContent, "Groq refuses this key.");
  equal([input.disabled, input.value], [false, "gsk_wrong"]);
});

test("Escape and Cancel forget what was entered, and no key reaches the notebook's shortcuts", () => {
  const { body, entry, sent, slot, button } = entryOn(LOADED);
  const heard = [];
  body.addEventListener("keydown", ({ key }) => heard.push(key));
  entry.update(MISSING);
  for (const end of [(input) => press(input, "Escape"), () => button("Cancel").click()]) {
    button("Enter key").click();
    const input = slot.querySelector("input");
    input.value = "gsk_secret";
    end(input);
    equal([slot.textContent, input.value], ["no key yet Enter key", ""]);
    equal(document.activeElement, button("Enter key"));
  }
  equal([sent, heard], [[], []]);
});

test("facts that come while a key is typed leave the field alone", () => {
  const { entry, slot, button } = entryOn(LOADED);
  entry.update(MISSING);
  button("Enter key").click();
  const input = slot.querySelector("input");
  input.value = "gsk_ha";
  entry.update({ ...MISSING, state: "practice mode" });
  equal([slot.querySelector("input"), input.value], [input, "gsk_ha"]);
});

test("the panel, which shows the state itself, has the button with a key too", () => {
  const { entry, slot } = entryOn(
    '<div class="groq-panel">from .env <span class="groq-slot-key"></span></div>',
  );
  entry.update(FOUND);
  equal(slot.textContent, "Enter key");
});

test("where a key is in use the loaded line has no button", () => {
  const { entry, slot } = entryOn(LOADED);
  entry.update(FOUND);
  equal(slot.textContent, "key from %groq_key");
});
