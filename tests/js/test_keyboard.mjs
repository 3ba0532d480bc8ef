import {
  focusAllScrolled,
  focusIfScrolled,
  startKeys,
} from "../../groq_magic/views/page/keyboard.mjs";
import { equal, test, until } from "./testing.mjs";

const WIDE = `<div class="groq-answer" style="width: 100px"><pre style="overflow-x: auto">${"x".repeat(99)}</pre></div>`;

/** Press a key on an element, as Lab sees it at the document; return whether Lab would act. */
function isLabs(node, key, modifiers = {}) {
  let found;
  const lab = ({ target }) => {
    found = !target.closest("[data-lm-suppress-shortcuts]");
  };
  document.addEventListener("keydown", lab, true);
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...modifiers }));
  document.removeEventListener("keydown", lab, true);
  return found;
}

test("what scrolls takes the focus, as long as it scrolls", async () => {
  document.body.innerHTML = WIDE;
  const pre = document.querySelector("pre");
  focusAllScrolled(document);
  focusAllScrolled(document);
  await until(() => pre.tabIndex === 0);
  pre.parentNode.style.width = "3000px";
  await until(() => !pre.hasAttribute("tabindex"));
  pre.parentNode.style.width = "100px";
  await until(() => pre.matches(".groq-scrolls"));
});

test("what is not cut off takes no focus", async () => {
  document.body.innerHTML = `<pre>short</pre>${WIDE}`;
  const [short, wide] = document.querySelectorAll("pre");
  focusIfScrolled(short);
  focusIfScrolled(wide);
  await until(() => wide.tabIndex === 0);
  equal(short.hasAttribute("tabindex"), false);
});

test("keys that a control uses are not JupyterLab's, those with a modifier are", () => {
  document.body.innerHTML =
    '<div class="groq-bar"><select></select><button></button></div><select id="theirs"></select>';
  const [own, theirs] = document.querySelectorAll("select");
  const end = startKeys();
  equal(
    ["ArrowDown", "x", " ", "Home", "Enter", "Escape"].filter((key) => isLabs(own, key)),
    ["Enter", "Escape"],
  );
  equal(isLabs(own, "s", { ctrlKey: true }), true);
  equal(isLabs(theirs, "ArrowDown"), true);
  equal(isLabs(document.querySelector("button"), "x"), true);
  end();
  own.removeAttribute("data-lm-suppress-shortcuts");
  equal(isLabs(own, "x"), true);
});
