// Keeps the focus in an answer's output when its Stop button, which had the focus, is removed.

/** Move the focus from Stop to its output; return a function that stops this. */
export function startKeepingFocus(model) {
  const onMessage = ({ ended }) => {
    const stop = document.activeElement;
    if (!(ended && stop?.matches(`.groq-doc-${ended} .groq-stop`))) return;
    // Several elements can show one answer; this is the one with the focus.
    focusOutputOf(stop);
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}

/** Move the focus to the output that contains this node. */
export function focusOutputOf(node) {
  const output = node.closest(".jp-OutputArea") ?? node.closest(".groq-answer")?.parentElement;
  if (!output) return;
  // Not to another button: Enter or Space, meant for the one that had the focus, would press it.
  output.tabIndex = -1;
  output.addEventListener("blur", () => output.removeAttribute("tabindex"), { once: true });
  output.focus({ preventScroll: true });
}
