// Keyboard use in a notebook: elements that scroll can take the focus, and the keys that a
// control uses don't act on cells.

const SCROLLED = [
  ".groq-answer pre",
  ".groq-answer .groq-text table",
  ".groq-reasoning > :not(summary)",
  ".groq-listing",
].join(", ");
const CONTROLS = ":is(.groq-bar, .groq-load, .groq-panel, .groq-streaming) select";
const USERS = `.groq-scrolls, .groq-panel [role="slider"], ${CONTROLS}`;
const MOVES = /^(Arrow|Page|Home$|End$)/;
const SUPPRESS = "data-lm-suppress-shortcuts";

const seen = new WeakSet();
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) drawScrolled(target);
});

/** Let an element take the focus whenever it is too large for its place, and scrolls. */
export function focusIfScrolled(node) {
  if (seen.has(node)) return;
  seen.add(node);
  sizes.observe(node);
}

/** Make an element that replaces another one scroll and take the focus as that one did. */
export function replaceScrolled(former, node) {
  if (!former.classList.contains("groq-scrolls")) return;
  node.classList.add("groq-scrolls");
  node.tabIndex = 0;
  node.scrollLeft = former.scrollLeft;
}

/** Let everything under an element take the focus whenever it scrolls. */
export function focusAllScrolled(root) {
  for (const node of root.querySelectorAll(SCROLLED)) focusIfScrolled(node);
}

function drawScrolled(node) {
  const { overflowX, overflowY } = getComputedStyle(node);
  const isScrolled =
    (overflowX !== "visible" && node.scrollWidth > node.clientWidth) ||
    (overflowY !== "visible" && node.scrollHeight > node.clientHeight);
  if (isScrolled === node.classList.contains("groq-scrolls")) return;
  node.classList.toggle("groq-scrolls", isScrolled);
  if (isScrolled) node.tabIndex = 0;
  else node.removeAttribute("tabindex");
}

/** Keep the keys that our controls use from JupyterLab, which selects or cuts cells with them. */
export function startKeys() {
  // JupyterLab listens at the document; keys with a modifier, such as Ctrl-S, stay its own.
  const onKey = ({ target, key, ctrlKey, metaKey, altKey, shiftKey }) => {
    if (!target.matches?.(USERS)) return;
    const isUsed = MOVES.test(key) || key.length === 1;
    target.toggleAttribute(SUPPRESS, isUsed && !(ctrlKey || metaKey || altKey || shiftKey));
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}
